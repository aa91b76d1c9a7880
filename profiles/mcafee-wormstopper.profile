# group: gateways
# title: A desktop scanner that takes five mails in half a minute for a worm
# imitates: McAfee VirusScan 8 to 10, WormStopper
# source: McAfee VirusScan user guides (manualshive.com 1753223 p. 27); pscs.co.uk KB 244; the shape of the block from general knowledge
# saw: bulk senders and list servers on the same PC stall behind the fourth message
# observed: Postfix 3.7 delivers four mails and keeps the fifth in its queue
# expect: a sender waits five minutes for the reply to MAIL, keeps the mail, and tries again later, not at once
# clause: RFC 5321 section 4.5.3.2.2 (MAIL, five minutes), section 4.5.3.2.3 (RCPT), section 4.5.4.1 (the wait before another try)

# variant: burst-pause the fifth mail within 30 seconds waits for somebody to click
to server  command MAIL  throttle  max=4 time=30s key=client reply="" then=mute

# variant: burst-reset the fifth mail within 30 seconds tears the connection
to server  command MAIL  throttle  max=4 time=30s key=client reply="" then=reset

# variant: recipients-reset the 40th recipient of a mail tears the connection
to server  command RCPT  after 39 per message  reset
