# group: endings
# title: A relay that ends mail with LF dot CRLF
# imitates: Exchange 2003 (IIS SMTP) with a third-party event sink (XRecipientList, OnArrival) that left the queued file ending in a lone LF
# source: packet captures of an Exchange administrator: `%%EOF` 0A 2E 0D 0A at the end of every message
# saw: mail to Yahoo and Gmail timed out after the final dot, again and again, and bounced; mail to others arrived
# observed: Exim 4.96 as the receiver waits on, and Postfix 3.7 keeps the mail in its queue when its timer fires; Postfix 3.7 as the receiver takes the mail
# expect: a receiver goes on reading: only CRLF . CRLF ends mail; it never takes what follows for commands
# expect: a sender waits ten minutes for the reply to the dot, then tries again later
# clause: RFC 5321 section 2.3.8 (CR and LF only as a pair), section 4.1.1.4 (the end of mail), section 4.5.3.2.6 (ten minutes)

# Mail that comes by BDAT has no dot.
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME

# variant: lf-dot the CR before the final dot is missing
to server  body-end  terminator  as="\n.\r\n"

# variant: last-line the last line ends in a lone LF, the end of mail behind it is right
to server  body-end  terminator  as="\n\r\n.\r\n"
