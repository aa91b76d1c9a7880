"""Runs aiosmtpd as a receiver of everything: aiosmtpd_receiver.py PORT MAILDIR"""
import asyncio
import itertools
import os
import sys

from aiosmtpd.smtp import SMTP

NUMBERS = itertools.count()


class Keep:
    """Writes each message to a file of its own, whole before it gets its name."""

    def __init__(self, maildir: str):
        self.maildir = maildir

    async def handle_DATA(self, server, session, envelope):
        name = f"{next(NUMBERS):06}"
        with open(f"{self.maildir}/tmp/{name}", "wb") as file:
            file.write(envelope.original_content)
        os.rename(f"{self.maildir}/tmp/{name}", f"{self.maildir}/new/{name}")
        return "250 OK"


async def main(port: int, maildir: str) -> None:
    def session():
        return SMTP(Keep(maildir), hostname="aiosmtpd.lab.test", data_size_limit=1 << 31,
                    enable_SMTPUTF8=True)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(session, "127.0.0.1", port)
    await server.serve_forever()


asyncio.run(main(int(sys.argv[1]), sys.argv[2]))
