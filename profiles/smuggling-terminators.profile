# group: endings
# title: A second mail behind bytes that only one of two hops takes for the end of the first
# imitates: SMTP smuggling as published in December 2023, with every sequence known then; Cisco Secure Email Gateway in Clean mode
# source: sec-consult.com "SMTP Smuggling"; cert.europa.eu 2023-098; Cisco TAC 117979; Postfix HISTORY 20240106 to 20240109; LF . LF, LF . CRLF and CRLF . CRCRLF verified, the others from general knowledge
# saw: an extra message with a forged sender that passes SPF
# observed: Postfix 3.7 as Debian 12 has it takes LF . LF, LF . CRLF, CRLF . LF and CRLF . CRCRLF for the end of mail, and none of them with smtpd_forbid_bare_newline=yes; Exim 4.96, OpenSMTPD 6.8 and Sendmail 8.17 take none
# expect: a receiver delivers one message: only CRLF . CRLF ends mail; count the messages
# expect: a sender that keeps to the RFCs emits none of these: each has a lone CR or LF, a dot that was not doubled, or a NUL
# clause: RFC 5321 section 2.3.8 (CR and LF only as a pair), section 4.1.1.4 (the end of mail), section 4.5.2 (dots are doubled)

# Mail that comes by BDAT has no dot.
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME

# variant: lf-lf LF . LF: a conforming sender never emits it
to server  body-end  smuggle  as="\n.\n"

# variant: lf-crlf LF . CRLF: a conforming sender never emits it
to server  body-end  smuggle  as="\n.\r\n"

# variant: crlf-lf CRLF . LF: a conforming sender never emits it
to server  body-end  smuggle  as="\r\n.\n"

# variant: cr-cr CR . CR: a conforming sender never emits it
to server  body-end  smuggle  as="\r.\r"

# variant: lf-cr LF . CR: a conforming sender never emits it
to server  body-end  smuggle  as="\n.\r"

# variant: cr-lf CR . LF: a conforming sender never emits it
to server  body-end  smuggle  as="\r.\n"

# variant: cr-crlf CR . CRLF: a conforming sender never emits it
to server  body-end  smuggle  as="\r.\r\n"

# variant: crlf-cr CRLF . CR: a conforming sender never emits it
to server  body-end  smuggle  as="\r\n.\r"

# variant: nul-before CRLF NUL . CRLF: a conforming sender could emit it, though it is advised against
to server  body-end  smuggle  as="\r\n\0.\r\n"

# variant: nul-behind CRLF . NUL CRLF: a conforming sender never emits it
to server  body-end  smuggle  as="\r\n.\0\r\n"

# variant: crcrlf-behind CRLF . CRCRLF: a conforming sender never emits it
to server  body-end  smuggle  as="\r\n.\r\r\n"

# variant: crcrlf CRCRLF . CRCRLF: a conforming sender never emits it
to server  body-end  smuggle  as="\r\r\n.\r\r\n"

# variant: any one of the 845 generated sequences, drawn for each mail; docs/end-of-data.md says who could emit it
to server  body-end  smuggle  sequence=1..845

# variant: any-bdat likewise, and the second mail comes by BDAT
to server  body-end  smuggle  sequence=1..845 with=bdat

# variant: any-end the mail itself ends in one of the generated sequences: does anybody take it for the end?
to server  body-end  terminator  sequence=1..845

# variant: clean lone CR and LF become CRLF, and dots that now stand alone are not doubled
to server  body  crlf
