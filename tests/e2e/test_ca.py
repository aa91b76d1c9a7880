"""`smtpchaos ca`, with openssl and GnuTLS's certtool as judges from outside."""
import os
import stat
import subprocess
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from proxy import SANITIZER, binary

USAGE, NO_INPUT, BAD_DATA, CANNOT_CREATE, IO_ERROR = 64, 66, 65, 73, 74


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def judge(*command, given: bytes = b"") -> str:
    """What a program from outside says about the bytes given; fails when it does not like them."""
    result = subprocess.run(command, input=given, capture_output=True, timeout=30, check=False)
    if result.returncode:
        raise AssertionError(f"{command}: {result.stdout.decode()}{result.stderr.decode()}")
    return result.stdout.decode()


class AuthorityTest(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.data = Path(scratch.name) / "data"
        self.folder = self.data / "smtpchaos"
        self.environment = dict(os.environ, XDG_DATA_HOME=str(self.data))

    def run_ca(self, *words, environment=None) -> subprocess.CompletedProcess:
        result = subprocess.run([binary(), "ca", *map(str, words)], capture_output=True,
                                env=environment or self.environment, timeout=30, check=False)
        self.assertNotRegex(result.stderr.decode(), SANITIZER)
        return result

    def ca(self, *words) -> bytes:
        result = self.run_ca(*words)
        self.assertEqual(0, result.returncode, result.stderr)
        return result.stdout

    def refusal(self, status: int, *words) -> str:
        """The one line that a bad wish is answered with."""
        result = self.run_ca(*words)
        said = result.stderr.decode()
        self.assertEqual(status, result.returncode, said)
        self.assertEqual((1, b""), (said.count("\n"), result.stdout), said)
        return said

    def contents(self) -> dict:
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}


class InitTest(AuthorityTest):
    def test_nobody_else_may_read_the_key(self):
        self.ca("init")
        self.assertEqual({"ca.key", "ca.pem"}, set(self.contents()))
        self.assertEqual((0o700, 0o600), (mode(self.folder), mode(self.folder / "ca.key")))
        self.assertNotIn(b"PRIVATE", (self.folder / "ca.pem").read_bytes())

    def test_a_generous_umask_changes_nothing(self):
        before = os.umask(0)
        self.addCleanup(os.umask, before)
        self.ca("init")
        self.assertEqual((0o700, 0o600), (mode(self.folder), mode(self.folder / "ca.key")))

    def test_it_is_an_authority_to_openssl_and_to_gnutls(self):
        for key, openssl_says, gnutls_says in (("ecdsa", "prime256v1", "EC/ECDSA"),
                                               ("rsa", "2048 bit", "RSA")):
            folder = self.data / key
            self.ca("init", "--ca", folder, "--key", key)
            pem = folder / "ca.pem"
            text = judge("openssl", "x509", "-in", str(pem), "-noout", "-text")
            for wanted in ("CA:TRUE", "Certificate Sign", openssl_says):
                self.assertIn(wanted, text)
            judge("openssl", "verify", "-CAfile", str(pem), "-x509_strict", str(pem))
            judge("openssl", "pkey", "-in", str(folder / "ca.key"), "-check", "-noout")
            told = judge("certtool", "--certificate-info", given=pem.read_bytes())
            self.assertIn("Certificate Authority (CA): TRUE", told)
            self.assertIn(gnutls_says, told)
            judge("certtool", "--verify", "--load-ca-certificate", str(pem),
                  given=pem.read_bytes())

    def test_it_is_never_overwritten(self):
        self.ca("init")
        before = self.contents()
        self.assertIn(str(self.folder), self.refusal(CANNOT_CREATE, "init"))
        self.assertEqual(before, self.contents())

    def test_of_many_at_once_one_wins_and_leaves_nothing_else(self):
        with ThreadPoolExecutor(6) as pool:
            results = list(pool.map(lambda _: self.run_ca("init").returncode, range(6)))
        self.assertEqual([0] + [CANNOT_CREATE] * 5, sorted(results))
        self.assertEqual({"ca.key", "ca.pem"}, set(self.contents()))
        keys = [judge("openssl", *command) for command in (
            ("x509", "-in", str(self.folder / "ca.pem"), "-noout", "-pubkey"),
            ("pkey", "-in", str(self.folder / "ca.key"), "-pubout"))]
        self.assertEqual(*keys)

    def test_name_and_days_are_as_asked_for(self):
        self.ca("init", "--name", "Staging only", "--days", "7")
        pem = str(self.folder / "ca.pem")
        self.assertIn("CN = Staging only", judge("openssl", "x509", "-in", pem, "-noout",
                                                 "-subject"))
        judge("openssl", "x509", "-in", pem, "-noout", "-checkend", str(6 * 86400))
        with self.assertRaises(AssertionError):
            judge("openssl", "x509", "-in", pem, "-noout", "-checkend", str(8 * 86400))

    def test_a_place_that_cannot_be_written(self):
        self.data.mkdir()
        (self.data / "file").write_text("")
        said = self.refusal(IO_ERROR, "init", "--ca", self.data / "file" / "below")
        self.assertIn("Not a directory", said)

    def test_without_xdg_it_lives_in_the_home_directory(self):
        home = self.data / "home"
        home.mkdir(parents=True)
        environment = dict(os.environ, HOME=str(home), XDG_DATA_HOME="")
        self.assertEqual(0, self.run_ca("init", environment=environment).returncode)
        self.assertTrue((home / ".local/share/smtpchaos/ca.key").is_file())


