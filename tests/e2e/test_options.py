"""What a person meets: options, files, mistakes and exit statuses.

A mistake is one clear line on standard error with its place, its reason and the nearest known word;
nothing is half done.
"""
import subprocess
import unittest

from lab.wait import is_listening
from network import free_port
from peers import ehlo
from proxy import binary
from stage import Stage

USAGE, BAD_DATA, NO_INPUT, BAD_CONFIGURATION = 64, 65, 66, 78
GOOD_RULE = 'to client reply 250 after NOOP rewrite line="250 2.0.0 chaos"'


class Program(Stage):
    """Runs the program to its end."""

    def setUp(self):
        self.port = free_port()
        self.journal = self.directory / "journal-of-nothing"

    def run_program(self, *arguments) -> subprocess.CompletedProcess:
        return subprocess.run([binary(), *map(str, arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=30)

    def run_proxy(self, *arguments) -> subprocess.CompletedProcess:
        return self.run_program("proxy", "--listen", f"127.0.0.1:{self.port}", "--upstream",
                                "127.0.0.1:1", "--journal", self.journal, *arguments)

    def check_refused(self, result, status: int, *words: str) -> None:
        """One line that has these words, this exit status, and nothing begun."""
        self.assertEqual(status, result.returncode, result.stderr)
        self.assertEqual(1, len(result.stderr.splitlines()), result.stderr)
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertEqual("", result.stdout)
        self.assertFalse(is_listening(self.port))
        self.assertFalse(self.journal.exists())

    def file(self, name: str, text: str):
        path = self.directory / name
        path.write_text(text)
        return path


class CommandLineTest(Program):
    def test_help_names_every_option(self):
        result = self.run_program("proxy", "--help")
        self.assertEqual(0, result.returncode)
        for option in ("listen", "upstream", "rule", "profile", "seed", "journal", "journal-format",
                       "only-recipient", "for", "dry-run", "max-sessions", "max-line", "workers",
                       "connect-timeout", "idle-timeout", "config"):
            self.assertIn(f"--{option}", result.stdout)

    def test_version(self):
        result = self.run_program("--version")
        self.assertEqual(0, result.returncode)
        self.assertRegex(result.stdout, r"\Asmtpchaos \d+\.\d+\.\d+")

    def test_unknown_command_names_the_nearest(self):
        self.check_refused(self.run_program("proxi"), USAGE, "proxi", "proxy")

    def test_unknown_option_names_the_nearest(self):
        self.check_refused(self.run_proxy("--max-session", "3"), USAGE, "--max-session",
                           "--max-sessions")

    def test_option_without_its_value(self):
        self.check_refused(self.run_proxy("--seed"), USAGE, "--seed")

    def test_missing_upstream(self):
        result = self.run_program("proxy", "--listen", f"127.0.0.1:{self.port}")
        self.check_refused(result, USAGE, "--upstream")

    def test_values_that_cannot_be(self):
        for option, value in (("listen", "nowhere"), ("listen", "127.0.0.1:99999"),
                              ("upstream", "mx.test"), ("seed", "lucky"), ("workers", "0"),
                              ("idle-timeout", "5 parsecs"), ("max-line", "-1"),
                              ("journal-format", "xml"), ("for", "soon")):
            with self.subTest(option, value=value):
                result = self.run_proxy(f"--{option}", value)
                self.check_refused(result, USAGE, option, value)

    def test_word_near_a_choice_is_named(self):
        self.check_refused(self.run_proxy("--journal-format", "jsn"), USAGE, "jsn", "json")


class RulesTest(Program):
    def test_mistakes_in_a_rule_name_column_and_nearest_word(self):
        for rule, column, words in (
                ("to clint greeting mask", 4, ("clint", "client")),
                ("to client greting mask", 11, ("greting", "greeting")),
                ("to client greeting maks", 20, ("maks", "mask")),
                ("to client greeting mask kep=x", 25, ("kep", "keep")),
                ("to client reply 2500 drop", 17, ("2500",)),
                ("to server command RCTP drop", 19, ("RCTP", "RCPT")),
                ("to client reply 250 chance 1/0 drop", 28, ("1/0",)),
                ("to client reply 250 delay time=fast", 32, ("fast",)),
                ("to server command matches=/(/ drop", 27, ("matches",)),
                ("to client reply 250 answer", 21, ("answer", "reply"))):
            with self.subTest(rule):
                self.check_refused(self.run_proxy("--rule", rule), USAGE, f":{column}:", *words)

    def test_good_rules_before_a_bad_one_are_not_half_applied(self):
        result = self.run_proxy("--rule", GOOD_RULE, "--rule", "to nowhere")
        self.check_refused(result, USAGE, "nowhere")


class FilesTest(Program):
    def test_mistakes_about_where_sessions_go(self):
        for options, words in (
                (("--upstream", "listen=:1 mx"), ("upstream:", "mx")),
                (("--upstream", "original"), ("original", "--intercept")),
                (("--upstream", "systemd"), ("upstream:", "systemd")),
                (("--listen", "original"), ("listen:", "original")),
                (("--source", "elsewhere"), ("source:", "elsewhere")),
                (("--source", "127.0.0.1:25"), ("source:", "127.0.0.1:25")),
                (("--intercept", "divert"), ("intercept:", "divert", "tproxy"))):
            with self.subTest(options):
                self.check_refused(self.run_proxy(*options), USAGE, *words)
        result = self.run_program("proxy", "--upstream", "listen=:25 127.0.0.1:25")
        self.check_refused(result, USAGE, "upstream:", "127.0.0.1:2525")

    def test_mistakes_about_the_firewall(self):
        for words in (("roter",), ("sender",), ("sender", "--intercept", "tproxy"),
                      ("sender", "--user", "x", "--interface", "eth0"),
                      ("receiver", "--source", "client"), ("router", "--ports", "25,smtp"),
                      ("router", "--interface", "eth0; reboot"), ("sender", "--user", "$(id)")):
            with self.subTest(words):
                self.check_refused(self.run_program("nft", *words), USAGE, "")

    def test_bad_profile_names_file_line_and_column(self):
        path = self.file("bad.profile", f"# title: bad\n{GOOD_RULE}\nto client grteing mask\n")
        self.check_refused(self.run_proxy("--profile", path), BAD_DATA, "bad.profile:3:11:",
                           "grteing", "greeting")

    def test_missing_profile_file(self):
        self.check_refused(self.run_proxy("--profile", "./no/such.profile"), NO_INPUT,
                           "no/such.profile")

    def test_unknown_profile_names_the_nearest(self):
        result = self.run_proxy("--profile", "exchange-tarpitt")
        self.assertIn(result.returncode, (USAGE, NO_INPUT), result.stderr)
        self.check_refused(result, result.returncode, "exchange-tarpitt", "exchange-tarpit")

    def test_configuration_has_the_same_names(self):
        path = self.file("good.conf", f"# a comment\nupstream 127.0.0.1:{self.polite().port}\n"
                                      f"rule {GOOD_RULE}\nmax-sessions 5\n")
        proxy = self.unstarted_proxy(free_port(), "--config", str(path))
        at = proxy.command.index("--upstream")
        del proxy.command[at:at + 2]
        self.addCleanup(proxy.stop)
        with ehlo(proxy.start().port) as client:
            self.assertEqual(b"250 2.0.0 chaos\r\n", client.say("NOOP"))

    def test_command_line_wins_over_the_configuration(self):
        path = self.file("other.conf", "upstream 127.0.0.1:1\n")
        proxy = self.proxy(self.polite().port, "--config", str(path))
        with ehlo(proxy.port) as client:
            self.assertEqual(b"250", client.say("NOOP")[:3])

    def test_mistakes_in_a_configuration_name_file_and_line(self):
        for number, (line, words) in enumerate((
                ("listn 127.0.0.1:2525", ("listn", "listen")), ("seed lucky", ("seed", "lucky")),
                ("rule to client greting mask", ("greting", "greeting")),
                ("idle-timeout", ("idle-timeout",)))):
            with self.subTest(line):
                path = self.file(f"bad{number}.conf", f"# fine\n{line}\n")
                self.check_refused(self.run_proxy("--config", path), BAD_CONFIGURATION,
                                   f"bad{number}.conf:2:", *words)

    def test_missing_configuration(self):
        self.check_refused(self.run_proxy("--config", "no-such.conf"), NO_INPUT, "no-such.conf")

    def test_journal_that_cannot_be_written(self):
        self.journal = self.directory / "no-such-folder" / "journal"
        result = self.run_proxy()
        self.assertIn(result.returncode, (73, 74), result.stderr)
        self.check_refused(result, result.returncode, "no-such-folder")


class CheckTest(Program):
    def test_good_profile(self):
        result = self.run_program("check", self.file("fine.profile", GOOD_RULE + "\n"))
        self.assertEqual(0, result.returncode, result.stderr)

    def test_bad_profile_tells_each_mistake(self):
        path = self.file("two.profile", "to client greting mask\nto server body stripcr\n")
        result = self.run_program("check", path)
        self.assertEqual(BAD_DATA, result.returncode)
        self.assertIn("two.profile:1:11:", result.stderr)
        self.assertIn("two.profile:2:16:", result.stderr)
        self.assertIn("strip-cr", result.stderr)

    def test_missing_file(self):
        result = self.run_program("check", "no-such.profile")
        self.assertEqual(NO_INPUT, result.returncode)
        self.assertIn("no-such.profile", result.stderr)


if __name__ == "__main__":
    unittest.main()
