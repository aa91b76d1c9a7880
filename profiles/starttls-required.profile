# group: tls
# title: A server that takes nothing in clear
# imitates: Postfix with smtpd_tls_security_level=encrypt and postscreen, Microsoft 365 relays, Gmail for domains that ask for TLS
# source: smtpd.c and postscreen_smtpd.c of Postfix; noobcfy/wikis issue 3 (Microsoft 365); modules Google and Microsoft of sisimai
# saw: where a device in the path strips STARTTLS, the client loops for days on Microsoft's 451, a temporary reply to a lasting fault
# expect: a client that can makes TLS and says EHLO and MAIL again; one that cannot returns the mail at a 5yz, and does not try a 4yz for ever
# clause: RFC 3207 section 4 (530 before STARTTLS; which commands stay allowed); RFC 5321 section 4.2.1 (4yz and 5yz), section 4.5.4.1 (how long to try)

# variant: postfix 530 to all but EHLO, HELO, STARTTLS, NOOP, HELP and QUIT
to server  command MAIL,RCPT,DATA,BDAT,RSET,VRFY,EXPN,AUTH,ETRN,SEND,SOML,SAML,TURN,BURL,UNKNOWN  tls=no  answer  reply="530 5.7.0 Must issue a STARTTLS command first"

# variant: microsoft 451 to MAIL, a temporary reply to a lasting fault
to server  command MAIL  tls=no  answer  reply="451 5.7.3 STARTTLS is required to send mail [SG2PR04CA0205.apcprd04.prod.outlook.com]"

# variant: gmail 421 to RCPT, and the connection ends
to server  command RCPT               tls=no  answer  reply="421 4.7.0 TLS required for RCPT domain, closing connection."
to client  reply 421 after RCPT       tls=no  finish  after=512

# variant: stripped as Microsoft, with a device in the path that strips the offer: the loop of 451
to client  reply 250 after EHLO  tls=no  ehlo    remove=STARTTLS
to server  command STARTTLS      tls=no  answer  reply="502 5.5.1 Error: command not implemented"
to server  command MAIL          tls=no  answer  reply="451 5.7.3 STARTTLS is required to send mail [SG2PR04CA0205.apcprd04.prod.outlook.com]"
