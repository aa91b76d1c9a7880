"""What clients say: whole sessions of every kind, commands and addresses alone."""

import base64

HELLO = b"EHLO me.test\r\n"
ENVELOPE = b"MAIL FROM:<ann@me.test>\r\nRCPT TO:<bob@mx.test>\r\n"
QUIT = b"QUIT\r\n"
LETTER = b"From: ann@me.test\r\nTo: bob@mx.test\r\nSubject: hello\r\n\r\ntext\r\n"


def session(*commands):
    """The commands, a line each, between EHLO and QUIT."""
    return HELLO + b"".join(line.encode("latin-1") + b"\r\n" for line in commands) + QUIT


def mail(content, envelope=ENVELOPE):
    return HELLO + envelope + b"DATA\r\n" + content + b"\r\n.\r\n" + QUIT


def sessions():
    yield "one-mail", mail(LETTER)
    yield "two-mails", HELLO + 2 * (ENVELOPE + b"DATA\r\n" + LETTER + b".\r\n") + QUIT
    yield "helo", mail(LETTER).replace(b"EHLO", b"HELO")
    yield "lhlo-two-recipients", mail(
        LETTER, ENVELOPE + b"RCPT TO:<eve@mx.test>\r\n").replace(b"EHLO", b"LHLO")
    yield "bounce", mail(LETTER, b"MAIL FROM:<>\r\nRCPT TO:<bob@mx.test>\r\n")
    yield "many-recipients", mail(LETTER, ENVELOPE + b"".join(
        b"RCPT TO:<user%d@mx.test>\r\n" % n for n in range(30)))
    yield "parameters", session(
        "MAIL FROM:<ann@me.test> SIZE=1000 BODY=8BITMIME RET=HDRS ENVID=QQ31+2B AUTH=<>",
        "RCPT TO:<bob@mx.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;bob+40mx.test",
        "RCPT TO:<eve@mx.test> NOTIFY=NEVER", "RSET")
    yield "parameters-odd", session(
        "MAIL FROM:<ann@me.test> SIZE=-1", "MAIL FROM:<ann@me.test> SIZE=99999999999999999999",
        "MAIL FROM:<ann@me.test> BODY=", "MAIL FROM:<ann@me.test> RET=FULL RET=HDRS",
        "MAIL FROM:<ann@me.test> AUTH=+0A ENVID=\"", "RCPT TO:<a@mx.test> NOTIFY=,",
        "RCPT TO:<a@mx.test> ORCPT=x")
    yield "parameters-rare", session(
        "MAIL FROM:<ann@me.test> SMTPUTF8 REQUIRETLS MT-PRIORITY=3 HOLDFOR=60 BY=120;R PRDR",
        "RCPT TO:<bob@mx.test> RRVS=2014-04-03T23:01:00Z CONNEG=a", "RSET")
    yield "enquiries", session("NOOP", "NOOP words", "HELP", "HELP MAIL", "VRFY bob",
                               "VRFY <bob@mx.test>", "EXPN staff", "ETRN mx.test", "ETRN #queue",
                               "TURN", "ATRN mx.test", "XCLIENT NAME=a ADDR=192.0.2.1",
                               "XFORWARD NAME=a ADDR=[UNAVAILABLE]", "X-UNKNOWN a b")
    yield "out-of-order", session("RCPT TO:<bob@mx.test>", "DATA", "MAIL FROM:<ann@me.test>",
                                  "MAIL FROM:<eve@me.test>", "DATA", "EHLO again.test",
                                  "RCPT TO:<bob@mx.test>", "BDAT 0 LAST", "RSET", "RSET")
    yield "early", b"MAIL FROM:<ann@me.test>\r\nRCPT TO:<bob@mx.test>\r\nDATA\r\n" + HELLO + QUIT
    yield "errors", HELLO + b"".join(b"WHAT%d\r\n" % n for n in range(40)) + QUIT
    yield "empty-lines", b"\r\n\r\n" + HELLO + b"\r\n" + QUIT
    yield "lone-lfs", mail(LETTER).replace(b"\r\n", b"\n")
    yield "lone-crs", HELLO + b"NOOP\rNOOP\r\n" + QUIT
    yield "unfinished", HELLO + ENVELOPE + b"DATA\r\nSubject: a\r\n\r\nhalf a li"
    yield "lower-case", mail(LETTER).replace(b"EHLO", b"ehlo").replace(b"RCPT TO", b"rcpt to")
    yield "blanks", HELLO + b"MAIL FROM: <ann@me.test>\r\nRCPT TO:  <bob@mx.test>  \r\n" + QUIT
    yield "long-line", HELLO + b"NOOP " + b"a" * 5000 + b"\r\n" + QUIT
    yield "line-lengths", HELLO + b"".join(
        b"NOOP " + b"a" * (n - 7) + b"\r\n" for n in (510, 512, 513, 998, 1000, 1001)) + QUIT
    yield "http", b"GET / HTTP/1.1\r\nHost: mx.test\r\n\r\n" + HELLO + QUIT
    yield "http-post", b"POST / HTTP/1.1\r\nContent-Length: 20\r\n\r\n" + HELLO + QUIT
    yield "proxy-v1", b"PROXY TCP4 192.0.2.1 192.0.2.2 4000 25\r\n" + mail(LETTER)
    yield "proxy-v2", b"\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c" + 8 * b"\x7f" + b"\1\1\0\x19" + HELLO
    yield "helo-names", b"".join(b"EHLO " + name + b"\r\n" for name in (
        b"[127.0.0.1]", b"[IPv6:::1]", b"", b"a b", b"_a", b"localhost", b"[", b"\xc3\xa4.test",
        b"(note) a")) + QUIT
    yield "addresses", session(*(f"{verb}<{address.decode('latin-1')}>" for verb in (
        "RSET\r\nMAIL FROM:", "RCPT TO:") for _, address in addresses() if b"\n" not in address))


