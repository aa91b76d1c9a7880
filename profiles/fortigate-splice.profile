# group: gateways
# title: A firewall that passes mail on while it scans it, and cuts the server off before the end
# imitates: Fortinet FortiOS, antivirus in splice (streaming) mode for SMTP, the default of older versions
# source: kb.fortinet.com 10445; community.fortinet.com tip 99477; the text of the reply is configurable and from general knowledge
# saw: the server logs an aborted DATA, and its own scanner still finds the malware; the sender gets a 5xx for a message whose bytes nearly all arrived
# observed: Postfix 3.7 and Exim 4.96 return the mail to its author, and the server delivers nothing
# expect: a receiver whose connection ends within a message throws the message away
# expect: a sender returns the mail to its author
# clause: RFC 5321 section 3.8 (an end without the final dot), section 4.2.1 (5yz is permanent)

# The last bytes stay behind until the scan of all the rest is over.
to server  command DATA  hold  window=1KB
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="554 5.7.1 This email has been blocked because it contains a virus."
