# group: senders
# title: Greylists that tell senders apart by when, from where and as whom they come again
# imitates: greylists with waits of 55 s to 25 min; they expose senders that come again too soon, too late, or as somebody else
# source: learn.microsoft.com aa998772 and KB 950757 (Exchange 2003's glitch retry: 60 s, three times, then no more; GlitchRetrySeconds); theessentialexchange.com, 16 November 2007; postgrey_whitelist_clients of schweikert/postgrey (retries after 4 to 12 hours, pools of addresses, a new envelope sender each time)
# saw: mail returned, or stuck outside every visible queue until the service restarted; a triplet that never matches
# expect: a sender waits at least 30 minutes after the first failure, tries for four or five days, and comes as the same sender to the same recipient; the journal has time, address, envelope of each attempt
# clause: RFC 5321 section 4.5.4.1 (30 minutes, 4 to 5 days); RFC 6647 section 5

# variant: 55s a receiver that gives way to Exchange's 60 s
to server  command RCPT  greylist  wait=55s window=48h reply="451 4.7.1 Greylisted, try again later"

# variant: 60s just not soon enough for a retry after a minute
to server  command RCPT  greylist  wait=61s window=48h reply="451 4.7.1 Greylisted, try again later"

# variant: 181s three minutes and a second: three retries of a minute come too soon
to server  command RCPT  greylist  wait=181s window=48h reply="451 4.7.1 Greylisted, try again later"

# variant: 300s five minutes
to server  command RCPT  greylist  wait=300s window=48h reply="451 4.7.1 Greylisted, try again later"

# variant: 1500s twenty-five minutes
to server  command RCPT  greylist  wait=1500s window=48h reply="451 4.7.1 Greylisted, try again later"

# variant: impatient each retry before its time begins the five minutes anew
to server  command RCPT  greylist  wait=300s window=48h early=restart reply="451 4.7.1 Greylisted, try again later"

# variant: short-memory who comes after four hours or more is new again
to server  command RCPT  greylist  wait=300s window=4h reply="451 4.7.1 Greylisted, try again later"

# variant: subnet a pool of addresses in one /24 counts as one
to server  command RCPT  greylist  wait=300s window=48h network=subnet reply="451 4.7.1 Greylisted, try again later"

# variant: client only the address counts, not the envelope
to server  command RCPT  greylist  wait=300s window=48h key=client reply="451 4.7.1 Greylisted, try again later"

# variant: sender only the envelope's sender counts: one that is new each time never gets through
to server  command MAIL  greylist  wait=300s window=48h key=sender reply="451 4.7.1 Greylisted, try again later"
