# group: policy
# title: Greylisting as its implementations do it: 4xx until the sender has come again
# imitates: postgrey 1.37 on Postfix, older Postfix policy servers, sqlgrey 1.8, milter-greylist 4.6, OpenBSD spamd, Exim recipes, Stalwart, content filters at the end of mail
# source: postgrey (schweikert/postgrey), sqlgrey and etc/sqlgrey.conf (mmatuska/sqlgrey), milter-greylist.c (ryoqun/milter-greylist), libexec/spamd/spamd.c (openbsd/src), greylist.sieve (stalwartlabs/mail-server)
# source: postgrey says 4.2.0 in place of Postfix's 4.7.1 on purpose, for Exchange returned mail on 4.7.1
# saw: senders that bounce on the first 4xx, that try again within seconds and then never more, or from another address each time
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 keep the mail, are put off again when they come early, and deliver when the wait is over
# expect: a sender keeps the mail, waits half an hour or so, tries again for four or five days, and delivers it once
# clause: RFC 5321 section 4.2.1 (4yz is transient), section 4.5.4.1 (waiting and trying again); RFC 6647
# Firewalls that answer SYN with RST for the first three minutes are not here: the connection to the proxy stands by the time rules
# act. `to client connect reset` comes nearest.

# variant: postgrey 450 4.2.0 at RCPT for five minutes, by triplet and /24; what was delayed gets an X-Greylist field
to server  command MAIL  block-list  name=postgrey key=session time=0s
to server  body  listed=postgrey  header  add="X-Greylist: delayed {put-off} seconds by postgrey-1.37 at {host}; {date}" where=top
to server  command RCPT  greylist  wait=5m window=48h network=subnet name=postgrey reply="450 4.2.0 <{recipient}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{recipient.domain}.html"

# variant: policy an older Postfix policy server: 450 4.7.1 at RCPT
to server  command RCPT  greylist  wait=5m window=48h reply="450 4.7.1 <{recipient}>: Recipient address rejected: Greylisted"

# variant: sqlgrey 450 at RCPT for five minutes, which some servers take for final
to server  command RCPT  greylist  wait=5m window=24h network=subnet reply="450 4.7.1 <{recipient}>: Recipient address rejected: Greylisted for 5 minutes"

# variant: sqlgrey-throttle 450 at RCPT to a new source that opens many connections
to server  command RCPT  greylist  wait=5m window=24h network=subnet key=client reply="450 4.7.1 <{recipient}>: Recipient address rejected: Throttling too many connections from new source -  Try again later."

# variant: milter-greylist 451 4.7.1 at RCPT, with the time that is left
to server  command RCPT  greylist  wait=30m window=120h reply="451 4.7.1 Greylisting in action, please come back in {left}"

# variant: milter-greylist-quiet 451 4.7.1 at RCPT, without a time
to server  command RCPT  greylist  wait=30m window=120h reply="451 4.7.1 Greylisting in action, please come back later"

# variant: milter-greylist-data milter-greylist after DATA: the whole message comes before the 451
to server  body-end  greylist  wait=30m window=120h reply="451 4.7.1 Greylisting in action, please come back in {left}"

# variant: spamd HELO, MAIL and RCPT are fine, DATA hears 451 and the connection ends
to server  command DATA,BDAT  greylist  wait=25m window=4h reply="451 Temporary failure, please try again later." then=finish

# variant: exim 451 at RCPT without an enhanced code
to server  command RCPT  greylist  wait=5m window=48h reply="451 Greylisting in progress, please try again later"

# variant: stalwart 422 at RCPT, a code that no RFC has
to server  command RCPT  greylist  wait=5m window=48h reply="422 4.2.2 Greylisted, please try again in a few moments."

# variant: end-of-data the whole message is taken in, then put off
to server  body-end  greylist  wait=5m window=48h reply="451 4.7.1 Greylisted, please try again later"
