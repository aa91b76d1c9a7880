# group: senders
# title: A server that falls silent, at each place where a client has to wait
# imitates: servers and paths that hang; it exposes clients without timers
# source: OpenSMTPD/OpenSMTPD issue 801 (Python 2.7's smtplib.quit() waits for ever for a 221); help.hcl-software.com (JavaMail's timers are infinite unless set); swiftmailer issue 1350 (a 30 s timer did not cover writing)
# saw: worker threads that hang, a Java machine that never ends, a DATA that took fifteen minutes until the server said 421
# observed: Postfix 3.7 keeps the mail in its queue when its timer fires; silence after QUIT does not touch it
# expect: a client has a timer for each place: 5 min for the greeting, MAIL and RCPT, 2 min for DATA, 3 min for each block, 10 min for the final dot; then it ends the connection and tries again later
# expect: a mail whose 250 was heard is delivered, although QUIT is never answered
# clause: RFC 5321 section 4.5.3.2 (timers), section 4.1.1.10 (QUIT)

# variant: dot nothing behind the end of the mail, which the server has taken
to client  reply 250 after DATA  stall

# variant: banner no greeting
to client  greeting  stall

# variant: ehlo no reply to EHLO or HELO
to server  command EHLO,HELO,LHLO  blackhole

# variant: mail no reply to MAIL
to client  reply after MAIL  stall

# variant: rcpt no reply to RCPT
to client  reply after RCPT  stall

# variant: data no reply to DATA
to client  reply 354  stall

# variant: in-data nothing of a mail is read behind its first kilobyte
to server  body  offset>1000B  stall

# variant: quit no reply to QUIT, and no end
to client  reply after QUIT  stall
