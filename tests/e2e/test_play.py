"""`smtpchaos play` as a person meets it: what it prints, its exit statuses, blessing, and one
peer at a time over a socket."""
import os
import re
import socket
import subprocess
import threading
import unittest

from network import free_port
from proxy import binary
from stage import Stage

NEGATIVE, BAD_DATA, NO_INPUT, UNAVAILABLE = 1, 65, 66, 69
GREETED = "S= 220 mx.test\nC= QUIT\nS= 221 bye\nS= \\FIN\n"
WRONG = "S= 220 mx.test\nC> QUIT\nS< NOOP\n"


class Play(Stage):
    def setUp(self):
        self.folder = self.directory / self._testMethodName
        self.folder.mkdir()

    def file(self, name: str, text: str):
        path = self.folder / name
        path.write_text(text)
        return path

    def play(self, *arguments, **environment) -> subprocess.CompletedProcess:
        return subprocess.run([binary(), "play", *map(str, arguments)], capture_output=True,
                              text=True, timeout=60, stdin=subprocess.DEVNULL,
                              env={**os.environ, **environment})


class InMemoryTest(Play):
    def test_all_is_well(self):
        path = self.file("good.transcript", GREETED)
        result = self.play(path, path)
        self.assertEqual(f"ok {path}\nok {path}\n2 of 2 ok\n", result.stdout)
        self.assertEqual("", result.stderr)
        self.assertEqual(0, result.returncode)
        self.assertEqual("", self.play("--quiet", path).stdout)

    def test_one_fails_the_others_are_played(self):
        good, wrong = self.file("good", GREETED), self.file("wrong", WRONG)
        result = self.play("--cuts", "whole", wrong, good)
        self.assertEqual(NEGATIVE, result.returncode)
        self.assertEqual(f"failed {wrong}\nok {good}\n1 of 2 ok\n", result.stdout)
        self.assertTrue(result.stderr.startswith(
            f"{wrong}:3: the server did not hear this (whole)\n"
            "    - NOOP\\r\\n\n    + QUIT\\r\\n\n"))

    def test_each_way_of_cutting_says_so(self):
        wrong = self.file("wrong", WRONG)
        said = {"all": "whole", "bytes": "byte by byte", "seeded": "cuts of seed 1"}
        for cuts, words in said.items():
            with self.subTest(cuts):
                self.assertIn(f"({words})", self.play("--cuts", cuts, wrong).stderr)

    def test_what_cannot_be_played(self):
        bad = self.file("bad", "C= a\nS: b\nsed 1\n")
        missing = self.folder / "missing"
        result = self.play(bad)
        self.assertEqual(BAD_DATA, result.returncode)
        self.assertIn(f"{bad}:2:1: unknown word \"S:\"", result.stderr)
        self.assertIn(f"{bad}:3:1: unknown word \"sed\"; did you mean \"seed\"?\n", result.stderr)
        result = self.play(missing)
        self.assertEqual(NO_INPUT, result.returncode)
        self.assertIn(str(missing), result.stderr)
        self.assertEqual(64, self.play().returncode)


class BlessTest(Play):
    def test_only_when_asked(self):
        path = self.file("wrong", WRONG)
        self.play(path)
        self.assertEqual(WRONG, path.read_text())
        for arguments, environment in ([], {"BLESS": "1"}), (["--bless"], {}):
            path.write_text(WRONG)
            self.assertEqual(0, self.play(*arguments, path, **environment).returncode)
            self.assertEqual("S= 220 mx.test\nC> QUIT\nS< QUIT\n", path.read_text())
            self.assertEqual([path], list(self.folder.iterdir()))
        self.assertEqual(0, self.play(path).returncode)

    def test_a_bad_file_stays(self):
        path = self.file("bad", "S: b\n")
        self.assertEqual(BAD_DATA, self.play("--bless", path).returncode)
        self.assertEqual("S: b\n", path.read_text())


