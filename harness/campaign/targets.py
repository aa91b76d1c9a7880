"""What can be fuzzed: one row for each target, and a folder targets/NAME with what builds it."""

from dataclasses import dataclass, field
from pathlib import Path

HERE = Path(__file__).resolve().parent
CORPORA = HERE.parent.parent / "corpora"

DEBIAN = "bookworm"


@dataclass(frozen=True)
class Target:
    name: str
    package: str  # Debian's source package
    speaks: str  # "client": the input is what a client says; "replies": what a server says
    command: tuple  # {prefix}: where the build stands, {letter}: a mail to send
    needs: tuple = ()  # packages that the build takes
    library: str = ""  # a C file of this folder that is linked into the program
    suite: str = DEBIAN
    recipe: str = ""  # the folder of another target, whose build.sh makes this one too,
    variant: str = ""  # as this says
    environment: dict = field(default_factory=dict)

    @property
    def folder(self):
        return HERE / "targets" / (self.recipe or self.name)

    def argv(self, prefix):
        return [word.format(prefix=prefix, letter=HERE / "targets" / "letter")
                for word in self.command]

    def seed_folders(self):
        return sorted((CORPORA / ("client" if self.speaks == "client" else "server")).iterdir())


EXIM = ("libdb-dev", "libpcre2-dev", "libfile-fcntllock-perl")

TARGETS = {target.name: target for target in (
    Target("exim", "exim4", "client", ("{prefix}/exim", "-bs"),
           needs=EXIM, library="still.c"),
    Target("exim-tls", "exim4", "client", ("{prefix}/exim", "-bs"),
           needs=(*EXIM, "libssl-dev", "openssl"), library="still.c", recipe="exim", variant="tls"),
    Target("opensmtpd", "opensmtpd", "client", ("{prefix}/opensmtpd",),
           needs=("libevent-dev", "libssl-dev", "zlib1g-dev", "bison", "libasr-dev")),
    Target("postfix", "postfix", "client", ("{prefix}/smtpd", "-S"),
           needs=("m4", "libicu-dev"), environment={"MAIL_CONFIG": "{prefix}/etc"},
           library="still.c"),
    Target("sendmail", "sendmail", "client",
           ("{prefix}/sendmail", "-bs", "-C{prefix}/sendmail.cf"), needs=("m4",),
           library="still.c"),
    Target("dovecot", "dovecot", "client", ("{prefix}/dovecot",), needs=("bison", "flex")),
    Target("curl", "curl", "replies",
           ("{prefix}/curl", "-sS", "--max-time", "5", "smtp://127.0.0.1:2525/me.test",
            "--mail-from", "ann@me.test", "--mail-rcpt", "bob@mx.test", "--mail-rcpt",
            "eve@mx.test", "--user", "ann:secret", "--upload-file", "{letter}"),
           library="desock.c"),
    Target("msmtp", "msmtp", "replies",
           ("{prefix}/msmtp", "-C", "/dev/null", "--host=127.0.0.1", "--port=2525", "--tls=off",
            "--domain=me.test", "--from=ann@me.test", "--auth=plain", "--user=ann",
            "--passwordeval=echo secret", "--timeout=5", "bob@mx.test", "eve@mx.test"),
           library="desock.c", suite="trixie", environment={"SMTPCHAOS_LETTER": "{letter}"}),
)}
