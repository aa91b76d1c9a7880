# group: policy
# title: A server that is short of resources says 452, in place of its greeting too
# imitates: Exchange 2007 and later under back pressure: free disk below 4 GB (RTM) or 500 MB (SP1), memory, version buckets; event 15002
# source: Exchange team's and administrators' notes on back pressure: 452 4.3.1 is seen on connect and on submission while queued mail is still delivered
# saw: telnet gets 452 as the greeting; clients complain of an invalid greeting or give up for good
# observed: Postfix 3.7 and Exim 4.96 keep the mail in their queues behind 452 for a greeting, these and OpenSMTPD 6.8 behind 452 for MAIL
# expect: a client that hears 4xx in place of 220 says QUIT and tries again later; on 452 to MAIL it keeps the mail and tries again later
# clause: RFC 5321 section 3.1 (the greeting), section 4.2.1 (4yz is transient), section 4.5.4.1 (trying again)

# variant: greeting 452 in place of 220, then the connection ends
to client  greeting  greeting  text="452 4.3.1 Insufficient system resources" then=finish

# variant: hold 452 in place of 220, the connection stays open, and all but QUIT hears 452 again
to client  greeting  greeting  text="452 4.3.1 Insufficient system resources"
to server  command HELO,EHLO,LHLO,MAIL,RCPT,DATA,BDAT,RSET,NOOP,VRFY,EXPN,HELP,AUTH,STARTTLS,ETRN,UNKNOWN  answer  reply="452 4.3.1 Insufficient system resources"

# variant: mail the greeting is fine, every MAIL hears 452
to server  command MAIL  answer  reply="452 4.3.1 Insufficient system resources"

# variant: medium one MAIL in two hears 452, as when the pressure comes and goes
to server  command MAIL  chance 1/2  answer  reply="452 4.3.1 Insufficient system resources"

# variant: load MAIL hears 452 from twenty messages on, until the load has fallen to five; it falls by one each second
to server  command MAIL  back-pressure  high=20 low=5 drain=1s

# variant: external medium pressure as the documents have it: clients of private networks are served, all others hear 452 for MAIL
to server  command MAIL  client=10.0.0.0/8      pass
to server  command MAIL  client=172.16.0.0/12   pass
to server  command MAIL  client=192.168.0.0/16  pass
to server  command MAIL  client=127.0.0.0/8     pass
to server  command MAIL  answer  reply="452 4.3.1 Insufficient system resources"
