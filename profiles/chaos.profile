# group: mixed
# title: A little of everything, for a night
# imitates: a bad week of a mail path: providers that put off, greylists, tarpits, lost replies, torn connections, narrow and slow links
# source: the other profiles; odds that leave most messages alone
# saw: what a path does that was only ever tried in fine weather
# observed: all mail of a Postfix 3.7 arrives in the end, some of it twice
# expect: a sender that keeps a queue delivers every message in the end, some of them twice; none that was acknowledged is lost
# expect: a server that is left in the middle of a message throws it away and is ready for the next
# clause: RFC 5321 section 4.5.4.1 (keep and try again), section 6.1 (who is responsible), section 3.8 (ends without QUIT), section 4.5.3.2 (timers)

# variant: staging only what a queueing sender gets over: nothing is refused for good, nothing changed within mail
# Connections
to client  connect   chance 1/20  delay      time=500ms..5s
to server  connect   chance 1/25  answer     reply="421 4.3.2 {host} Service not available, try again later" then=finish
to server  connect                throttle   max=300 time=1m reply="421 4.7.0 {host} Error: too many connections from {client.ip}" then=finish
to client  greeting  chance 1/20  mask       char=* keep="20" keep-pairs="0 "
to client  greeting  chance 1/30  finish
to client  greeting  chance 1/20  drip       chunk=4 gap=50ms
# What is offered
to client  reply 250 after EHLO  chance 1/8   ehlo  remove=PIPELINING,CHUNKING,BINARYMIME
to client  reply 250 after EHLO  chance 1/16  ehlo  remove=SIZE,CHUNKING,BINARYMIME
to client  reply 250 after EHLO               ehlo  remove=CHUNKING,BINARYMIME
to server  command EHLO          chance 1/50  answer  reply="502 5.5.1 Command not implemented"
# Put off
to server  command MAIL  weight 92  pass
to server  command MAIL  weight 3   answer  reply="451 4.7.500 Server busy. Please try again later from [{client.ip}]. (AS761)"
to server  command MAIL  weight 2   answer  reply="452 4.3.1 Insufficient system resources"
to server  command MAIL  weight 3   answer  reply="421 4.7.0 [TSS04] Messages from {client.ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes" then=finish
to server  command RCPT  chance 1/6 per triplet  greylist  wait=2s window=48h reply="450 4.2.0 <{recipient}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{recipient.domain}.html"
to server  command RCPT  chance 1/40  answer  reply="450 4.1.1 <{recipient}>: Recipient address rejected: unverified address: Address verification in progress"
to server  command RCPT  limit-recipients  max=50
to server  command DATA,BDAT  chance 1/60  answer  reply="451 4.3.0 Try again later"
to server  body-end  chance 1/40  answer  reply="451 4.7.1 Greylisted, please try again later"
# Late
to client  reply       chance 1/25  delay  time=50ms..2s
to client  reply after RCPT         progressive-delay  after=20 time=10ms factor=1.05 max=2s per=message
to client  reply 250 after DATA  chance 1/15  delay  time=500ms..5s
to client  reply       chance 1/20  drip   chunk=1 gap=5ms
# In other pieces
to client  reply       chance 1/10  slice  after=2 gap=30ms
to client  reply       chance 1/10  merge  time=30ms
to server  command     chance 1/10  slice  after=3 gap=30ms
to server  body-end    chance 1/10  slice  after=3 gap=50ms
to server  body        chance 1/20 per message  pace  rate=50KB/s
# Torn
to client  reply           chance 1/150  finish
to client  reply           chance 1/150  reset
to server  body-end        chance 1/80   reset
to client  reply 250 after DATA  chance 1/60  lose-ack  then=finish

# variant: hostile also what no sender gets over: some recipients and messages are refused for good
to client  reply 250 after EHLO               ehlo  remove=CHUNKING,BINARYMIME
to server  connect       chance 1/50  answer  reply="554 5.7.1 {host} Your access to this mail system has been rejected due to the sending MTA's poor reputation" then=finish
to client  greeting      chance 1/20  mask    char=*
to server  command MAIL  weight 80  pass
to server  command MAIL  weight 8   answer  reply="421 4.7.0 Try again later, closing connection. - gsmtp" then=finish
to server  command MAIL  weight 4   answer  reply="550 5.7.1 <{sender}>: Sender address rejected: Access denied"
to server  command MAIL  weight 4   answer  reply="451 4.7.1 Please try again later"
to server  command MAIL  weight 4   answer  reply="250-2.1.0 Ok\r\n550 5.7.1 Access denied"
to server  command RCPT  weight 85  pass
to server  command RCPT  weight 5   answer  reply="550 5.1.1 <{recipient}>: Recipient address rejected: User unknown"
to server  command RCPT  weight 5   answer  reply="450 5.7.1 <{recipient}>: Recipient address rejected: Access denied"
to server  command RCPT  weight 5   answer  reply="422 4.2.2 Greylisted, please try again in a few moments."
to server  body-end      weight 90  pass
to server  body-end      weight 4   answer  reply="554 Permanent scan failure. Email Session ID: {{{hex.8}-{hex.1}-3A6A8C0-1FFFF}}"
to server  body-end      weight 3   answer  reply="451 See http://pobox.com/~djb/docs/smtplf.html."
to server  body-end      weight 3   answer  reply="552 5.3.4 Message size exceeds fixed limit" then=finish
to server  body          chance 1/60 per message  limit  max=2KB then=blackhole per=message
to client  reply         chance 1/40   delay  time=1s..30s
to client  reply         chance 1/100  reset
to client  reply 250 after DATA  chance 1/40  lose-ack  then=mute
