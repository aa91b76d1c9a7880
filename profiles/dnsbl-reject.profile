# group: policy
# title: A receiver that finds the sender's address on a DNS block list
# imitates: Postfix reject_rbl_client, postscreen, Yahoo, iCloud, Exchange 2007
# source: mail_params.h (DEF_DEF_RBL_REPLY), postscreen_early.c and smtpd_check.ref of Postfix; Rhost modules of sisimai (YahooInc, Apple); Exchange's format `Your IP address {0} has been found on '{1}' (looked up on {2})`
# saw: each recipient refused by itself, then `554 5.5.1 Error: no valid recipients` for DATA that was already on its way
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 return the mail to its author with the text
# expect: a sender returns the mail to its author with the text quoted, once, and sends no data after all recipients were refused
# clause: RFC 5321 section 3.3 (DATA without recipients), section 4.2.1 (5yz is permanent), section 3.1 (554 as greeting); RFC 2920 section 3.1 (DATA within a pipeline); RFC 7504 (521)

# variant: postfix 554 5.7.1 for each RCPT, then for DATA
to server  command RCPT       answer  reply="554 5.7.1 Service unavailable; Client host [{client.ip}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/{client.ip}"
to server  command DATA,BDAT  answer  reply="554 5.5.1 Error: no valid recipients"

# variant: postscreen 521 in place of the greeting, then the connection ends
to client  greeting  greeting  text="521 5.7.1 Service unavailable; client [{client.ip}] blocked using zen.spamhaus.org" then=finish

# variant: postscreen-enforce 550 for each RCPT
to server  command RCPT       answer  reply="550 5.7.1 Service unavailable; client [{client.ip}] blocked using zen.spamhaus.org"
to server  command DATA,BDAT  answer  reply="554 5.5.1 Error: no valid recipients"

# variant: yahoo 553 in place of the greeting; the connection stays open, and all but QUIT hears 503
to client  greeting  greeting  text="553 5.7.1 [BL21] Connections will not be accepted from {client.ip}, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html"
to server  command HELO,EHLO,LHLO,MAIL,RCPT,DATA,BDAT,RSET,NOOP,VRFY,EXPN,HELP,AUTH,STARTTLS,ETRN,UNKNOWN  answer  reply="503 5.5.1 Bad sequence of commands"

# variant: icloud 550 5.7.1 for each RCPT
to server  command RCPT       answer  reply="550 5.7.1 Mail from IP {client.ip} was rejected due to listing in Spamhaus SBL. For details please see http://www.spamhaus.org/query/bl?ip={client.ip}"
to server  command DATA,BDAT  answer  reply="503 5.5.1 Error: need RCPT command"

# variant: exchange2007 550 5.7.1 for each RCPT, in the words of an administrator's format
to server  command RCPT       answer  reply="550 5.7.1 Your IP address {client.ip} has been found on 'Spamhaus ZEN' (looked up on zen.spamhaus.org)"
to server  command DATA,BDAT  answer  reply="503 5.5.2 Need rcpt command"