def commands():
    """One line each, for parsers."""
    lines = {
        "ehlo": b"EHLO me.test", "mail": b"MAIL FROM:<ann@me.test>",
        "mail-size": b"MAIL FROM:<ann@me.test> SIZE=1000 BODY=8BITMIME",
        "mail-null": b"MAIL FROM:<>", "mail-utf8": b"MAIL FROM:<\xc3\xa4@me.test> SMTPUTF8",
        "rcpt": b"RCPT TO:<bob@mx.test>", "rcpt-orcpt": b"RCPT TO:<b@c> ORCPT=rfc822;b+40c",
        "rcpt-unclosed": b"RCPT TO:<bob@mx.test", "data": b"DATA", "bdat": b"BDAT 100 LAST",
        "bdat-huge": b"BDAT 18446744073709551616", "auth": b"AUTH PLAIN AGEAYg==",
        "starttls": b"STARTTLS", "xclient": b"XCLIENT NAME=a+20b ADDR=IPV6:::1",
        "vrfy": b"VRFY bob", "lower": b"mail from:<a@b>", "eight-bit": b"\xff\xfe\x00 a",
        "tabs": b"MAIL\tFROM:<a@b>\tSIZE=1", "prefix": b"EHLOX a", "blank": b" NOOP",
    }
    for name, line in lines.items():
        yield name, line + b"\r\n"


