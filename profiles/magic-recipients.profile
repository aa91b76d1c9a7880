# group: mixed
# title: Addresses that ask for their own fault
# imitates: the forms that test servers agree on: BadSMTP (rcpt550_5.1.1@, mail452@, data552@), mox localserve (…550@, …temperror@, …permerror@, …timeout@, mailfrom… and rcptto… in front), KumoMTA's Smart Sink (tempfail@, permfail@); and our own bounce+451@, delay-5s@, drop@
# source: README of BadSMTP/BadSMTP; localserve.go of mjl-/mox; docs.kumomta.com, Performance Testing. Of Mailtrap no such addresses were found
# saw: senders that do to a whole message what one recipient asked for, and test suites that need a server of their own for each code
# observed: Postfix 3.7 and Exim 4.96 deliver to one recipient, tell the author of the second, and keep the mail for the third
# expect: a sender does with each recipient what its own reply says, and delivers to the others of the same message
# clause: RFC 5321 section 3.3 (each RCPT has a reply of its own), section 4.2.1 (what codes mean); RFC 3463
# On RCPT each address is about itself alone. Where the reply belongs to the message, the first recipient is asked, as mox does with one.
# Behind DATA and behind the message only the codes that stand below are known; any other is delivered.
# A code may be followed by an enhanced one, as in bounce+550_5.1.1@ or rcpt450_4.2.2@. Times are ms, s, m or h.

# Mail that comes by BDAT may come before the replies to RCPT are known.
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME

# Behind the recipient: bounce+451@, bounce-550@, bounce+550_5.1.1@, rcpt452@, rcpt550_5.1.1@, rcptto550@, x-rcptto-450@
to server  command RCPT  matches=/<(?:bounce[+-]|(?:rcpt|rcptto)\D*)([45]\d\d)_(\d\.\d+\.\d+)@/  answer  reply="{match.1} {match.2} <{recipient}>: as the address asks"
to server  command RCPT  matches=/<(?:bounce[+-]|(?:rcpt|rcptto)\D*)([45]\d\d)@/  answer  reply="{match.1} <{recipient}>: as the address asks"
to server  command RCPT  matches=/<(?i)(?:tempfail|rcptto[^@>]*temperror)@/  answer  reply="451 4.3.0 <{recipient}>: as the address asks"
to server  command RCPT  matches=/<(?i)(?:permfail|bounce|rcptto[^@>]*permerror)@/  answer  reply="550 5.1.1 <{recipient}>: as the address asks"

# How the connection ends or falls silent: drop@, reset@, timeout@, disconnect@
to server  command RCPT  matches=/<(?i)(?:drop|disconnect)@/  finish
to server  command RCPT  matches=/<(?i)reset@/  reset
to client  reply after RCPT  recipient=*timeout@*  delay  time=1h

# Late: delay-5s@ holds the reply to RCPT back, slow-5s@ that to the whole message, pace-1KB@ takes the message slowly
to server  command RCPT  matches=/<(?i)delay[+-](\d+(?:ms|s|m|h))@/  delay  time={match.1}
to client  reply 250 after DATA  recipient=slow-1s@*   delay  time=1s
to client  reply 250 after DATA  recipient=slow-5s@*   delay  time=5s
to client  reply 250 after DATA  recipient=slow-30s@*  delay  time=30s
to client  reply 250 after DATA  recipient=slow-5m@*   delay  time=5m
to client  reply 250 after DATA  recipient=slow-11m@*  delay  time=11m
to server  body  recipient=pace-1KB@*   pace  rate=1KB/s
to server  body  recipient=pace-100B@*  pace  rate=100B/s

# Once: greylist@ and greylist-5m@ are put off until they have come again
to server  command RCPT  recipient=greylist@*     greylist  wait=1s
to server  command RCPT  recipient=greylist-5m@*  greylist  wait=5m

# Behind MAIL, asked for by the sender: mail452@, mail550_5.1.8@, mailfrom450@
to server  command MAIL  matches=/<mail(?:from)?\D*([45]\d\d)_(\d\.\d+\.\d+)@/  answer  reply="{match.1} {match.2} <{sender}>: as the address asks"
to server  command MAIL  matches=/<mail(?:from)?\D*([45]\d\d)@/  answer  reply="{match.1} <{sender}>: as the address asks"

# Behind DATA, asked for by the sender: data552@
to server  command DATA,BDAT  sender=data421@*  answer  reply="421 4.3.2 as the address asks" then=finish
to server  command DATA,BDAT  sender=data451@*  answer  reply="451 4.3.0 as the address asks"
to server  command DATA,BDAT  sender=data452@*  answer  reply="452 4.3.1 as the address asks"
to server  command DATA,BDAT  sender=data550@*  answer  reply="550 5.7.1 as the address asks"
to server  command DATA,BDAT  sender=data552@*  answer  reply="552 5.3.4 as the address asks"
to server  command DATA,BDAT  sender=data554@*  answer  reply="554 5.5.0 as the address asks"

# Behind the whole message, asked for by a recipient that ends so: user451@, any-550@, xtemperror@, xpermerror@; lost@ is delivered and not acknowledged
to server  body-end  recipient=*temperror@*  answer  reply="451 4.3.0 as the address asks"
to server  body-end  recipient=*permerror@*  answer  reply="554 5.3.0 as the address asks"
to server  body-end  recipient=*421@*  answer  reply="421 4.3.2 as the address asks" then=finish
to server  body-end  recipient=*450@*  answer  reply="450 4.2.0 as the address asks"
to server  body-end  recipient=*451@*  answer  reply="451 4.3.0 as the address asks"
to server  body-end  recipient=*452@*  answer  reply="452 4.3.1 as the address asks"
to server  body-end  recipient=*550@*  answer  reply="550 5.7.1 as the address asks"
to server  body-end  recipient=*552@*  answer  reply="552 5.3.4 as the address asks"
to server  body-end  recipient=*554@*  answer  reply="554 5.6.0 as the address asks"
to client  reply 250 after DATA  recipient=lost@*  lose-ack  then=finish

# Later, asked for by the sender: rset421@, noop421@, quit421@; and by the name in EHLO: helo500.example.com
to server  command RSET  sender=rset421@*  answer  reply="421 4.3.2 as the address asks" then=finish
to server  command NOOP  sender=noop421@*  answer  reply="421 4.3.2 as the address asks" then=finish
to server  command QUIT  sender=quit421@*  answer  reply="421 4.3.2 as the address asks" then=finish
to server  command HELO,EHLO  matches=/\shelo([45]\d\d)\./  answer  reply="{match.1} as the name asks"
