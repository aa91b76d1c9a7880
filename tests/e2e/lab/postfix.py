"""Postfix, receiver and queueing sender, and its test programs smtp-sink and smtp-source."""
import os
import shutil

from lab.place import make, unpacked
from lab.server import QueueingServer, Server

# A message moves along these, and back from deferred to active: none is overlooked on its way.
QUEUES_IN_ORDER = ("maildrop", "incoming", "active", "deferred", "active")

MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
lmtp unix - - n - - lmtp
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
tlsmgr unix - - n 1000? 1 tlsmgr
"""

TIMERS = ("connect", "helo", "mail", "rcpt", "data_init", "data_xfer", "data_done", "quit", "rset")


class Postfix(QueueingServer):
    program = "postfix"
    deferred = r"status=deferred"

    def binds(self) -> dict:
        return {"/var/spool/postfix": self.directory / "spool",
                "/etc/postfix": self.directory / "conf",
                "/var/lib/postfix": self.directory / "data"}

    def configure(self) -> None:
        make(self.directory / "data")
        conf = self.directory / "conf"
        shutil.copytree(unpacked("postfix") / "etc/postfix", conf, dirs_exist_ok=True)
        (conf / "master.cf").write_text(MASTER.format(port=self.port))
        settings = self._identity() | self._receiving() | self._sending() | self.settings
        (conf / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in settings.items()))
        # Postfix waits two seconds before it believes a file that is younger than that.
        os.utime(conf / "main.cf", (0, 0))

    def _identity(self) -> dict:
        return {"compatibility_level": "3.6", "queue_directory": "/var/spool/postfix",
                "command_directory": "/usr/sbin", "daemon_directory": "/usr/lib/postfix/sbin",
                "data_directory": "/var/lib/postfix", "mail_owner": "postfix",
                "setgid_group": "postdrop", "inet_interfaces": "127.0.0.1",
                "inet_protocols": "ipv4", "myhostname": self.host_name}

    def _receiving(self) -> dict:
        return {"mydestination": "", "alias_maps": "", "alias_database": "",
                "virtual_mailbox_domains": " ".join(self.local_domains),
                "virtual_mailbox_base": self.directory, "virtual_mailbox_maps": "static:maildir/",
                "virtual_uid_maps": "static:8125", "virtual_gid_maps": "static:8125",
                "message_size_limit": "0", "virtual_mailbox_limit": "0",
                "smtpd_peername_lookup": "no", "smtpd_error_sleep_time": "0",
                "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination"}

    def _sending(self) -> dict:
        if not self.relay_port:
            return {}
        timers = {f"smtp_{timer}_timeout": f"{self.timer_s}s" for timer in TIMERS}
        return timers | {
            "relayhost": f"[127.0.0.1]:{self.relay_port}", "smtp_host_lookup": "native",
            "smtp_dns_support_level": "disabled", "queue_run_delay": "1h",
            "minimal_backoff_time": "1h", "maximal_backoff_time": "1h",
            "transport_retry_time": "1s",
            "default_destination_concurrency_failed_cohort_limit": "0"}

    def launch(self) -> None:
        self.box.shell("chgrp postdrop /usr/sbin/postdrop /usr/sbin/postqueue;"
                       "chmod 2555 /usr/sbin/postdrop /usr/sbin/postqueue;"
                       "chown postfix /var/lib/postfix; postfix start")

    def submit_command(self, sender: str) -> list:
        return ["/usr/sbin/sendmail", "-i", "-B8BITMIME", "-f", sender]

    def queue(self) -> list:
        spool = self.directory / "spool"
        files = [file for queue in QUEUES_IN_ORDER for file in (spool / queue).rglob("*")]
        return sorted({file.name for file in files if file.is_file()})

    def is_resting(self) -> bool:
        spool = self.directory / "spool"
        return any(file.is_file() for file in (spool / "deferred").rglob("*")) and not any(
            any((spool / queue).iterdir()) for queue in ("maildrop", "incoming", "active"))

    def flush(self) -> None:
        self.box.shell("postqueue -f")

    def purge(self) -> None:
        self.box.shell("postsuper -d ALL 2>/dev/null")


class SmtpSink(Server):
    """Receives and throws away; smtp-source in the same box is its sender."""

    program = "postfix"

    def launch(self) -> None:
        self.box.spawn("/usr/sbin/smtp-sink", "-u", "mailbox", f"127.0.0.1:{self.port}", "100")

    def source(self, port: int, messages: int, sessions: int, size: int) -> None:
        """Sends so many messages of so many bytes to the port, in so many sessions at once."""
        self.box.shell(f"smtp-source -s {sessions} -m {messages} -l {size} -f ann@example.test"
                       f" -t bob@dest.test 127.0.0.1:{port}")
