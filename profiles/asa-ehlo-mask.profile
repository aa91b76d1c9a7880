# group: middleboxes
# title: A firewall that makes STARTTLS unreadable: 250-XXXXXXXA
# imitates: Cisco ASA and PIX 7 and later, `inspect esmtp` with its default map; the same was seen on a US mobile carrier's port 25 in 2013 and 2014
# source: FCC filing GN 14-28; eff.org/deeplinks/2014/11/starttls-downgrade-attacks; blog.christopherburg.com/2014/11/12; EHLO replies that administrators quote (XXXXXXXA for STARTTLS, XXXB for HELP, ENHANCEDSTATUSCODES left alone)
# saw: clients that insist on TLS refuse to send (`does not advertise STARTTLS`), others go on in plain text without a word; on another network it works
# observed: Postfix 3.7 delivers in the clear where it may use TLS, and keeps the mail in its queue where it must; Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 deliver behind it and asa-verb-mask together
# expect: a client that was told to use TLS sends neither mail nor credentials without it; one that tries STARTTLS all the same takes the 500 for a refusal
# clause: RFC 3207 section 4.1 and section 6 (a man in the middle deletes the offer); RFC 8314 section 3; RFC 5321 section 4.1.1.1 (unknown keywords are left alone)

# The greeting loses its text, and a STARTTLS that is sent all the same its letters: the server says that it does not know it.
to client  greeting           mask  char=*
to server  command STARTTLS   mask  char=X

# variant: mask keywords that the inspection does not know become X and a letter, length kept
to client  reply 250 after EHLO  ehlo  keep=8BITMIME,AUTH,BINARYMIME,CHECKPOINT,DSN,ENHANCEDSTATUSCODES,ETRN,PIPELINING,SIZE,VRFY others=mask

# variant: delete the line with STARTTLS is taken out, and the line before it becomes the last where it must
to client  reply 250 after EHLO  ehlo  remove=STARTTLS
