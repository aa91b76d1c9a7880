"""A network of one's own: a loopback that nobody else listens on, and no way out of it.

Test programs that run side by side then cannot take one another's ports, and no mail can leave the
machine. Without the right to make a network name space the tests share the machine's loopback.
"""
import ctypes
import fcntl
import os
import socket
import struct
import subprocess

CLONE_NEWNET = 0x40000000
SIOCSIFFLAGS = 0x8914
IFF_UP = 0x1

# Runs a command that takes two files for /etc/hosts and /etc/resolv.conf; for `unshare --mount`.
OWN_RESOLVER = ("sh", "-ec", 'mount --bind "$1" /etc/hosts; mount --bind "$2" /etc/resolv.conf; '
                'shift 2; exec "$@"', "-")

outside = None


def own_network() -> bool:
    """Moves this process, and all it starts from now on, into a network name space of its own."""
    global outside
    libc = ctypes.CDLL(None, use_errno=True)
    outside = open("/proc/self/ns/net")
    if os.environ.get("SMTPCHAOS_E2E_HOST_NETWORK") or libc.unshare(CLONE_NEWNET) != 0:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    return True


def run_outside(*command) -> None:
    """Runs a command in the network that this process came from; it has to succeed."""
    subprocess.run(["nsenter", f"--net=/proc/self/fd/{outside.fileno()}", *map(str, command)],
                   pass_fds=[outside.fileno()], check=True)


def free_port() -> int:
    """A TCP port that nobody uses at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
