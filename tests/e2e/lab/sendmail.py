"""Sendmail, receiver and queueing sender."""
import shutil

from lab.server import QueueingServer

TIMERS = ("CONNECT", "INITIAL", "HELO", "MAIL", "RCPT", "DATAINIT", "DATABLOCK", "DATAFINAL",
          "RSET", "QUIT")

CONFIGURATION = """\
divert(0)dnl
VERSIONID(`lab')
OSTYPE(`debian')dnl
DOMAIN(`generic')dnl
undefine(`confHOST_STATUS_DIRECTORY')dnl
define(`confDOMAIN_NAME', `{host}')dnl
define(`confPID_FILE', `/run/sendmail.pid')dnl
define(`confTO_IDENT', `0')dnl
define(`confTO_QUEUERETURN', `1d')dnl
define(`confDONT_BLAME_SENDMAIL', `groupwritabledirpathsafe,groupreadablekeyfile')dnl
define(`confLOG_LEVEL', `12')dnl
define(`confREFUSE_LA', `1000')dnl
define(`confQUEUE_LA', `1000')dnl
define(`confDELAY_LA', `0')dnl
define(`confPRIVACY_FLAGS', `authwarnings')dnl
define(`confBIND_OPTS', `-DNSRCH -DEFNAMES')dnl
define(`confSERVICE_SWITCH_FILE', `/etc/mail/service.switch')dnl
define(`STATUS_FILE', `/etc/mail/statistics')dnl
{timers}
FEATURE(`nocanonify')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Family=inet, Name=MTA, Port={port}, Addr=127.0.0.1')dnl
{relay}
MAILER(`smtp')dnl
MAILER_DEFINITIONS
Mmailbox, P=/etc/mail/deliver, F=lsDFMq, S=EnvFromL, R=EnvToL, T=DNS/RFC822/X-Unix,
\tU=mailbox:mailbox, A=deliver $g $u
LOCAL_RULE_0
{local}
"""

RELAY = """\
define(`SMART_HOST', `esmtp:[127.0.0.1]')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h {port}')dnl
"""

LOCAL_RULES = """\
R$* < @ {domain} . > $*\t$#mailbox $@ {domain} $: $1
R$* < @ {domain} > $*\t$#mailbox $@ {domain} $: $1
"""

DELIVER = """\
#!/bin/sh
name=$$.$(date +%s%N)
cat >{maildir}/tmp/$name && mv {maildir}/tmp/$name {maildir}/new/
"""

SETTLE = """\
cd /etc/mail
m4 /usr/share/sendmail/cf/m4/cf.m4 lab.mc >sendmail.cf
chown root:root . *
chmod 644 *
chmod 755 . deliver
chown root:root /var/spool/mqueue
chmod 700 /var/spool/mqueue
"""


class Sendmail(QueueingServer):
    program = "sendmail"
    deferred = r"stat=Deferred"

    def binds(self) -> dict:
        return {"/var/spool/mqueue": self.directory / "spool", "/etc/mail": self.directory / "conf"}

    def configure(self) -> None:
        timers = [f"define(`confTO_{timer}', `{self.timer_s}s')dnl" for timer in TIMERS]
        local = [LOCAL_RULES.format(domain=domain) for domain in self.local_domains]
        relay = RELAY.format(port=self.relay_port) if self.relay_port else ""
        self._write("lab.mc", CONFIGURATION.format(
            host=self.host_name, port=self.port, timers="\n".join(timers), relay=relay,
            local="".join(local)))
        self._write("deliver", DELIVER.format(maildir=self.maildir))
        self._write("service.switch", "hosts files\naliases files\n")
        for name in ("aliases", "statistics", "local-host-names", "access", "trusted-users"):
            self._write(name, "")

    def _write(self, name: str, text: str) -> None:
        (self.directory / "conf" / name).write_text(text)

    def launch(self) -> None:
        self.box.shell(SETTLE)
        self.box.spawn("/usr/libexec/sendmail/sendmail", "-bD", "-q1h", "-C",
                       "/etc/mail/sendmail.cf")

    def _sendmail(self, *arguments) -> list:
        return ["/usr/libexec/sendmail/sendmail", "-C", "/etc/mail/sendmail.cf", *arguments]

    def submit_command(self, sender: str) -> list:
        return self._sendmail("-i", "-f", sender)

    def queue(self) -> list:
        return [file.name[2:] for file in (self.directory / "spool").glob("qf*")]

    def is_resting(self) -> bool:
        return bool(self.queue())

    def flush(self) -> None:
        self.box.shell(" ".join(self._sendmail("-q")))

    def purge(self) -> None:
        for file in (self.directory / "spool").iterdir():
            shutil.rmtree(file) if file.is_dir() else file.unlink()
