"""Which CPU is whose, what else runs on them, and what machine this is."""
import os
import platform
import re
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


class Layout:
    """Who runs where. Apart: the proxy has a CPU to itself, the load and the sink have the others.
    Together: everything shares one CPU, so that a round trip is the sum of all work in it."""

    def __init__(self):
        self.available = sorted(os.sched_getaffinity(0))
        self.together = {self.available[-1]}
        self.proxy = self.together
        self.load = set(self.available[:-1]) or self.together


def pin(pid: int, cpus: set) -> None:
    """Keeps a process, with all the threads it has, on some CPUs."""
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), cpus)


def spent(pid: int) -> float:
    """CPU seconds of a process so far, from /proc/PID/stat: utime and stime (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_kib(pid: int) -> int:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])


class Neighbours:
    """What other programs, and the hypervisor, took of the machine while ours were measured."""

    # The least that is told from the ticks' own roughness, and the share of a CPU that matters.
    ROUGHNESS_S = 0.05
    SHARE = 0.1

    def __init__(self, pids):
        self.pids = [os.getpid(), *pids]
        self.began = time.monotonic()
        self.before = self._busy() - self._ours()

    def disturbed(self, load_cpu: float) -> bool:
        """Whether they took so much that the sample says little; `load_cpu`: the load's seconds."""
        taken = self._busy() - self._ours() - load_cpu - self.before
        return taken > max(self.ROUGHNESS_S, self.SHARE * (time.monotonic() - self.began))

    def _ours(self) -> float:
        return sum(spent(pid) for pid in self.pids)

    @staticmethod
    def _busy() -> float:
        user, nice, system, _, _, irq, softirq, steal = map(
            int, Path("/proc/stat").read_text().split()[1:9])
        return (user + nice + system + irq + softirq + steal) / TICKS


def machine() -> list:
    """Lines that describe the machine and the system."""
    info = Path("/proc/cpuinfo").read_text()
    model = re.search(r"model name\s*:\s*(.*)", info)
    memory = re.search(r"MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text())[1]
    system = platform.freedesktop_os_release().get("PRETTY_NAME", "")
    virtual = ", a virtual machine" if re.search(r"^flags.*\bhypervisor\b", info, re.M) else ""
    return [f"{os.cpu_count()} CPUs, {model[1] if model else platform.machine()}{virtual}, "
            f"{int(memory) // 1024} MiB of memory",
            f"{system}, Linux {platform.release()}, proxies send by {_congestion_control()}; "
            f"load {os.getloadavg()[0]:.1f} at the end"]


def _congestion_control() -> str:
    """How the system's sockets send, which the load's and the sink's leave to reno."""
    known = Path("/proc/sys/net/ipv4/tcp_congestion_control")
    return known.read_text().strip() if known.exists() else "an unknown congestion control"
