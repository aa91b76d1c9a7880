# group: gateways
# title: A desktop scanner that keeps the connection alive with fields at the top of the mail
# imitates: Norton and Symantec "timeout protection" while outgoing mail is scanned
# source: support.norton.com v15911615 ("Timeout protection places hidden text at the top of your email messages"); counter and timing from general knowledge
# saw: repeated junk fields above the real ones, broken signatures, header blocks that grow
# expect: a receiver takes unknown fields as they come, in any number it allows, and waits three minutes for each block of data
# clause: RFC 5321 section 4.5.3.2.5 (three minutes), section 4.4 (trace fields at the top); RFC 5322 section 3.6.8 (other fields)

# variant: outbound a field every 10 seconds for half a minute
to server  body  dribble-header  name=X-Symantec-TimeoutProtection count=3 gap=10s

# variant: slow a field every 30 seconds for five minutes
to server  body  dribble-header  name=X-Symantec-TimeoutProtection count=10 gap=30s