def addresses():
    """What may stand between angle brackets."""
    yield from {
        "plain": b"bob@mx.test", "quoted": b'"a b"@mx.test', "quoted-pair": b'"a\\"b"@mx.test',
        "quote-open": b'"a@mx.test', "route": b"@a.test,@b.test:bob@mx.test",
        "route-open": b"@a.test,@b.test", "percent": b"bob%a.test@mx.test",
        "bang": b"a!b!bob@mx.test", "literal": b"bob@[127.0.0.1]",
        "literal-six": b"bob@[IPv6:2001:db8::1]", "literal-tagged": b"bob@[x:a\\]b]",
        "literal-open": b"bob@[127.0.0.1", "no-domain": b"bob", "no-local": b"@mx.test",
        "postmaster": b"postmaster", "comment": b"bob(note)@mx.test", "dots": b"a..b@mx.test",
        "dot-first": b".a@mx.test", "u-label": b"b\xc3\xb6b@\xc3\xa4.test",
        "a-label": b"bob@xn--4ca.test", "shell": b"`id`;|$(id)@mx.test",
        "expansion": b"${run{/bin/true}}@mx.test", "format": b"%s%n@mx.test",
        "long-local": b"a" * 65 + b"@mx.test", "long-domain": b"a@" + b"d." * 130 + b"test",
        "two-ats": b"a@b@mx.test", "slash": b"/etc/passwd", "include": b":include:/a",
        "tag": b"bob+tag@mx.test", "eight-bit": b"\xff\xfe@mx.test", "encoded": b"=?utf-8?q?a?=@b",
    }.items()


def auth():
    def b64(data):
        return base64.b64encode(data).decode()
    plain = b64(b"\0ann\0secret")
    yield "plain-initial", session(f"AUTH PLAIN {plain}")
    yield "plain", session("AUTH PLAIN", plain)
    yield "plain-wrong", session(f"AUTH PLAIN {b64(bytes(1) + b'eve' + bytes(1) + b'x')}")
    yield "login", session("AUTH LOGIN", b64(b"ann"), b64(b"secret"))
    yield "login-initial", session(f"AUTH LOGIN {b64(b'ann')}", b64(b"secret"))
    yield "cram-md5", session("AUTH CRAM-MD5", b64(b"ann " + b"0" * 32))
    yield "digest-md5", session("AUTH DIGEST-MD5", b64(
        b'username="ann",realm="mx.test",nonce="a",cnonce="b",nc=00000001,qop=auth,'
        b'digest-uri="smtp/mx.test",response=' + b"0" * 32), "")
    yield "ntlm", session("AUTH NTLM", b64(b"NTLMSSP\0\1\0\0\0\7\x82\x08\0" + bytes(16)),
                          b64(b"NTLMSSP\0\3\0\0\0" + bytes(52)))
    yield "scram", session("AUTH SCRAM-SHA-256", b64(b"n,,n=ann,r=abcd"), b64(b"c=biws,r=abcd,p=a"))
    bearer = b64(b"user=ann\1auth=Bearer a\1\1")
    yield "xoauth2", session(f"AUTH XOAUTH2 {bearer}")
    yield "external", session("AUTH EXTERNAL =", "AUTH EXTERNAL", "")
    yield "cancelled", session("AUTH LOGIN", "*", "AUTH PLAIN *")
    yield "equals", session("AUTH PLAIN =", "AUTH LOGIN =")
    yield "twice", session(f"AUTH PLAIN {plain}", f"AUTH PLAIN {plain}")
    yield "in-mail", session("MAIL FROM:<ann@me.test>", f"AUTH PLAIN {plain}")
    yield "then-mail", HELLO + f"AUTH PLAIN {plain}\r\n".encode() + mail(LETTER)
    yield "lengths", session(*(f"AUTH PLAIN {'A' * n}" for n in (1, 2, 3, 4, 5, 6, 7, 1021, 4095)))
    yield "not-base64", session("AUTH PLAIN !!!", "AUTH PLAIN YW5u=YW5u", "AUTH PLAIN ====")
    yield "no-mechanism", session("AUTH", "AUTH ", "AUTH X", "AUTH PLAIN PLAIN PLAIN")


def chunk(content, last=False):
    return b"BDAT %d%s\r\n" % (len(content), b" LAST" if last else b"") + content


