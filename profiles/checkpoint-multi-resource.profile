# group: gateways
# title: A firewall that takes a mail's first recipient for all of them
# imitates: Check Point FireWall-1/VPN-1 4.1, SMTP Security Server: the resource, hence the policy, is found by the first RCPT
# source: Check Point Advanced Technical Reference Guide 4.1, June 2000, chapter 7, page 75
# saw: messages for two domains went round in the queue for days, though each recipient alone worked
# expect: a sender keeps the recipients that were accepted, sends them their mail, and tries the others again in a transaction of their own
# clause: RFC 5321 section 4.5.4.1 (a sender tries again what was put off, recipient by recipient), section 4.2.1 (4yz is transient)

to server  command RCPT domain=other  answer  reply="450 Mailbox Unavailable"
