# group: timing
# title: A server that lets refusals wait five seconds
# imitates: Exchange 2003 (optional) and 2007 and later (by default), receive connectors for anonymous sessions, TarpitInterval 00:00:05
# source: Exchange's protocol logs (`Tarpit for '0.00:00:05' due to ...`); administrators' notes: a client that drops a tarpitted session is discredited, and every reply to it waits from then on
# saw: bulk senders that take ten seconds a message; a sender of many small BDAT chunks that gave up after a minute
# observed: Postfix 3.7 waits five seconds for the refusal, delivers to the other recipient, and tells the author
# expect: a client waits: five minutes for MAIL and RCPT, ten for the end of mail, and does not take a late reply for one to its next command
# clause: RFC 5321 section 4.5.3.2 (how long to wait)

# variant: errors 4xx and 5xx wait five seconds
to client  reply 4xx  delay  time=5s
to client  reply 5xx  delay  time=5s

# variant: remembers a client that leaves a session without QUIT after a refusal waits for every reply in later ones
to client  reply 4xx  block-list  name=tarpitted key=session
to client  reply 5xx  block-list  name=tarpitted key=session
to server  command QUIT  block-list  name=tarpitted key=session time=0s
to server  close  listed=tarpitted  block-list  name=discredited key=client time=24h
to client  reply  listed=discredited  delay  time=5s
to client  reply 4xx  delay  time=5s
to client  reply 5xx  delay  time=5s

# variant: discredited every reply waits five seconds, each chunk's 250 too
to client  reply  delay  time=5s