def bdat():
    def chunked(*parts):
        return HELLO + ENVELOPE + b"".join(parts) + QUIT
    yield "one-chunk", chunked(chunk(LETTER, last=True))
    yield "three-chunks", chunked(chunk(LETTER[:20]), chunk(LETTER[20:50]),
                                  chunk(LETTER[50:], last=True))
    yield "empty-last", chunked(chunk(LETTER), chunk(b"", last=True))
    yield "empty-only", chunked(chunk(b"", last=True))
    yield "cut-in-crlf", chunked(chunk(LETTER[:18]), chunk(LETTER[18:], last=True))
    yield "dots", chunked(chunk(b"A: b\r\n\r\n.\r\n..\r\n", last=True))
    yield "nul-and-lone-ends", chunked(chunk(b"A: b\n\r\0\r\n\r\nx\ry\nz", last=True))
    yield "too-short", chunked(b"BDAT 10 LAST\r\nabc")
    yield "too-long", chunked(b"BDAT 3 LAST\r\nabcdefNOOP\r\n")
    yield "overflow", chunked(b"BDAT 18446744073709551615\r\nabc\r\n", b"BDAT 4294967297\r\n")
    yield "odd-sizes", chunked(*(b"BDAT %s\r\n" % size for size in (
        b"-1", b"0", b"00000", b"+1", b"1x", b"", b"0x10", b"1 LAST x", b"0 LASTING", b"0last")))
    yield "commands-between", chunked(chunk(LETTER), b"NOOP\r\nRCPT TO:<eve@mx.test>\r\n",
                                      chunk(b"end\r\n", last=True))
    yield "rset-between", chunked(chunk(LETTER), b"RSET\r\n", chunk(b"x", last=True))
    yield "then-data", chunked(chunk(LETTER), b"DATA\r\n.\r\n")
    yield "without-mail", HELLO + chunk(LETTER, last=True) + QUIT
    yield "binary", HELLO + ENVELOPE.replace(b"test>\r\nR", b"test> BODY=BINARYMIME\r\nR") + chunk(
        b"A: b\r\n\r\n" + bytes(range(256)), last=True) + QUIT


LINE_ENDS = {"crlf": b"\r\n", "lf": b"\n", "cr": b"\r", "crcrlf": b"\r\r\n", "lfcr": b"\n\r",
             "crlf-nul": b"\r\n\0", "nul-crlf": b"\0\r\n"}
SMUGGLED = (b"MAIL FROM:<eve@me.test>\r\nRCPT TO:<bob@mx.test>\r\nDATA\r\n"
            b"Subject: smuggled\r\n\r\nx\r\n.\r\n")


def ends_of_data():
    for before, first in LINE_ENDS.items():
        for after, second in LINE_ENDS.items():
            yield f"{before}-dot-{after}", mail(
                LETTER + b"end" + first + b"." + second + SMUGGLED + b"rest")
    yield "two-dots", mail(LETTER + b"..\r\n...\r\n. \r\n.a\r\n")
    yield "dot-first", HELLO + ENVELOPE + b"DATA\r\n.\r\n" + QUIT
    yield "dot-at-4096", mail(LETTER + b"a" * (4096 - len(LETTER) - 3) + b"\r\n.\r\n" + SMUGGLED)


