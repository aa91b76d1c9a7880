"""OpenSMTPD, receiver and queueing sender. Its timers are fixed: 300 s, 400 s to a retry."""
from lab.server import QueueingServer

CONFIGURATION = """\
{settings}
table mailbox {{ "@" = mailbox }}
queue ttl 1d
smtp max-message-size 256M
listen on 127.0.0.1 port {port} hostname {host}
action mailbox maildir "{maildir}" virtual <mailbox>
{relay}
match from any for domain {{ {domains} }} action mailbox
"""

RELAY = """\
action out relay host "smtp://127.0.0.1:{port}"
match from any for domain "dest.test" action out
"""

SPOOL = """\
mkdir -p /var/lib/opensmtpd/empty
chmod 755 /var/lib/opensmtpd /var/lib/opensmtpd/empty
chgrp opensmtpq /usr/sbin/smtpctl
chmod 2755 /usr/sbin/smtpctl
ln -sf smtpctl /usr/sbin/sendmail
cd /var/spool/smtpd
chmod 711 .
mkdir -p offline purge queue corrupt incoming temporary
chown root:opensmtpq offline
chmod 770 offline
chown opensmtpq:root purge queue corrupt incoming temporary
chmod 700 purge queue corrupt incoming temporary
"""


class OpenSmtpd(QueueingServer):
    program = "opensmtpd"
    deferred = r'result="TempFail"'

    def binds(self) -> dict:
        return {"/var/spool/smtpd": self.directory / "spool"}

    def configure(self) -> None:
        relay = RELAY.format(port=self.relay_port) if self.relay_port else ""
        settings = "\n".join(f"{key} {value}" for key, value in self.settings.items())
        text = CONFIGURATION.format(
            settings=settings, port=self.port, host=self.host_name, maildir=self.maildir,
            relay=relay, domains=", ".join(f'"{name}"' for name in self.local_domains))
        (self.directory / "conf/smtpd.conf").write_text(text)

    def launch(self) -> None:
        self.box.shell(SPOOL)
        self.box.shell(f"install -m 644 {self.directory}/conf/smtpd.conf /etc/smtpd.conf")
        self.box.spawn("/usr/sbin/smtpd", "-F", "-v", "-T", "smtp", "-f", "/etc/smtpd.conf")

    def submit_command(self, sender: str) -> list:
        return ["/usr/sbin/sendmail", "-i", "-f", sender]

    def queue(self) -> list:
        messages = (self.directory / "spool/queue").glob("*/*")
        offline = (self.directory / "spool/offline").iterdir()
        return [file.name for file in (*messages, *offline)]

    def is_resting(self) -> bool:
        listing = self.box.run("smtpctl", "show", "queue").stdout
        return b"|pending|" in listing and b"|inflight|" not in listing

    def flush(self) -> None:
        self.box.shell("smtpctl schedule all")

    def purge(self) -> None:
        self.box.shell("smtpctl remove all")
