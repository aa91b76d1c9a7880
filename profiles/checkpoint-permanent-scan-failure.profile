# group: gateways
# title: A firewall that inspects mail and gives up on it: 554 with a session id that nobody can look up
# imitates: Check Point firewall with SMTP inspection (SmartDefense, content scan), as seen in 2010 in front of an Exchange 2007 sender
# source: protocol log and bounces of an Exchange 2007 administrator, 2010: two attempts at one message of 1 MB, 554 with two session ids; mail that came through had an X-CheckPoint field
# saw: bounces with a text that neither side's mail server contains; cured by switching the inspection off
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 return the mail to its author; with `told` it is delivered and returned
# expect: a sender takes the 554 for final and returns the mail to its author with the text quoted; it does not try again
# expect: a receiver whose connection ends within a message throws the message away
# clause: RFC 5321 section 4.2.1 (5yz is permanent), section 6.1 (a bounce), section 3.8 (an end without the final dot)

# The device offers what it understands itself. It reads along, so that no message comes by BDAT.
to client  reply 250 after EHLO  ehlo  keep=8BITMIME,SIZE,STARTTLS order=8BITMIME,SIZE,STARTTLS replace=SIZE with="SIZE 10485760"
# What comes through has been looked at.
to server  body  header  add="X-CheckPoint: {{{hex.8}-{hex.1}-3A6A8C0-7B6}}" where=after-received

# variant: always every message fails, and the server never gets the end of it
to server  body-end  answer  reply="554 Permanent scan failure. Email Session ID: {{{hex.8}-{hex.1}-3A6A8C0-1FFFF}}"

# variant: intermittent one message in four fails, as in the field
to server  body-end  chance 1/4  answer  reply="554 Permanent scan failure. Email Session ID: {{{hex.8}-{hex.1}-3A6A8C0-1FFFF}}"

# variant: large messages above 1 MB fail
to server  body-end  size>1MB  answer  reply="554 Permanent scan failure. Email Session ID: {{{hex.8}-{hex.1}-3A6A8C0-1FFFF}}"

# variant: told every message fails for the sender but reaches the server all the same: delivered and bounced
to server  body-end  answer  reply="554 Permanent scan failure. Email Session ID: {{{hex.8}-{hex.1}-3A6A8C0-1FFFF}}" upstream=told
