"""Exim, receiver and queueing sender."""
import fcntl
from pathlib import Path

from lab.place import make
from lab.server import QueueingServer

CONFIGURATION = """\
{main}
begin acl
rcpt_ok:
  accept
data_ok:
  accept
begin routers
mailbox:
  driver = accept
  domains = {domains}
  transport = mailbox
relay:
  driver = manualroute
  route_list = * 127.0.0.1
  self = send
  transport = smtp
begin transports
mailbox:
  driver = appendfile
  maildir_format
  directory = {maildir}
  user = mailbox
smtp:
  driver = smtp
  port = {relay_port}
  allow_localhost
  hosts_try_prdr =
  hosts_try_dane =
  connect_timeout = {timer_s}s
  command_timeout = {timer_s}s
  data_timeout = {timer_s}s
  final_timeout = {timer_s}s
begin retry
* * F,1d,1h
"""


def is_locked(file: Path) -> bool:
    try:
        with open(file, "r+b") as data:
            fcntl.lockf(data, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    except OSError:
        return True


class Exim(QueueingServer):
    program = "exim"
    deferred = r" == .* defer "

    def binds(self) -> dict:
        return {"/var/spool/exim4": self.directory / "spool",
                "/etc/exim4": self.directory / "conf",
                "/var/log/exim4": self.directory / "exim-log"}

    def configure(self) -> None:
        make(self.directory / "exim-log")
        settings = self._main() | self.settings
        text = CONFIGURATION.format(
            main="".join(f"{key} = {value}\n" for key, value in settings.items()),
            domains=" : ".join(self.local_domains), maildir=self.maildir,
            relay_port=self.relay_port or 1, timer_s=self.timer_s)
        (self.directory / "conf/exim4.conf").write_text(text)

    def _main(self) -> dict:
        return {"primary_hostname": self.host_name, "daemon_smtp_ports": self.port,
                "local_interfaces": "127.0.0.1", "disable_ipv6": "true",
                "exim_user": "Debian-exim", "exim_group": "Debian-exim", "never_users": "",
                "host_lookup": "", "rfc1413_query_timeout": "0s", "dns_ipv4_lookup": "!*",
                "smtp_accept_max": 200, "message_size_limit": "0",
                "syslog_timestamp": "false", "log_file_path": "syslog",
                "log_selector": "+smtp_protocol_error +smtp_syntax_error +smtp_confirmation",
                "tls_advertise_hosts": "", "keep_environment": "",
                "acl_smtp_rcpt": "rcpt_ok", "acl_smtp_data": "data_ok"}

    def launch(self) -> None:
        self.box.shell("chown root /etc/exim4/exim4.conf; chmod 644 /etc/exim4/exim4.conf;"
                       "chown -R Debian-exim:Debian-exim /var/spool/exim4 /var/log/exim4;"
                       "chmod 4755 /usr/sbin/exim4")
        self.box.spawn("/usr/sbin/exim4", "-bdf", "-q1h")

    def submit_command(self, sender: str) -> list:
        return ["/usr/sbin/exim4", "-i", "-f", sender]

    def queue(self) -> list:
        return [file.name[:-2] for file in (self.directory / "spool/input").rglob("*-H")]

    def is_resting(self) -> bool:
        """Exim locks the data file of a message while it handles it."""
        files = list((self.directory / "spool/input").rglob("*-D"))
        return bool(files) and not any(map(is_locked, files))

    def flush(self) -> None:
        self.box.shell("exim4 -qff")

    def purge(self) -> None:
        if self.queue():
            self.box.shell(f"exim4 -Mrm {' '.join(self.queue())}")
        self.box.shell("rm -f /var/spool/exim4/db/*")
