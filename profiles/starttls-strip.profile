# group: tls
# title: TLS is stripped: the offer is taken out, or refused in the server's name
# imitates: an attacker in the path (the attack set of striptls), and devices that do the same by accident; servers whose TLS is out of order sound alike
# source: tintinweb/striptls striptls/striptls.py; smtpd.c and postscreen_smtpd.c of Postfix (`454 4.7.0 TLS not available due to local problem`), sendmail (`454 4.3.3 TLS not available...`), Exim (`454 TLS currently unavailable`); CVE-2016-0772 (Python's smtplib went on in clear behind a refusal); Durumeric et al., Neither Snow Nor Rain Nor MITM, IMC 2015
# saw: in seven countries more than a fifth of the mail to one large provider came in clear; clients that were told to use TLS went on without it, credentials too
# expect: a client that was told to use TLS says neither AUTH nor MAIL in clear, and tells its user; one that uses TLS where it can goes on in clear and says so in its log
# clause: RFC 3207 section 4.1 (what a client does when TLS is refused) and section 6 (a man in the middle deletes the offer); RFC 8314 section 3.3; RFC 5321 section 4.2 (reply codes)

# variant: remove the line is taken out of the EHLO reply, the line before it becomes the last where it must
to client  reply 250 after EHLO  ehlo  remove=STARTTLS

# variant: mask the line is made unreadable, its length kept: 250-XXXXXXXA
to client  reply 250 after EHLO  ehlo    mask=STARTTLS
to server  command STARTTLS      answer  reply="500 5.5.1 Command unrecognized: \"XXXXXXXX\""

# variant: 454 the offer stands, STARTTLS is refused for the time being
to server  command STARTTLS  answer  reply="454 TLS not available due to temporary reason"

# variant: 454-postfix likewise, in the words of Postfix
to server  command STARTTLS  answer  reply="454 4.7.0 TLS not available due to local problem"

# variant: 454-sendmail likewise, in the words of sendmail
to server  command STARTTLS  answer  reply="454 4.3.3 TLS not available after start"

# variant: 454-exim likewise, in the words of Exim
to server  command STARTTLS  answer  reply="454 TLS currently unavailable"

# variant: 500 the offer stands, STARTTLS is unknown
to server  command STARTTLS  answer  reply="500 Syntax error, command unrecognized"

# variant: 501 the offer stands, STARTTLS is wrong
to server  command STARTTLS  answer  reply="501 Syntax error"

# variant: 502 the offer stands, STARTTLS is not implemented
to server  command STARTTLS  answer  reply="502 5.5.1 Error: command not implemented"

# variant: 200 a reply that no clause knows: a 2xx that grants nothing
to server  command STARTTLS  answer  reply="200 STRIPTLS"

# variant: ehlo-502 EHLO is refused, so that the client falls back to HELO and sees no offer at all
to server  command EHLO,LHLO  answer  reply="502 Error: command \"EHLO\" not implemented"

# variant: garbage the offer stands, STARTTLS is granted, and bytes that are no TLS follow; needs --tls intercept or client
to server  command STARTTLS  answer  reply="220 Go ahead"
to client  tls               tls     garbage="\x00\x01\x02\x03 this is no TLS record\r\n"

# variant: foreign-certificate TLS is made, with the certificate of another host; needs --tls intercept or client
to client  tls  certificate  kind=wrong-name

# variant: plain-upstream the client speaks TLS with whoever stands in between, and the server gets it all in clear; needs --tls intercept or client
to server  command STARTTLS  answer  reply="220 Go ahead"
