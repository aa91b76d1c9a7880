"""Plays a transcript with smtpchaos against the plain program, and tells how that ended."""

import os
import signal
import socket
import subprocess

import building
import running

SECONDS_MAX = 20
POLL_S = 0.2


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _start(argv, target, **streams):
    """The plain program; not confined to a net of its own, it is to be reached."""
    command = [str(word) for word in argv]
    if os.geteuid() == 0:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *command]
    return subprocess.Popen(command, env=running.environment_of(target, "plain"),
                            cwd=running.prepare_spool(target), **streams)


def _ended(program):
    try:
        status = program.wait(SECONDS_MAX)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()
        return "did not end"
    return f"was ended by {signal.Signals(-status).name}" if status < 0 else f"ended with {status}"


def _hand_over(connection, stream):
    """All that the connection says, up to its end; the program may have had enough before."""
    try:
        while data := connection.recv(65536):
            stream.write(data)
            stream.flush()
        stream.close()
    except (BrokenPipeError, ConnectionResetError):
        pass


def _accepted(listener, play):
    """The player's connection; a transcript that cannot be read makes none."""
    listener.settimeout(POLL_S)
    while True:
        try:
            connection, _ = listener.accept()
            connection.settimeout(None)
            return connection
        except TimeoutError:
            if play.poll() is not None:
                raise building.Unavailable("the transcript cannot be played; "
                                           "`smtpchaos check` says why") from None


def against_server(target, transcript, smtpchaos):
    """The program serves the one connection that `play --connect` makes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        play = subprocess.Popen([smtpchaos, "play", "--timeout", "5s", "--connect",
                                 f"127.0.0.1:{port}", transcript],
                                stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with _accepted(listener, play) as connection:
            # As in the campaign it is no socket that it reads: some servers look.
            program = _start(target.argv(building.prefix(target, "plain")), target,
                             stdin=subprocess.PIPE, stdout=connection, stderr=subprocess.DEVNULL)
            _hand_over(connection, program.stdin)
            ended = _ended(program)
    play.wait()
    return ended


def against_client(target, transcript, smtpchaos):
    """The program connects to the server that `play --listen` is."""
    port = free_port()
    play = subprocess.Popen([smtpchaos, "play", "--timeout", "5s", "--listen",
                             f"127.0.0.1:{port}", transcript],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    argv = [word.replace("2525", str(port)) for word in target.argv(
        building.prefix(target, "plain"))]
    with open(target.folder.parent / "letter", "rb") as letter:
        while _refuses(port) and play.poll() is None:
            pass
        program = _start(argv, target, stdin=letter, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        ended = _ended(program)
    play.terminate()
    play.wait()
    return ended


def _refuses(port):
    """Whether nobody listens there yet; a connection, to find out, would be used up."""
    with open("/proc/net/tcp") as table:
        return f"0100007F:{port:04X} 00000000:0000 0A" not in table.read()


def reproduce(target, transcript, smtpchaos):
    building.build(target, "plain")
    play = against_server if target.speaks == "client" else against_client
    return play(target, transcript, smtpchaos)
