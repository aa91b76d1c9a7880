# group: middleboxes
# title: A network in which port 25 leads to another server, or nowhere
# imitates: hotel and provider gateways (Nomadix SMTP redirection) that send port 25 to a house relay; networks that block the port
# source: Nomadix, SMTP redirection (manualzz.com/doc/46702472); what a block looks like is general knowledge
# source: to be sent to a real other server, give it as --upstream; here the words of one are put over those of the real server. A SYN that is thrown away cannot be imitated by who has accepted the connection: a server that says nothing comes nearest
# saw: a certificate with another name, AUTH missing, 550 from a host nobody knows; or 30 to 130 seconds for nothing
# observed: Postfix 3.7 returns the mail that the other relay refuses; Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 keep it where nobody answers
# expect: a client with a login or TLS to insist on sends nothing to a server that lacks them; a sender that reaches nobody keeps the mail and tries again later
# clause: RFC 6409 section 3.1 (submission has a port of its own), RFC 8314 section 3; RFC 5321 section 4.5.4.1 (trying again)

# variant: redirect another host greets, without AUTH and STARTTLS, and relays for its own house only
to client  greeting  greeting  text="220 relay.hotel.example ESMTP gateway ready"
to client  reply 250 after EHLO  rewrite  line="250-relay.hotel.example\r\n250-SIZE 20480000\r\n250-PIPELINING\r\n250 8BITMIME"
to server  command RCPT  answer  reply="550 5.7.1 relay.hotel.example: Relaying denied. Proper authentication required."

# variant: silent the connection is there and nobody ever speaks: a block that throws packets away
to client  connect  blackhole

# variant: refuse the connection is torn at once, as a block that says so (RST, or ICMP prohibited) looks behind a proxy
to client  connect  reset

# variant: close the connection is accepted, then closed without a word
to client  connect  finish
