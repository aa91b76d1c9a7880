# group: senders
# title: One reply comes just too late, and every later one is taken for the wrong command's
# imitates: a server that is slow once: it exposes clients that time out, keep the connection and go on talking
# source: swiftmailer/swiftmailer issue 828 (30 s after the dot a new MAIL on the same connection; `Expected response code 250 but got code 354`); symfony/symfony pull 65352 (RSET consumes the stale reply)
# saw: the message behind the slow one fails or is lost, and so does every one after it on that connection
# expect: a client whose timer has run out closes the connection and says nothing more on it; it waits ten minutes for the reply to the dot, so only the last variant can make a correct one give up
# expect: what was sent but not acknowledged is sent again later, on a new connection
# clause: RFC 5321 section 4.5.3.2 (how long to wait), section 4.3.1 (replies come in order), section 2.1 (commands and replies in lock-step)

# BDAT is not offered, so that the reply to the mail is always the one to the dot.
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME

# variant: dot-30s the reply to the first dot comes after 31 s, one more than Swiftmailer and nodemailer's greeting timer
to client  reply 250 after DATA  once  delay  time=31s

# variant: mail-30s the reply to the first MAIL comes after 31 s
to client  reply after MAIL  once  delay  time=31s

# variant: rset-30s the reply to the first RSET comes after 31 s
to client  reply after RSET  once  delay  time=31s

# variant: dot-60s the reply to the first dot comes after 61 s
to client  reply 250 after DATA  once  delay  time=61s

# variant: dot-100s the reply to the first dot comes after 101 s, one more than .NET's SmtpClient waits
to client  reply 250 after DATA  once  delay  time=101s

# variant: dot-10m the reply to the first dot comes after 601 s, one more than anybody has to wait
to client  reply 250 after DATA  once  delay  time=601s