class OnePeerTest(Play):
    """The other peer is a few lines of Python."""

    def test_as_the_client(self):
        path = self.file("client", "S= 220 mx.test\nC= QUIT\nS= 221 bye\n! rule 9\nS= \\FIN\n")
        heard = []
        server = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(server.close)

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.sendall(b"220 mx.test\r\n")
                heard.append(connection.recv(100))
                connection.sendall(b"221 bye\r\n")

        thread = threading.Thread(target=serve)
        thread.start()
        result = self.play("--connect", f"127.0.0.1:{server.getsockname()[1]}", path)
        thread.join(10)
        self.assertEqual(0, result.returncode, result.stderr)
        self.assertEqual([b"QUIT\r\n"], heard)

    def test_as_the_server_at_a_port_it_tells(self):
        path = self.file("server", "S= 220 mx.test\nC= QUIT\nS= 221 bye\nC= \\FIN\n")
        player = subprocess.Popen([binary(), "play", "--listen", "127.0.0.1:0", path], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        port = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", player.stdout.readline())[1]
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            self.assertEqual(b"220 mx.test\r\n", connection.recv(100))
            connection.sendall(b"QUIT\r\n")
            self.assertEqual(b"221 bye\r\n", connection.recv(100))
        self.assertIn("1 of 1 ok", player.communicate(timeout=30)[0])
        self.assertEqual(0, player.returncode)

    def test_a_client_that_still_talks_hears_all(self):
        """Closing on words that come later would be a RST, which takes the replies away."""
        path = self.file("server", "S> 220 mx.test\nS> 554 go away\nS> \\FIN\n")
        player = subprocess.Popen([binary(), "play", "--listen", "127.0.0.1:0", path], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        port = re.fullmatch(r"listening on 127\.0\.0\.1:(\d+)\n", player.stdout.readline())[1]
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            # All of it has come, and is not read yet.
            while connection.recv(100, socket.MSG_PEEK) != b"220 mx.test\r\n554 go away\r\n":
                pass
            for _ in range(3):
                connection.sendall(b"EHLO me.test\r\n")
            self.assertIsNone(player.poll())
            self.assertEqual(b"220 mx.test\r\n554 go away\r\n", connection.recv(100))
            self.assertEqual(b"", connection.recv(100))
        self.assertIn("1 of 1 ok", player.communicate(timeout=30)[0])

    def test_what_is_not_heard_in_time(self):
        path = self.file("server", "S> 220 mx.test\nC= QUIT\n")
        result = self.play("--listen", "127.0.0.1:0", "--timeout", "100ms", path)
        self.assertEqual(NEGATIVE, result.returncode)
        self.assertEqual(f"{path}:1: nobody has connected to the server (over sockets)\n",
                         result.stderr)

    def test_nobody_to_connect_to(self):
        path = self.file("client", GREETED)
        result = self.play("--connect", f"127.0.0.1:{free_port()}", path)
        self.assertEqual(UNAVAILABLE, result.returncode)
        self.assertEqual(
            f"{path}:1: the client cannot connect: connection refused (over sockets)\n",
            result.stderr)

    def test_a_port_in_use(self):
        path = self.file("server", GREETED)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            result = self.play("--listen", f"127.0.0.1:{taken.getsockname()[1]}", path)
        self.assertEqual(UNAVAILABLE, result.returncode)
        self.assertEqual(1, len(result.stderr.splitlines()))

    def test_other_bytes(self):
        path = self.file("server", "S> 220 mx.test\nC= QUIT\n")
        player = subprocess.Popen([binary(), "play", "--listen", "127.0.0.1:0", path], text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        port = re.search(r":(\d+)\n", player.stdout.readline())[1]
        with socket.create_connection(("127.0.0.1", int(port))) as connection:
            connection.sendall(b"NOOP\r\n")
            said = player.communicate(timeout=30)[1]
        self.assertEqual(NEGATIVE, player.returncode)
        self.assertEqual(f"{path}:2: the server did not hear this (over sockets)\n"
                         "    - QUIT\\r\\n\n    + NOOP\\r\\n\n      ^\n", said)


if __name__ == "__main__":
    unittest.main()
