# group: endings
# title: A server or a box that hangs up when it dislikes a message, and never says why
# imitates: servers and firewalls that Exim's FAQ knows
# source: Exim FAQ Q0017(2); the list of phases and what RST does to a reply from general knowledge
# saw: Exim "Remote end closed connection after data", "Broken pipe", "Connection reset by peer"; endless tries with mail that is too big
# observed: Postfix 3.7 and Exim 4.96 keep the mail in their queues at each place
# expect: a sender keeps the mail and tries again later; behind the dot it cannot know whether the mail was taken
# clause: RFC 5321 section 3.8 (a close is no reply; keep the mail), section 4.2.1, section 4.5.3.2.6; RFC 1047

# variant: after-354 the connection ends behind the 354
to client  reply 354  finish  after=4096

# variant: after-354-reset it is torn there
to client  reply 354  reset  after=4096

# variant: mid-data it ends behind 10,000 bytes of the mail
to server  body offset>10000B  finish

# variant: mid-data-reset it is torn there
to server  body offset>10000B  reset

# variant: after-dot it ends in place of the reply, and the server has never seen the dot
to server  body-end  finish

# variant: after-dot-reset it is torn there
to server  body-end  reset

# variant: after-ehlo it ends in place of the reply to EHLO
to client  reply after EHLO  finish

# variant: lost-552 the reply is written and the connection torn at once, so that unread data destroys it
to server  body offset>10000B  answer  reply="552 5.3.4 Message too big" then=reset
