# group: gateways
# title: A gateway that keeps one side talking while it scans: NOOP to the server, the beginning of a reply to the client
# imitates: Stormshield and Netasq (ServerKeepAlive=20, ClientKeepAlive=20, ClientKeepAliveCode=250); clamsmtpd (KeepAlives)
# source: documentation.stormshield.eu CLI reference, CONFIG PROTOCOL SMTP PROFILE PROXY POSTPROC and CONFIG ANTIVIRUS SERVICES SMTP; clamsmtpd.conf(5); that the client hears lines `250-` is inferred
# saw: no published report; the danger is a client that takes the first `250-` for success, or one whose timer a part of a reply does not start anew
# expect: a client judges a reply by its last line and when all of it has come, within ten minutes
# expect: a server answers NOOP between RCPT and DATA and forgets nothing
# clause: RFC 5321 section 4.2.1 (lines of one reply have one code), section 4.5.3.2.6 (ten minutes), section 4.1.1.9 (NOOP changes nothing)

# variant: server the mail is held for a minute, and the server hears NOOP every 20 seconds
to server  command DATA  hold  noop=20s
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="554 5.7.1 Virus detected."
to server  body-end               delay   time=60s

# variant: client the client hears `250-` every 20 seconds, then the reply
to client  reply 250 after DATA  keep-alive  line="250-Scanning" every=20s count=3

# variant: contradiction the client hears `250-` every 20 seconds, then that the mail had a virus
to server  command DATA  hold  noop=20s
to server  body-end  answer  reply="554 5.7.1 Virus detected."
to client  reply 554 after DATA  keep-alive  line="250-Scanning" every=20s count=3

# variant: close the client hears `250-` every 20 seconds, then the connection ends
to client  reply 250 after DATA  keep-alive  line="250-Scanning" every=20s count=3
to client  reply 250 after DATA  finish      after=42

# variant: clamsmtp NOOP every 5 seconds while the mail is read and scanned
to server  command DATA  hold  noop=5s
to server  body-end  delay  time=12s
