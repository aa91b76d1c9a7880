# group: network
# title: A path that swallows full segments: short mail passes, longer mail hangs
# imitates: ICMP type 3 code 4 (fragmentation needed) filtered on a path with a smaller MTU: the first full segment is lost, and each time it is sent again
# source: Postfix FAQ (hvera.wordpress.com/2009/06/30); sendmail.com path_mtu tip; Exim FAQ Q0017; neohapsis postfix list, May 2006
# source: a TCP proxy cannot lose segments: its kernel has acknowledged what it read. What the peers see is imitated: from so many bytes on nothing passes, and what is small still does
# saw: `timed out while sending end of data -- message may be sent more than once`, `lost connection after DATA`; a mail of one word works, one of a hundred words does not
# observed: short mail of Postfix 3.7 arrives, longer mail stays in its queue
# expect: a sender gives up after its timer (three minutes for a block, ten for the final dot), keeps the mail and tries again later, not at once
# expect: a server that hears nothing for five minutes ends with 421; what has come of the mail is not delivered
# clause: RFC 5321 section 4.5.3.2 (timers), section 4.1.1.4 (no mail without its end); RFC 2923 section 2.1, RFC 4821

# variant: first-kilobyte of each mail one kilobyte arrives, then nothing more goes to the server
to server  body  offset>1KB  stall

# A mail's size is known from SIZE=, or else once so much of it has come.

# variant: mss-1460 nothing arrives of a mail that fills a segment of an Ethernet
to server  body  size>1460B  stall

# variant: mss-536 nothing arrives of a mail that fills a segment of 536 bytes
to server  body  size>536B  stall

# variant: replies the other direction: a reply to EHLO that is longer than a segment never arrives
to client  reply after EHLO  length>536  stall

# variant: certificate the other direction within TLS: the server's certificates never arrive
to client  tls  stall
