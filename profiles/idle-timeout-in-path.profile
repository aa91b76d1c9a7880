# group: network
# title: A device in the path that forgets a quiet connection
# imitates: AWS Network Load Balancer (350 s, then RST for the next packet), AWS Classic Load Balancer (60 s, FIN to both), Azure Load Balancer (4 min, silent, or RST to both), stateful firewalls (15 min, silent)
# source: learn.microsoft.com load-balancer-tcp-reset; unanswered.io on the NLB; 60 s, 4 min and the quiet places of SMTP from general knowledge
# source: the NLB answers each end's next packet by itself; here the first packet of either end tears both
# saw: the first command on a connection kept for reuse times out or is torn; the 250 behind a long scan is lost, hence duplicates
# expect: a client that keeps connections takes an end or a torn connection between messages for nothing worse, and sends its message on a new one
# expect: a sender whose 250 was lost sends again, for it cannot know; a receiver that scans for minutes had better reply first
# clause: RFC 5321 section 4.5.3.2 (both ends may be silent for five and ten minutes), section 6.1, section 4.5.4.1; RFC 5382 section 5 (two hours and four minutes for a NAT)

# variant: aws-nlb after 350 s the flow is forgotten; the next packet is answered with RST
to server  command    quiet>350s  reset
to server  body       quiet>350s  reset
to server  body-end   quiet>350s  reset
to client  reply      quiet>350s  reset

# variant: aws-elb after 60 s both connections end in order
to client  idle 60s  finish

# variant: azure after 4 min whatever is sent goes nowhere
to client  idle 4m  blackhole

# variant: azure-rst after 4 min both connections are torn
to client  idle 4m  reset

# variant: firewall after 15 min whatever is sent goes nowhere
to client  idle 15m  blackhole
