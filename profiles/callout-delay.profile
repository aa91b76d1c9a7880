# group: policy
# title: A receiver that asks elsewhere whether an address exists, and lets the client wait meanwhile
# imitates: Postfix reject_unverified_recipient and reject_unverified_sender, Rackspace, FortiMail
# source: smtpd_check.c and mail_params.h of Postfix (450 also where the address is known to be wrong); smtp.codes/rackspace; fortinetguru.com
# saw: the first message to a new address is always put off; clients whose timers are shorter than a minute give up on it each time
# observed: Postfix 3.7 keeps the mail at the first attempt and delivers at the second; with a timer of two seconds it never hears the reply
# expect: a client waits five minutes for the reply to MAIL and RCPT, keeps the mail on 450 and tries again later
# clause: RFC 5321 section 4.5.3.2.2 and section 4.5.3.2.3 (five minutes), section 4.2.1 (450 is transient), section 3.3

# variant: postfix RCPT waits nine seconds and hears 450 the first time, then passes
to server  command RCPT  first 1 per recipient  delay   time=9s
to server  command RCPT  first 1 per recipient  answer  reply="450 4.1.1 <{recipient}>: Recipient address rejected: unverified address: Address verification in progress"

# variant: postfix-problem likewise in the words of a probe that failed
to server  command RCPT  first 1 per recipient  delay   time=9s
to server  command RCPT  first 1 per recipient  answer  reply="450 4.1.1 <{recipient}>: Recipient address rejected: address verification problem"

# variant: postfix-sender the sender is verified, and the first RCPT for it hears so
to server  command RCPT  first 1 per sender  delay   time=9s
to server  command RCPT  first 1 per sender  answer  reply="450 4.1.7 <{sender}>: Sender address rejected: unverified address: Address verification in progress"

# variant: slow RCPT waits from five seconds to two minutes, then passes
to server  command RCPT  delay  time=5s..120s

# variant: rackspace the server behind is not to be reached
to server  command RCPT  first 1 per recipient  delay   time=30s
to server  command RCPT  first 1 per recipient  answer  reply="450 4.4.1 <{recipient}>: The recipient's server was temporarily unavailable to accept your message (G6)"

# variant: fortimail 451 as long as the server behind is down
to server  command RCPT  delay   time=30s
to server  command RCPT  answer  reply="451 Try again later"
