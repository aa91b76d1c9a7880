# group: gateways
# title: A proxy that collects the whole mail before the server hears of it, and knows one good reply to RCPT
# imitates: F-Secure Internet Gatekeeper for Linux 4.01, SMTP proxy
# source: Administrator's Manual of version 4.01 pp. 152-153 (manualslib.com 374836), which documents the whole state machine
# saw: one unknown recipient ends the transaction of all; servers hang up while a large mail is still being collected; no TLS
# observed: Postfix 3.7 and OpenSMTPD 6.8 return infected mail; one refused recipient leaves the mail for all of them in the queue of Postfix 3.7
# expect: a sender that loses the session behind a refused RCPT keeps the mail for the other recipients and tries again, one recipient at a time if it is wise
# expect: a receiver that hears nothing between RCPT and DATA for longer than five minutes may say 421
# clause: RFC 5321 section 3.3 (other recipients go on when one is refused), section 4.5.3.2.7 (five minutes), section 3.8; RFC 3207 section 6

# Of both sizes the smaller one is offered; ours is 10485760.
to client  reply 250 after EHLO matches=/\bSIZE\s+(1048576[1-9]|104857[7-9]\d|10485[89]\d\d|1048[6-9]\d{3}|1049\d{4}|10[5-9]\d{5}|1[1-9]\d{6}|[2-9]\d{7}|\d{9,})\b/  ehlo  remove=CHUNKING,BINARYMIME,PIPELINING,STARTTLS replace=SIZE with="SIZE 10485760"
# variant: scan the state machine as it stands in the manual
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME,PIPELINING,STARTTLS
to server  command MAIL matches=/(?i)^MAIL(?!\s+FROM:)/  answer  reply="501 Syntax error (MAIL FROM:) (F-Secure Internet Gatekeeper)"
to server  command RCPT matches=/(?i)^RCPT(?!\s+TO:)/    answer  reply="500 RCPT command must begin with \"RCPT TO:\" (F-Secure Internet Gatekeeper)"
# Any reply to RCPT but 250 is the last of the session.
to client  reply after RCPT matches=/^(?!250)/  finish  after=4096
to server  command DATA  hold  reply="354 Enter mail (F-Secure Internet Gatekeeper)"
to server  body-end size>10485760B  answer  reply="554 Too long message (F-Secure Internet Gatekeeper)"
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="554 Infected by EICAR_Test_File (F-Secure Internet Gatekeeper)"
to client  reply 5xx after DATA matches=/^5\d\d (?!Infected|Too long)/  rewrite  line="554 SENDBACK:smtp error[DATA] (Server Reply: {line}) (F-Secure Internet Gatekeeper)"

# variant: auth the proxy wants passwords of its own and says so
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME,PIPELINING,STARTTLS,AUTH add="AUTH PLAIN LOGIN"
to server  command DATA  hold  reply="354 Enter mail (F-Secure Internet Gatekeeper)"

# variant: relaying every recipient is one too far
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME,PIPELINING,STARTTLS
to server  command RCPT  answer  reply="550 Relaying denied. (F-Secure Internet Gatekeeper)" then=finish
