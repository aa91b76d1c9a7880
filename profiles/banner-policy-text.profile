# group: policy
# title: A greeting that is a legal text
# imitates: Postini; IIS SMTP with ConnectResponse; Exchange 2007 with Set-ReceiveConnector -Banner
# source: greetings that administrators quote; cr.yp.to/smtp/greeting.html; postconf.proto of Postfix (smtp_always_send_ehlo)
# saw: clients that read the host name from the second word, or say HELO because the word ESMTP is missing
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 and Sendmail 8.17 deliver; Postfix 3.7 with smtp_always_send_ehlo=no says HELO
# expect: a client goes by the code alone, reads as many lines as there are, and says EHLO
# clause: RFC 5321 section 4.2 (the text is for people), section 3.2 (clients start with EHLO), section 4.5.3.1.5 (512 octets of a reply line)

# variant: postini ESMTP stands somewhere, the host's name nowhere, over 140 characters
to client  greeting  matches=/^220/  greeting  text="220 Postini ESMTP 11 y6_12_2c0 ready. California Business and Professions Code Section 17538.45 forbids use of this system for unsolicited electronic mail advertisements."

# variant: california neither a host name nor ESMTP
to client  greeting  matches=/^220/  greeting  text="220 California Business and Professions Code Section 17538.45 forbids use of this system for unsolicited electronic mail advertisements."

# variant: without-esmtp the server's own greeting without the word ESMTP
to client  greeting  matches=/^220/  rewrite  match=/ *\bE?SMTP\b/ with=""

# variant: long one line of more than 512 octets
to client  greeting  matches=/^220/  greeting  text="220 {host} Use of this system is restricted to authorised persons. By connecting you agree that all activity may be monitored, recorded and disclosed. You must not send unsolicited bulk mail, commercial or otherwise, through or to this system; you must not send mail with forged addresses, forged header fields or misleading subjects; you must not collect addresses of recipients by probing. Violations are pursued under the law of the place where this system stands, of the place where you are, and of every place in between. If you do not agree to each of these terms, disconnect now. Questions go to the postmaster, who answers within fourteen working days, ESMTP"

# variant: multi-line the text goes over four lines
to client  greeting  matches=/^220/  greeting  text="220-{host} ESMTP\r\n220-Use of this system for unsolicited bulk mail is forbidden.\r\n220-All activity is recorded.\r\n220 Ready"

# variant: eight-bit the text has letters beyond ASCII, in ISO 8859-1
to client  greeting  matches=/^220/  greeting  text="220 {host} ESMTP Acc\xE8s r\xE9serv\xE9 aux personnes autoris\xE9es"
