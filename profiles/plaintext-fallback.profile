# group: tls
# title: TLS is not to be had, in one way after the other: does the client go on in clear, with its credentials?
# imitates: what an attacker in the path, or a broken server, leaves a client that uses TLS where it can
# source: nodemailer lib/smtp-connection/index.js (requireTLS also refuses to fall back to HELO); dawidd6/action-send-mail pull 317 (require_tls); documentation of the Vert.x mail client (OPTIONAL is insecure); an Exchange administrator's note: the connector is chosen by size, so that large mail left without TLS
# saw: opportunistic TLS that degrades without a word, and says AUTH in clear
# expect: no AUTH and no MAIL is said in clear by a client that was told to use TLS, whichever way it is not to be had
# expect: a client that uses TLS where it can says no AUTH with a password in clear
# clause: RFC 3207 section 4.1 and section 6; RFC 8314 section 3.3 (mandatory TLS for submission); RFC 4954 section 4 (no PLAIN without TLS)

# What must not be there is AUTH or MAIL in the journal without a `tls` before it. AUTH is offered in all variants but one, so that a client may be tempted.

# variant: missing STARTTLS is not offered, AUTH is
to client  reply 250 after EHLO  tls=no  ehlo  remove=STARTTLS,AUTH add="AUTH PLAIN LOGIN"

# variant: 454 it is offered and refused for the time being
to client  reply 250 after EHLO  tls=no  ehlo  remove=STARTTLS,AUTH add="STARTTLS,AUTH PLAIN LOGIN"
to server  command STARTTLS      answer  reply="454 4.7.0 TLS not available due to local problem"

# variant: 500 it is offered and unknown
to client  reply 250 after EHLO  tls=no  ehlo  remove=STARTTLS,AUTH add="STARTTLS,AUTH PLAIN LOGIN"
to server  command STARTTLS      answer  reply="500 5.5.1 Command unrecognized"

# variant: 501 it is offered and wrong
to client  reply 250 after EHLO  tls=no  ehlo  remove=STARTTLS,AUTH add="STARTTLS,AUTH PLAIN LOGIN"
to server  command STARTTLS      answer  reply="501 5.5.4 Syntax error"

# variant: 502 it is offered and not implemented
to client  reply 250 after EHLO  tls=no  ehlo  remove=STARTTLS,AUTH add="STARTTLS,AUTH PLAIN LOGIN"
to server  command STARTTLS      answer  reply="502 5.5.1 Command not implemented"

# variant: helo EHLO is refused, HELO offers nothing
to server  command EHLO,LHLO  answer  reply="502 5.5.1 Command not implemented"

# variant: handshake it is granted, and the handshake is cut: the next attempt may come in clear; needs --tls intercept or client
to client  tls  tls  cut=hello
