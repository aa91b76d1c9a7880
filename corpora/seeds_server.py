"""What servers say: the replies to a client's whole session, plain and odd."""

GREETING = "220 mx.test ESMTP"
OFFERS = ["250-mx.test", "250-PIPELINING", "250-SIZE 1000000", "250-AUTH PLAIN LOGIN CRAM-MD5",
          "250-8BITMIME", "250-DSN", "250-CHUNKING", "250-STARTTLS", "250 SMTPUTF8"]
GRANTED = ["250 sender", "250 recipient", "354 go", "250 queued", "221 bye"]


def said(*lines):
    return b"".join(line.encode("latin-1") + b"\r\n" for line in lines)


def replies():
    yield "mail", said(GREETING, "250 mx.test", *GRANTED)
    yield "mail-with-offers", said(GREETING, *OFFERS, *GRANTED)
    yield "mail-enhanced", said(GREETING, *OFFERS, "250 2.1.0 ok", "250 2.1.5 ok", "354 go",
                                "250 2.0.0 queued as 1", "221 2.0.0 bye")
    yield "greeting-lines", said("220-mx.test", "220-wait", "220 now", "250 mx.test", *GRANTED)
    yield "greeting-refused", said("554 5.7.1 no")
    yield "greeting-busy", said("421 4.3.2 later")
    yield "greeting-late-text", b"220 " + b"a" * 3000 + b"\r\n" + said("250 mx.test", *GRANTED)
    yield "ehlo-refused", said(GREETING, "502 what", "250 mx.test", *GRANTED)
    yield "sender-refused", said(GREETING, *OFFERS, "550 5.7.1 no", "221 bye")
    yield "recipient-refused", said(GREETING, *OFFERS, "250 ok", "550 5.1.1 nobody", "221 bye")
    yield "recipient-later", said(GREETING, *OFFERS, "250 ok", "451 4.7.1 later", "221 bye")
    yield "data-refused", said(GREETING, *OFFERS, "250 ok", "250 ok", "554 no", "221 bye")
    yield "mail-refused", said(GREETING, *OFFERS, "250 ok", "250 ok", "354 go", "552 full")
    yield "mail-refused-in-lines", said(GREETING, *OFFERS, "250 ok", "250 ok", "354 go",
                                        "550-5.7.1 no", "550-5.7.1 really", "550 5.7.1 no")
    yield "auth-plain", said(GREETING, "250-mx.test", "250 AUTH PLAIN", "334 ", "235 ok", *GRANTED)
    yield "auth-initial", said(GREETING, "250-mx.test", "250 AUTH PLAIN", "235 ok", *GRANTED)
    yield "auth-login", said(GREETING, "250-mx.test", "250 AUTH LOGIN", "334 VXNlcm5hbWU6",
                             "334 UGFzc3dvcmQ6", "235 ok", *GRANTED)
    yield "auth-cram-md5", said(GREETING, "250-mx.test", "250 AUTH CRAM-MD5",
                                "334 PDEyMy40NTZAbXgudGVzdD4=", "235 ok", *GRANTED)
    yield "auth-digest-md5", said(
        GREETING, "250-mx.test", "250 AUTH DIGEST-MD5",
        "334 cmVhbG09Im14LnRlc3QiLG5vbmNlPSJhIixxb3A9ImF1dGgiLGFsZ29yaXRobT1tZDUtc2Vzcw==",
        "334 cnNwYXV0aD1h", "235 ok", *GRANTED)
    yield "auth-ntlm", said(
        GREETING, "250-mx.test", "250 AUTH NTLM", "334 ",
        "334 TlRMTVNTUAACAAAADAAMADAAAAA1goHiASNFZ4mrze8AAAAAAAAAAAAAAAA8AAAA", "235 ok", *GRANTED)
    yield "auth-scram", said(GREETING, "250-mx.test", "250 AUTH SCRAM-SHA-256 SCRAM-SHA-1", "334 ",
                             "334 cj1hYmNkLHM9c2FsdCxpPTQwOTY=", "334 dj1hYmNk", "235 ok", *GRANTED)
    yield "auth-xoauth2", said(GREETING, "250-mx.test", "250 AUTH XOAUTH2 OAUTHBEARER",
                               "334 eyJzdGF0dXMiOiI0MDEifQ==", "535 no")
    yield "auth-refused", said(GREETING, "250-mx.test", "250 AUTH PLAIN LOGIN CRAM-MD5", "535 no",
                               "504 no", "535 5.7.8 no", "221 bye")
    yield "auth-not-base64", said(GREETING, "250-mx.test", "250 AUTH CRAM-MD5", "334 !!!", "501 no")
    yield "starttls", said(GREETING, *OFFERS, "220 go") + b"\x16\x03\x03\0\x05hello"
    yield "starttls-refused", said(GREETING, *OFFERS, "454 4.7.0 not now", *GRANTED)
    yield "keyword-bomb", said(GREETING, *(f"250-X{n} {'a' * n}" for n in range(300)), "250 end",
                               *GRANTED)
    yield "reply-bomb", said(GREETING, *(["250-a"] * 500), "250 end", *GRANTED)
    yield "codes-differ", said(GREETING, "250-a", "251-b", "550 c", *GRANTED)
    yield "codes-odd", said(GREETING, "25 a", "2500 a", "abc", "999 a", "000 a", "250", "250-")
    yield "bare-codes", said("220", "250", "250", "250", "354", "250", "221")
    yield "no-codes", said("hello", "there", "", " ")
    yield "lone-lfs", said(GREETING, *OFFERS, *GRANTED).replace(b"\r\n", b"\n")
    yield "lone-crs", said(GREETING, *OFFERS, *GRANTED).replace(b"\r\n", b"\r")
    yield "nuls", said("220 a\0b", "250-\0", "250 \0\0", *GRANTED)
    yield "eight-bit", said("220 \xff\xfe", "250 \xc3\xa4", *GRANTED)
    yield "unfinished", said(GREETING, "250 mx.test") + b"250 o"
    yield "early", said(GREETING, "250 mx.test", *GRANTED, *GRANTED, *GRANTED)
    yield "closing", said(GREETING, *OFFERS, "421 4.3.2 closing")
    yield "lmtp", said("220 mx.test LMTP", *OFFERS, "250 ok", "250 ok", "250 ok", "354 go",
                       "250 first", "550 second", "221 bye")
    yield "http", b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"
    yield "long-text", said(GREETING, "250 " + "a" * 20000, *GRANTED)
    yield "vrfy", said(GREETING, *OFFERS, "252 maybe", "214-help", "214 more", "221 bye")
