"""First process of a box: reaps orphans, writes the syslog to a file, ends when its caller does.

    keeper.py SOCKET FILE

It says "ready" on standard output and lives until standard input ends. As it is the first process
of its name space, the kernel then ends every other process in the box.
"""
import os
import re
import select
import signal
import socket
import sys
import time

PRIORITY_AND_TIME = re.compile(rb"^<\d+>(?:[A-Z][a-z]{2} [ \d]\d [\d:]{8} )?")


def log_line(record: bytes) -> bytes:
    text = PRIORITY_AND_TIME.sub(b"", record).rstrip(b"\n\0").replace(b"\n", b"\\n")
    return b"%.3f %s\n" % (time.time(), text)


def main(path: str, file: str) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    log.bind(path)
    os.chmod(path, 0o666)
    with open(file, "ab", buffering=0) as out:
        print("ready", flush=True)
        while True:
            readable = select.select([log, sys.stdin], [], [])[0]
            if log in readable:
                out.write(log_line(log.recv(65536)))
            elif not os.read(0, 1):
                return


main(*sys.argv[1:])
