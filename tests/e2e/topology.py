"""Three machines in a row, for as long as a test class lives: client, router, server.

Each is a network name space that a process of ours holds; two virtual cables join them. All of it
goes when the holders do, however that happens.

    client 10.77.1.2 - 10.77.1.1 router 10.77.2.1 - 10.77.2.2 server        (fd77:1::, fd77:2::)
"""
import ctypes
import os
import shutil
import subprocess
import unittest
from contextlib import contextmanager

from stage import Stage

CLONE_NEWNET = 0x40000000
LIBC = ctypes.CDLL(None, use_errno=True)

CLIENT = ("10.77.1.2", "fd77:1::2")
ROUTER = ("10.77.1.1", "fd77:1::1")
SERVER = ("10.77.2.2", "fd77:2::2")


def why_not() -> str:
    """Why there can be no such network here; empty when there can."""
    missing = [name for name in ("ip", "nft", "unshare") if not shutil.which(name)]
    if os.geteuid() != 0:
        return "network name spaces take root"
    return f"{', '.join(missing)} not installed" if missing else ""


class Machine:
    """One network name space."""

    def __init__(self, name: str):
        self.name = name
        self.holder = subprocess.Popen(["unshare", "--net", "--kill-child", "cat"],
                                       stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        self._wait_apart()
        self.space = open(f"/proc/{self.holder.pid}/ns/net")
        self.run("ip link set lo up")

    def run(self, script: str) -> str:
        """Runs a shell script there; it has to succeed. Answers what it printed."""
        with self.inside():
            done = subprocess.run(["sh", "-ec", script], capture_output=True, text=True)
        if done.returncode != 0:
            raise AssertionError(f"{self.name}: {script}\n{done.stdout}{done.stderr}")
        return done.stdout

    @contextmanager
    def inside(self):
        """What is opened and started meanwhile is opened and started on this machine."""
        with open("/proc/self/ns/net") as before:
            _enter(self.space)
            try:
                yield
            finally:
                _enter(before)

    def stop(self) -> None:
        self.space.close()
        self.holder.stdin.close()
        self.holder.wait()

    def _wait_apart(self) -> None:
        ours = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{self.holder.pid}/ns/net") == ours:
            if self.holder.poll() is not None:
                raise AssertionError(f"no network for {self.name}")


def _enter(space) -> None:
    if LIBC.setns(space.fileno(), CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")


class Topology:
    """The three machines and their cables."""

    def __init__(self):
        self.client, self.router, self.server = map(Machine, ("client", "router", "server"))
        self._join(self.client, "left", 1)
        self._join(self.server, "right", 2)
        self.router.run("sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1")

    def stop(self) -> None:
        for machine in (self.client, self.router, self.server):
            machine.stop()

    def _join(self, machine: Machine, port: str, number: int) -> None:
        self.router.run(f"""
            ip link add {port} type veth peer name eth0 netns {machine.holder.pid}
            ip addr add 10.77.{number}.1/24 dev {port}
            ip -6 addr add fd77:{number}::1/64 dev {port} nodad
            ip link set {port} up""")
        machine.run(f"""
            ip addr add 10.77.{number}.2/24 dev eth0
            ip -6 addr add fd77:{number}::2/64 dev eth0 nodad
            ip link set eth0 up
            ip route add default via 10.77.{number}.1
            ip -6 route add default via fd77:{number}::1""")


class OnThreeMachines(Stage):
    """Tests on client, router and server, each with a network of its own."""

    @classmethod
    def setUpClass(cls) -> None:
        if why_not():
            raise unittest.SkipTest(why_not())
        super().setUpClass()
        cls.net = Topology()
        cls.addClassCleanup(cls.net.stop)
