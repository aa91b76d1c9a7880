# group: policy
# title: Codes that few expect, and replies whose parts contradict each other
# imitates: Postfix, Exim, qmail, Exchange, sendmail, Palo Alto, Stalwart, Barracuda, ETRN servers, hosts and domains that take no mail, attack tools
# source: smtpd.c and smtpd_chat.c of Postfix; smtp_in.c of Exim; notqmail; RFC 7504 (521 and 556); RFC 1985 (458 and 459); nodemailer lib/smtp-connection/index.js (takes any 2xx or 3xx behind DATA because of such servers); campus.barracuda.com doc 39815000
# saw: clients that know exact codes only fail or go on as if nothing was said
# observed: Postfix 3.7 and Exim 4.96 go by the first digit of a code that nobody knows, and by the code where the enhanced one says something else
# expect: a client goes by the first digit of codes that it does not know, and by the code where the enhanced code says something else; it sends mail only behind 354
# clause: RFC 5321 section 4.2 and section 4.3.2 (the first digit decides), section 4.2.1 (reply lines have one code), section 3.3 (354); RFC 3463 section 2; RFC 7504

# variant: postfix-hello 503 for MAIL: send HELO/EHLO first
to server  command MAIL  answer  reply="503 5.5.1 Error: send HELO/EHLO first"

# variant: postfix-nested 503 for MAIL: nested MAIL command
to server  command MAIL  answer  reply="503 5.5.1 Error: nested MAIL command"

# variant: postfix-need-rcpt 503 for DATA, although there was a RCPT
to server  command DATA,BDAT  answer  reply="503 5.5.1 Error: need RCPT command"

# variant: postfix-no-recipients 554 for DATA, although there was a RCPT
to server  command DATA,BDAT  answer  reply="554 5.5.1 Error: no valid recipients"

# variant: exim-need-rcpt 503 for DATA
to server  command DATA,BDAT  answer  reply="503 Valid RCPT command must precede DATA"

# variant: qmail-mail-first 503 for RCPT
to server  command RCPT  answer  reply="503 MAIL first (#5.5.1)"

# variant: exchange-unrecognized 500 5.3.3 for EHLO
to server  command EHLO  answer  reply="500 5.3.3 Unrecognized command"

# variant: host-521 521 in place of the greeting: this host takes no mail
to client  greeting  greeting  text="521 {host} does not accept mail"
to server  command HELO,EHLO,LHLO,MAIL,RCPT,DATA,BDAT,RSET,NOOP,VRFY,EXPN,HELP,AUTH,STARTTLS,ETRN,UNKNOWN  answer  reply="503 5.5.1 bad sequence of commands"

# variant: postfix-521 521 for RCPT, and the connection ends
to server  command RCPT  answer  reply="521 5.7.1 <{recipient}>: Recipient address rejected: Access denied" then=finish

# variant: domain-556 556 for RCPT: this domain takes no mail
to server  command RCPT  answer  reply="556 5.1.10 <{recipient}>: Recipient address rejected: Domain {recipient.domain} does not accept mail (nullMX)"

# variant: paloalto-541 541 behind the mail
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="541 5.4.1 Content blocked by Palo Alto Networks Firewall"

# variant: stalwart-422 422 for RCPT
to server  command RCPT  answer  reply="422 4.2.2 Greylisted, please try again in a few moments."

# variant: barracuda-420 420 for RCPT; the text behind it is not documented
to server  command RCPT  answer  reply="420 Service temporarily unavailable"

# variant: parameters-555 555 for MAIL with parameters
to server  command MAIL  matches=/>\s+\S/  answer  reply="555 5.5.4 MAIL FROM/RCPT TO parameters not recognized or not implemented"

# variant: etrn-458 458 for ETRN
to server  command ETRN  answer  reply="458 Unable to queue messages for node {helo}"

# variant: etrn-459 459 for ETRN
to server  command ETRN  answer  reply="459 Node {helo} not allowed: Access denied"

# variant: striptls-200 200 for STARTTLS, as an attack tool says it
to server  command STARTTLS  answer  reply="200 STRIPTLS"

# variant: data-250 250 in place of 354
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to client  reply 354  rewrite  match=/^354/ with="250"

# variant: contradiction 550 4.7.1 for RCPT: the code says permanent, the enhanced code transient
to server  command RCPT  answer  reply="550 4.7.1 <{recipient}>: Recipient address rejected: Access denied"

# variant: contradiction-transient 450 5.7.1 for RCPT: the other way round
to server  command RCPT  answer  reply="450 5.7.1 <{recipient}>: Recipient address rejected: Access denied"

# variant: no-text three digits and nothing behind them
to client  reply 250 after RCPT  rewrite  line="250"

# variant: mixed-codes two lines of one reply with 250 and 550
to client  reply 250 after RCPT  rewrite  line="250-2.1.5 Ok\r\n550 5.1.1 User unknown"
