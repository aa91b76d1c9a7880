# group: gateways
# title: A gateway that refuses a message and hangs up, so that it leaves the head of the sender's queue
# imitates: SonicWALL Gateway Anti-Virus; WatchGuard Fireware SMTP-proxy with deny actions for content and greetings
# source: SonicWALL Gateway Anti-Virus guide p. 10 (manualsdump.com 41099); watchguard.com Fireware help, SMTP-Proxy AntiVirus and Greeting Rules; the text behind the code is not published
# saw: 552 read as a full mailbox or a mail that is too big; other messages queued for the same connection lost their session
# observed: Postfix 3.7 and Exim 4.96 return the mail to its author
# expect: a sender returns the one message to its author and sends the others over another connection
# clause: RFC 5321 section 3.8 (the server closes after QUIT only), section 4.2.1 and 4.2.2 (552), section 4.5.4.1 (other mail is tried again)

# variant: sonicwall 552 in the midst of the mail, then the connection ends
to server  body matches=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="552 Message blocked by Gateway Anti-Virus" then=finish

# variant: sonicwall-end 552 for the whole message, then the connection ends
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="552 Message blocked by Gateway Anti-Virus" then=finish

# variant: watchguard 554 with a reason, then the connection ends
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  answer  reply="554 Transaction Failed (virus EICAR_Test found)" then=finish

# variant: watchguard-greeting names in EHLO that are too long or have odd characters are denied
to server  command HELO,EHLO length>70                          answer  reply="554 Transaction Failed (greeting too long)" then=finish
to server  command HELO,EHLO matches=/^\S+\s+.*[^\w.:\[\] -]/  answer  reply="554 Transaction Failed (bad greeting)" then=finish
