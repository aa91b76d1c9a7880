# group: timing
# title: A greeting that comes late, and a refusal for those who cannot wait
# imitates: sendmail FEATURE(greet_pause), at most 300 s; servers that accept the connection and are busy
# source: contrib/sendmail/src/srvrsmtp.c (freebsd/freebsd-src); lib/smtp-connection/index.js of nodemailer; PHPMailer issue 1003
# saw: clients with timers of 10 to 30 s never hear it; PHPMailer took silence for a greeting, said EHLO and was refused as an early talker
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 wait and deliver; Postfix 3.7 with a timer of two seconds keeps the mail in its queue
# expect: a client waits five minutes for the greeting and says nothing before
# clause: RFC 5321 section 4.5.3.2.1 (five minutes), section 4.3.1 (the client waits for the greeting), section 3.1 (554 as greeting)

# variant: 5s five seconds, and 554 in place of the greeting for whoever speaks
to client  connect  delay  time=5s
to server  command  unsaid=HELO unsaid=EHLO early=yes  answer  reply="554 {host} ESMTP not accepting messages\r\n250 {host} Hello {helo} [{client.ip}], pleased to meet you" upstream=dropped
to server  command HELO,EHLO  parted=yes  answer  reply="250 {host} Hello {helo} [{client.ip}], pleased to meet you"
to server  command MAIL,RCPT,DATA,BDAT,VRFY,EXPN,AUTH,STARTTLS,ETRN,UNKNOWN  parted=yes  after 25  answer  reply="421 4.7.0 {host} Too many bad commands; closing connection" then=finish
to server  command MAIL,RCPT,DATA,BDAT,VRFY,EXPN,AUTH,STARTTLS,ETRN,UNKNOWN  parted=yes  answer  reply="550 5.0.0 Command rejected"

# variant: 30s thirty seconds, and nothing else
to client  connect  delay  time=30s

# variant: 299s the longest that a client has to wait, less a second
to client  connect  delay  time=299s

# variant: busy from five seconds to five minutes, as a server under load
to client  connect  delay  time=5s..299s