class ExportTest(AuthorityTest):
    def test_both_formats_are_the_same_certificate(self):
        self.ca("init")
        pem, der = self.ca("export"), self.ca("export", "--format", "der")
        self.assertEqual(der, subprocess.run(["openssl", "x509", "-outform", "der"], input=pem,
                                             capture_output=True, check=True).stdout)
        self.assertEqual(pem, (self.folder / "ca.pem").read_bytes())

    def test_to_a_file(self):
        self.ca("init")
        target = self.data / "exported"
        self.assertEqual(b"", self.ca("export", "--output", target))
        self.assertEqual(self.ca("export"), target.read_bytes())
        self.refusal(IO_ERROR, "export", "--output", self.data / "no" / "such")

    def test_no_authority(self):
        for word in ("export", "show"):
            self.assertIn("ca init", self.refusal(NO_INPUT, word))


class ShowTest(AuthorityTest):
    def test_it_tells_what_openssl_tells(self):
        self.ca("init", "--name", "Shown")
        shown = self.ca("show").decode()
        pem = str(self.folder / "ca.pem")
        fingerprint = judge("openssl", "x509", "-in", pem, "-noout", "-fingerprint", "-sha256")
        self.assertIn("CN=Shown", shown)
        self.assertIn(fingerprint.partition("=")[2].strip(), shown)
        self.assertNotIn("PRIVATE", shown)

    def test_the_pin_is_a_tlsa_record_3_1_1(self):
        self.ca("init")
        pem = judge("openssl", "x509", "-in", str(self.folder / "ca.pem"), "-noout", "-pubkey")
        spki = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"],
                              input=pem.encode(), capture_output=True, check=True).stdout
        digest = subprocess.run(["openssl", "dgst", "-sha256", "-r"], input=spki,
                                capture_output=True, check=True).stdout.decode().split()[0]
        self.assertIn(f"sha256:{digest}", self.ca("show").decode())

    def test_damage_is_one_line(self):
        self.ca("init")
        (self.folder / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n")
        self.assertIn("ca.pem", self.refusal(BAD_DATA, "show"))

    def test_words_that_are_unknown(self):
        self.assertIn('did you mean "export"', self.refusal(USAGE, "exprt"))
        self.assertEqual(USAGE, self.run_ca().returncode)


if __name__ == "__main__":
    unittest.main()
