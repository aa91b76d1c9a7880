# group: timing
# title: A server that insists on its turn, behind a path that makes turns visible
# imitates: Exim smtp_enforce_sync; Postfix 3.9 smtpd_forbid_unauth_pipelining; Gmail; Cox
# source: smtp_in.c and the specification of Exim; smtpd.c of Postfix; Gmail's list of replies (entertop.net); Cox.pm of sisimai
# saw: it fails only where replies take longer; a proxy that adds a little delay is enough to show it
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 wait for each reply where PIPELINING is not offered, and deliver
# expect: a client waits for the greeting, and sends several commands at once only where PIPELINING was offered, and then none behind EHLO, DATA, VRFY, EXPN, TURN, QUIT and NOOP
# clause: RFC 5321 section 4.3.1 (taking turns); RFC 2920 section 3.1 (what may be sent together); RFC 3207 section 4 (nothing behind STARTTLS)
# A server that sees the bytes has to see them before it speaks, so replies are late here. Unfinished lines do not count.

# variant: exim-banner words before the greeting hear 554 in place of it
to client  connect  delay  time=500ms
to server  command  unsaid=HELO unsaid=EHLO early=yes  answer  reply="554 SMTP synchronization error" upstream=dropped then=finish

# variant: exim-sync PIPELINING is not offered; words before a reply hear 554 in place of it
to client  reply 250 after EHLO  ehlo   remove=PIPELINING
to client  reply                 delay  time=50ms..500ms
to server  command  early=yes    answer  reply="554 SMTP synchronization error" upstream=dropped then=finish

# variant: postfix the same in Postfix's words
to client  reply 250 after EHLO  ehlo   remove=PIPELINING
to client  reply                 delay  time=50ms..500ms
to server  command  early=yes    answer  reply="554 5.5.0 Error: SMTP protocol synchronization" upstream=dropped then=finish

# variant: gmail the same in Gmail's words
to client  reply 250 after EHLO  ehlo   remove=PIPELINING
to client  reply                 delay  time=50ms..500ms
to server  command  early=yes    answer  reply="451 4.5.0 SMTP protocol violation, see RFC 2821" upstream=dropped then=finish

# variant: gmail-starttls words behind STARTTLS that came with it hear 454 in place of 220
to client  reply 220 after STARTTLS  early=yes  rewrite  line="454 4.5.0 SMTP protocol violation, no commands allowed to pipeline after STARTTLS, see RFC 3207"

# variant: cox words before the greeting hear 421 in place of it
to client  connect  delay  time=500ms
to server  command  unsaid=HELO unsaid=EHLO early=yes  answer  reply="421 {host} cox ESMTP no data before greeting" upstream=dropped then=finish

# variant: postfix-2 Postfix before 3.9 only writes it down
to client  reply 250 after EHLO  ehlo   remove=PIPELINING
to client  reply                 delay  time=50ms..500ms
to server  command  early=yes    note
