# group: senders
# title: The message was taken, and the sender never hears so
# imitates: the gap of RFC 1047: a server that replies too late, a path that loses the reply, a connection that ends before it
# source: RFC 1047; smtp_proto.c of Postfix (`message may be sent more than once`, 600 s); freescout-help-desk/freescout issue 5457; pimalaya/core issue 46
# saw: duplicates, in the worst case without end: a client that sends the same message again at once, each time it hears nothing
# observed: Postfix 3.7 and Exim 4.96 deliver once more with each attempt
# expect: a sender waits ten minutes for the reply to the final dot, then tries again later, not at once; it takes nothing else for the reply
# expect: a receiver replies before it starts on slow work
# clause: RFC 5321 section 4.5.3.2.6 (ten minutes), section 6.1 (who is responsible), section 4.5.4.1 (waiting); RFC 1047

# variant: mute every message is taken, and the client hears nothing from then on
to client  reply 250  lose-ack  then=mute

# variant: delayed the reply comes eleven minutes late, one more than a client has to wait
# BDAT is not offered, so that the reply to the mail is always the one to the dot.
to client  reply 250 after EHLO  ehlo   remove=CHUNKING,BINARYMIME
to client  reply 250 after DATA  delay  time=11m

# variant: close both connections end in place of the reply
to client  reply 250  lose-ack  then=finish

# variant: reset both connections are torn in place of the reply
to client  reply 250  lose-ack  then=reset

# variant: once as mute, but only the first time for each triplet: the next attempt hears the reply
to client  reply 250 after EHLO  ehlo   remove=CHUNKING,BINARYMIME
to client  reply 250 after DATA  first 1 per triplet  lose-ack  then=mute
