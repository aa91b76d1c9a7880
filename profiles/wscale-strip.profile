# group: network
# title: Two ends that disagree on the window: mail starts, then stalls or drips
# imitates: firewalls that strip or rewrite the TCP window scale option (ASA `tcp-options window-scale clear`; home routers before Linux 2.6.8)
# source: richweb.com tcp_window_scale_mf_issue; wiki.xdroop.com, TCP Window Scaling; stateless.geek.nz, 27 August 2004
# source: a TCP proxy has no say in its kernel's options; the stall behind a fixed amount and the tiny segments are imitated
# saw: short mail in plain text passes, longer mail in HTML never does; in one case the stall came after about 500 KB; without window scaling all is well
# observed: large mail of Postfix 3.7 stays in its queue
# expect: a sender waits three minutes for each block, then gives up, keeps the mail, and tries again later
# clause: RFC 5321 section 4.5.3.2.5 (three minutes for each block); RFC 7323 section 2.2

# variant: stall behind 500 KB of a mail nothing more goes to the server
to server  body  offset>500KB  stall

# variant: drip behind 64 KB of a mail ten bytes leave every 200 ms
to server  body  offset>64KB  drip  chunk=10 gap=200ms
