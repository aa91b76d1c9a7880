# group: gateways
# title: A desktop scanner that signs mail with fields of its own
# imitates: Avast Mail Shield for outgoing mail, 2021 and 2005
# source: archived mails on vger.kernel.org with both fields; help.avast.com Mail Shield settings; uconst.org/blog/archives/56
# saw: DKIM signatures of the client break, SIZE= no longer matches; the dates follow the user's locale
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 deliver, with both fields in the mail
# expect: a receiver that verifies a signature over all of the body finds it broken by the footer; the fields harm it only where they are signed or simple canonicalisation counts them
# clause: RFC 5321 section 6.4 (no changes on the way); RFC 6376 section 3.4 (canonicalisation), section 5.4 (which fields are signed); RFC 1870 section 6

# variant: fields two fields at the end of the header block
to server  body  header  add="X-Antivirus: Avast (VPS 210113-0, 01/12/2021), Outbound message\r\nX-Antivirus-Status: Clean"

# variant: footer likewise, and a footer behind whatever the mail is made of
to server  body  header  add="X-Antivirus: Avast (VPS 210113-0, 01/12/2021), Outbound message\r\nX-Antivirus-Status: Clean"
to server  body-end  footer  text="\r\n-- \r\nThis email has been checked for viruses by Avast antivirus software.\r\nhttps://www.avast.com/antivirus"

# variant: old the field of 2005
to server  body  header  add="X-Antivirus: avast! (VPS 0546-3, 16.11.2005), Outbound message\r\nX-Antivirus-Status: Clean"
