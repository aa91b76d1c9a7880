# group: middleboxes
# title: A device that strangles mail at the level of TCP
# imitates: Symantec Mail Security 8160 (TurnTide), in-line, also at MessageLabs: port 25 shaped by the source's reputation; LaBrea, which pins the window to zero
# source: networkworld.com, 11 April 2005; helpnetsecurity.com, 2 March 2005; LaBrea from general knowledge
# source: small windows, late acknowledgements and lost packets are the kernel's here: what a sender sees of them is that its bytes are taken slowly, which is what is imitated
# saw: sessions that last minutes to hours; a sender's timer for one block of data runs out
# expect: a sender waits three minutes for each block, not for the whole message; it has few connections to one host and does not open more because these are slow
# clause: RFC 5321 section 4.5.3.2.5 (three minutes for each block), section 4.5.4.1

# variant: slow everything at 1 KB a second
to server  command   pace  rate=1KB/s
to server  body      pace  rate=1KB/s
to server  body-end  pace  rate=1KB/s
to client  greeting  pace  rate=1KB/s
to client  reply     pace  rate=1KB/s

# variant: worst the lowest bucket: 50 bytes a second
to server  command   pace  rate=50B/s
to server  body      pace  rate=50B/s
to server  body-end  pace  rate=50B/s
to client  greeting  pace  rate=50B/s
to client  reply     pace  rate=50B/s

# variant: zero-window a mail goes at 1 KB a second, and behind two kilobytes nothing is read any more, as from a pinned window
to server  body              pace   rate=1KB/s
to server  body  offset>2KB  stall
