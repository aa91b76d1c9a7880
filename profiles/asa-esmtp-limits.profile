# group: middleboxes
# title: A firewall that drops whoever goes beyond its limits, without a word
# imitates: Cisco ASA and PIX 7 and later, `inspect esmtp` with `_default_esmtp_map`: on by default
# source: Cisco ASA Series Firewall CLI Configuration Guide, SMTP and Extended SMTP Inspection; forum.jdp.tw thread 1063 (`ESMTP Classification: Dropped connection for ESMTP Request ... cmd RCPT count gt 100`); Cisco TAC note 117801
# source: that a drop discards the packet and forgets the connection is the general meaning of the action; how the ends then learn of it differs, hence the variants
# saw: mail to a list dies at recipient 101 with a timeout or a reset and is tried again for days; long DKIM-Signature or References fields kill the connection in the midst of mail
# observed: Postfix 3.7 keeps mail to 101 recipients in its queue and tries again
# expect: a sender whose connection is lost tries again later, and later still; one that gives a message at most 100 recipients and folds its header fields never notices
# clause: RFC 5321 section 4.5.3.1.8 (100 recipients must be taken), section 4.5.3.1.10 (what if there are more), section 3.8 (closing without 421); RFC 5322 section 2.1.1 (998 characters)
# The greeting and the keywords are masked as in asa-ehlo-mask; `no allow-tls` hides STARTTLS. Limits count characters without the line ending.
to client  greeting              mask  char=*
to client  reply 250 after EHLO  ehlo  keep=PIPELINING,SIZE,8BITMIME,ENHANCEDSTATUSCODES,DSN,ETRN,AUTH,VRFY,EXPN others=mask
to server  body  part=text length>1000  note

# variant: drop what is too long is thrown away and both connections end
to server  command  length>514                                            finish
to server  command MAIL  matches=/(?i)^MAIL FROM:\s*<[^>]{321}/           finish
to server  command RCPT  after 100 per message                            finish
to server  body  part=header length>1000                                  finish
to server  body  matches=/(?i)name\*?=("[^"]{256}|[^"; \t]{256})/         finish

# variant: silent as drop, but neither end hears of it: both wait for their own timers
to server  command  length>514                                            blackhole
to server  command MAIL  matches=/(?i)^MAIL FROM:\s*<[^>]{321}/           blackhole
to server  command RCPT  after 100 per message                            blackhole
to server  body  part=header length>1000                                  blackhole
to server  body  matches=/(?i)name\*?=("[^"]{256}|[^"; \t]{256})/         blackhole

# variant: reset the action `reset` in its place: both connections are torn
to server  command  length>514                                            reset
to server  command MAIL  matches=/(?i)^MAIL FROM:\s*<[^>]{321}/           reset
to server  command RCPT  after 100 per message                            reset
to server  body  part=header length>1000                                  reset
to server  body  matches=/(?i)name\*?=("[^"]{256}|[^"; \t]{256})/         reset
