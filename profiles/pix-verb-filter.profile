# group: middleboxes
# title: A firewall that lets seven verbs pass and spoils all others
# imitates: Cisco PIX `fixup protocol smtp` (MailGuard), PIX 4.2 to 6.3: HELO, MAIL, RCPT, DATA, RSET, NOOP and QUIT pass; up to PIX 5.2(2) only until the first DATA (CVE-2000-1022)
# source: Exim FAQ Q0053 and Q0078 (`XXXX`); cisco-nsp, November 2004, and Cisco community article 3129202 (a NOOP of the same length); Microsoft KB 320027; CVE-2000-1022
# source: the sources disagree on whether the verb is overwritten, becomes a NOOP, or never arrives; each is a variant
# saw: EHLO refused, or answered by a bare 250 without keywords; AUTH that never works, hence 550 5.7.1 Unable to relay; 554 5.6.1 Body type not supported by Remote Host; `XXXX` in the server's log
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 fall back to HELO, or take a bare 250 for EHLO, and deliver
# expect: a client that hears 5yz to EHLO says HELO; one that hears 250 without keywords uses no extension; either way the mail goes through as 7-bit without AUTH, or comes back with a reason
# expect: a server answers a verb that it does not know with 500 and stays in step
# clause: RFC 5321 section 3.2 (falling back to HELO), section 2.2.1 (no extension that was not offered), section 4.5.1 (the minimum is more than these seven)

# variant: xxxx the verb becomes X of the same length, and the server itself says 500
to server  command  mask  char=X allow=HELO,MAIL,RCPT,DATA,RSET,NOOP,QUIT

# variant: noop the line becomes a NOOP of the same length, so EHLO, AUTH and STARTTLS hear a plain 250
to server  command  mask  char=" " what=line lead=NOOP allow=HELO,MAIL,RCPT,DATA,RSET,NOOP,QUIT

# variant: swallowed the line never reaches the server, and a device that cannot lengthen a segment says nothing itself
to server  command EHLO,LHLO,BDAT,VRFY,EXPN,HELP,AUTH,STARTTLS,ETRN,ATRN,BURL,TURN,SEND,SOML,SAML,XCLIENT,XFORWARD,XEXCH50,X-ANONYMOUSTLS,UNKNOWN  drop

# variant: until-data as xxxx, but once DATA has been said, accepted or not, everything passes
to server  command  unsaid=DATA  mask  char=X allow=HELO,MAIL,RCPT,DATA,RSET,NOOP,QUIT
