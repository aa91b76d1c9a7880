# group: gateways
# title: A virus filter that says 250 and throws the mail away
# imitates: clamsmtpd with `Action: drop`, its default, and with `Action: pass`
# source: clamsmtpd.conf(5), clamsmtpd(8) (manpages.ubuntu.com)
# saw: mail vanishes with a 250 in the sender's log and nothing in the receiver's
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 are done, and the mail is nowhere
# expect: nobody can tell: the sender has its 250, the receiver heard RSET
# clause: RFC 5321 section 6.1 (who says 250 delivers or reports), section 6.2 (mail that is dropped without notice)

# The mail is forwarded when all of it has been scanned.
to server  command DATA  hold

# variant: drop infected mail is dropped, clean mail is marked
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  false-accept  reply="250 2.0.0 Ok: queued as {hex.10}"
to server  body  header  add="X-Virus-Scanned: ClamAV using ClamSMTP"

# variant: pass infected mail is marked and delivered
to server  body contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  header  add="X-Virus-Infected: Eicar-Test-Signature"
to server  body  header  add="X-Virus-Scanned: ClamAV using ClamSMTP"
