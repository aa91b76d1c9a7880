# group: middleboxes
# title: A firewall that masks verbs it does not know, and judges them by the segment
# imitates: Cisco ASA `inspect esmtp` and `inspect smtp`, PIX 7 and later: AUTH DATA EHLO ETRN HELO HELP MAIL NOOP QUIT RCPT RSET SAML SEND SOML VRFY pass, terminated by CR LF
# source: Cisco TAC documents 113423 and 117801 (verbs, rules); helpdesk.perfectmail.com KB 24 (a DSN of Gmail); jermsmit.com (Exchange behind an ASA)
# saw: `500 500 5.5.1 Command unrecognized: "XXXXXXXX" (state 8)` in returned mail; tests by hand fail while real mail works; `451 5.7.3 Cannot achieve Exchange Server authentication` between Exchange servers
# observed: Exim 4.96 says BDAT, which is offered and masked, and returns the mail to its author; Postfix 3.7 and OpenSMTPD 6.8 deliver
# expect: a client that hears 500 to STARTTLS, AUTH or X-EXPS goes on without, or gives up with that reason; it sends a command in one piece and ends it with CR LF
# expect: a server answers 500 and stays in step
# clause: RFC 5321 section 2.3.8 (lines end in CR LF), section 4.2.4 (500 for a verb that is not known), section 4.1.1

# variant: line each line is judged as a whole
to server  command  mask  char=X allow=AUTH,DATA,EHLO,ETRN,HELO,HELP,MAIL,NOOP,QUIT,RCPT,RSET,SAML,SEND,SOML,VRFY

# variant: per-segment what each segment brings is judged by itself: letter by letter, each letter is masked
to server  command  mask  char=X by=segment allow=AUTH,DATA,EHLO,ETRN,HELO,HELP,MAIL,NOOP,QUIT,RCPT,RSET,SAML,SEND,SOML,VRFY
