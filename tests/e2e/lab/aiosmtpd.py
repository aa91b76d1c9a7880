"""aiosmtpd, a receiver that keeps each message exactly as it came, CRLF and all."""
import sys

from lab.place import SOURCE, unpacked
from lab.server import Server


class Aiosmtpd(Server):
    program = "aiosmtpd"

    def launch(self) -> None:
        library = unpacked("aiosmtpd") / "usr/lib/python3/dist-packages"
        receiver = self.directory / "aiosmtpd_receiver.py"
        receiver.write_bytes((SOURCE / "aiosmtpd_receiver.py").read_bytes())
        self.box.spawn("env", f"PYTHONPATH={library}", sys.executable, receiver, str(self.port),
                       self.maildir)
