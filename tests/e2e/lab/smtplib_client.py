"""Sends the letter on standard input with STARTTLS: smtplib_client.py PORT AUTHORITIES SECONDS

Run by the Python of the system, so that it does not matter which one runs the tests: what ciphers
a client's context takes was decided when that Python was built. Exit status 1: it was not sent.
"""
import smtplib
import ssl
import sys


def send(port: str, authorities: str, timer_s: str) -> None:
    with smtplib.SMTP("localhost", int(port), "smtplib.test", float(timer_s)) as client:
        client.starttls(context=ssl.create_default_context(cafile=authorities))
        client.sendmail("ann@example.test", ["bob@dest.test"], sys.stdin.buffer.read())


try:
    send(*sys.argv[1:])
except (smtplib.SMTPException, OSError, ValueError) as error:
    sys.exit(str(error))
