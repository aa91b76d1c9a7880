# group: senders
# title: 421 in the midst of a session: the server says goodbye, unasked or in reply
# imitates: servers that shut down, run out of patience or of resources: GMX, Postfix, anybody behind a deadline; it exposes clients that do not treat 421 as the end
# source: python/cpython issue 132796 (421 to DATA does not close the connection); chatmail/filtermail 143 and 145 (a stale 421 read behind RSET); letsencrypt/boulder 2262; knadh/smtppool 19; swiftmailer issue 330
# saw: a stale 421 taken for the refusal of the next message; pools that never connect again; a message lost because its 421 was taken for a 5xx
# observed: Postfix 3.7 keeps the mail in its queue wherever 421 comes before the end of the mail; 421 for QUIT changes nothing for Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8
# expect: a client that hears 421 closes the connection, keeps what was not acknowledged, and tries again on a new one; it is the server that ends the connection in any case
# clause: RFC 5321 section 3.8 (421 may come to any command), section 4.2.4.2 and 4.3.2 (421), section 4.5.4.1 (trying again)

# variant: idle unasked after 60 s of silence; the next command finds the connection ended
to client  idle 60s  insert  line="421 4.4.2 {host} Service closing transmission channel - command timeout"
to server  command  quiet>60s  finish

# variant: idle-open unasked after 60 s of silence, and the server goes on serving: later replies are off by one
to client  idle 60s  insert  line="421 4.4.2 {host} Timeout waiting for data from client."

# variant: mail in reply to the first MAIL, then the connection ends
to server  command MAIL  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: rcpt in reply to the first RCPT, then the connection ends
to server  command RCPT  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: data in reply to the first DATA, then the connection ends
to server  command DATA,BDAT  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: dot in reply to the first end of mail, of which the server never hears, then the connection ends
to server  body-end  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: rset in reply to the first RSET, then the connection ends
to server  command RSET  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: quit in reply to QUIT, then the connection ends
to server  command QUIT  once  answer  reply="421 4.3.2 {host} Service closing transmission channel" then=finish

# variant: mail-open in reply to the first MAIL, and the connection stays open
to server  command MAIL  once  answer  reply="421 4.3.2 {host} Service closing transmission channel"

# variant: rcpt-open in reply to the first RCPT, and the connection stays open
to server  command RCPT  once  answer  reply="421 4.3.2 {host} Service closing transmission channel"

# variant: data-open in reply to the first DATA, and the connection stays open
to server  command DATA,BDAT  once  answer  reply="421 4.3.2 {host} Service closing transmission channel"
