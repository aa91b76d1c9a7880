"""Dovecot's LMTP server, a receiver that answers once for each recipient after the final dot."""
from lab.server import Server

CONFIGURATION = """\
protocols = lmtp
base_dir = /run/dovecot
mail_location = maildir:{maildir}
log_path = syslog
ssl = no
first_valid_uid = 1
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {port}
  }}
}}
passdb {{
  driver = static
  args = password=x
}}
userdb {{
  driver = static
  args = uid=8125 gid=8125 home={directory} allow_all_users=yes
}}
"""


class Dovecot(Server):
    program = "dovecot"

    def binds(self) -> dict:
        return {"/etc/dovecot": self.directory / "conf"}

    def configure(self) -> None:
        text = CONFIGURATION.format(maildir=self.maildir, port=self.port, directory=self.directory)
        (self.directory / "conf/dovecot.conf").write_text(text)

    def launch(self) -> None:
        self.box.shell(f"ldconfig; chown mailbox:mailbox {self.directory}")
        self.box.spawn("/usr/sbin/dovecot", "-F", "-c", "/etc/dovecot/dovecot.conf")
