# group: gateways
# title: A firewall that answers in the server's name in the midst of DATA, and tears the client's connection
# imitates: Palo Alto Networks PAN-OS, antivirus or WildFire profile with the action block or reset on the smtp decoder, 2014 and 2015
# source: blog.webernetz.net/2014/08/28; proxyadvices.wordpress.com/2015/04/07
# saw: Postfix `status=bounced ... 541 5.4.1 Content blocked by Palo Alto Networks Firewall`; the receiver logs a timeout in DATA five minutes later
# observed: Postfix 3.7 returns the mail to its author, and the server waits on
# expect: a sender takes 541, a code of no RFC, by its first digit: the mail is returned to its author and not tried again
# expect: a receiver throws away a message whose end never came, when its own timer fires
# clause: RFC 5321 section 4.2.1 and 4.3.2 (unknown codes go by their first digit), section 4.5.3.2.7 (the server's five minutes), section 3.8 (no end, no mail)

# The server hears neither a dot nor an end. The trigger is the EICAR test file, plain or as base64.
to server  body matches=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="541 5.4.1 Content blocked by Palo Alto Networks Firewall" then=tear-client