def messages():
    def letter(*lines):
        return mail("\r\n".join(lines).encode("latin-1") + b"\r\n")
    yield "headers", letter(
        "Received: from a (b [192.0.2.1]) by c with ESMTP id 1; Thu, 1 Jan 2026 00:00:00 +0000",
        "Date: Thu, 1 Jan 2026 00:00:00 +0000", "From: Ann <ann@me.test>", "Sender: ann@me.test",
        "Reply-To: list:a@b, c@d;", "To: bob@mx.test, \"Eve, E.\" <eve@mx.test>", "Cc: (note) a@b",
        "Bcc: c@d", "Message-ID: <1@me.test>", "In-Reply-To: <0@me.test>", "Subject: hi 1",
        "Resent-From: a@b", "Resent-Date: now", "Return-Path: <x@y>", "", "text")
    yield "folded", letter("Subject: a", " b", "\tc", " ", "To: bob", " @mx.test", "", "text")
    yield "fold-bomb", letter("X-Folded: a", *([" b"] * 300), "", "text")
    yield "encoded-words", letter("Subject: =?utf-8?q?=C3=A4?= =?iso-8859-1?b?5A==?= =?x?y?z?=",
                                  "From: =?utf-8?b?w6Q=?= <ann@me.test>", "", "text")
    yield "from-twice", letter("From: a@b", "From: c@d", "Subject: 1", "Subject: 2", "", "text")
    yield "no-headers", letter("", "text")
    yield "no-body", letter("Subject: a")
    yield "no-colon", letter("Subject a", "text", "", "more")
    yield "mbox-from", letter("From ann@me.test Thu Jan  1 00:00:00 2026", "Subject: a", "", "t")
    yield "eight-bit", letter("Subject: \xc3\xa4", "X-\xff: \x80", "", "\xc3\xa4\xff\x00")
    yield "long-lines", letter("Subject: " + "a" * 1200, "", "b" * 1001, "c" * 5000)
    yield "comments", letter("To: a(b(c(d)e)f)g@h", "From: (((((a@b", "Cc: a@b (\\))", "", "t")
    yield "groups", letter("To: undisclosed:;", "Cc: a:b:c@d;;", "Bcc: ,,,a@b,,", "", "t")
    yield "mime", letter(
        "MIME-Version: 1.0", "Content-Type: multipart/mixed; boundary=\"a\"", "", "preamble", "--a",
        "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: quoted-printable",
        "", "a=C3=A4=", "b", "--a", "Content-Type: application/pdf; name=\"a.pdf\"",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename*=utf-8''%41.pdf", "", "JVBERi0xLjQK", "--a",
        "Content-Type: message/rfc822", "", "Subject: inner", "", "text", "--a--", "epilogue")
    yield "mime-nested", letter("MIME-Version: 1.0", *(line for n in range(20) for line in (
        f"Content-Type: multipart/mixed; boundary=b{n}", "", f"--b{n}")), "", "deep")
    yield "mime-ambiguous", letter(
        "Content-Type: multipart/mixed; boundary=a; boundary=b", "Content-Type: text/html",
        "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: 7bit", "", "--a", "", "x",
        "--b", "", "y", "--a--", "--b--")
    yield "rfc-2231", letter("Content-Type: text/plain; name*0*=utf-8''a%20; name*1=b; name*9*=%",
                             "", "text")
    yield "dkim", letter(
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=me.test; s=s; t=1; x=2; l=1;",
        " h=from:to:subject; i=@me.test; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=; b=AA==",
        "ARC-Seal: i=1; a=rsa-sha256; cv=none; d=me.test; s=s; b=AA==", "From: a@b", "", "t")


def tls_boundary():
    hello = b"\x16\x03\x01\0\x2f\x01\0\0\x2b\x03\x03" + bytes(32) + b"\0\0\x04\x13\x01\0\xff\1\0"
    yield "starttls", HELLO + b"STARTTLS\r\n" + hello
    yield "starttls-then-clear", HELLO + b"STARTTLS\r\n" + HELLO + ENVELOPE + QUIT
    yield "starttls-twice", HELLO + b"STARTTLS\r\nSTARTTLS\r\n" + QUIT
    yield "starttls-argument", HELLO + b"STARTTLS now\r\n" + QUIT
    yield "starttls-in-mail", HELLO + ENVELOPE + b"STARTTLS\r\n" + hello
    yield "starttls-in-chunks", HELLO + ENVELOPE + b"BDAT 3\r\nabcSTARTTLS\r\n" + hello
    yield "starttls-before-hello", b"STARTTLS\r\n" + hello
    yield "record-first", hello + HELLO
    yield "alert", HELLO + b"STARTTLS\r\n\x15\x03\x03\0\x02\x02\x28" + HELLO + QUIT
    yield "record-too-long", HELLO + b"STARTTLS\r\n\x16\x03\x01\xff\xff" + bytes(300)
