"""A network of the bench's own, whose senders do not pace.

A sender that is paced, as by BBR, leaves by a timer of the processor on which the last
acknowledgement came in: what the proxy sends is then charged to the sink, or what the load sends to
the proxy, by chance and for as long as the connection lasts. Where the bench may, it runs in a
network namespace whose TCP is reno, which does not pace and is in every kernel; elsewhere only the
load and the sink, whose sockets ask for reno themselves, are unpaced.
"""
import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

INSIDE = "SMTPCHAOS_BENCH_NETWORK"
SETTING = Path("/proc/sys/net/ipv4/tcp_congestion_control")
# <linux/sockios.h>, <net/if.h>
SIOCSIFFLAGS, IFF_UP = 0x8914, 1


def enter() -> None:
    """Begins this program anew in such a network, where that is possible; then sets it up."""
    if os.environ.get(INSIDE):
        _set_up()
    elif may_enter():
        os.environ[INSIDE] = "1"
        os.execvp("unshare", ["unshare", "--net", sys.executable, *sys.argv])


def may_enter() -> bool:
    """Whether this process may have a network of its own."""
    return shutil.which("unshare") is not None and subprocess.run(
        ["unshare", "--net", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _set_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    SETTING.write_text("reno")
