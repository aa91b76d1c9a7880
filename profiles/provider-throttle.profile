# group: policy
# title: Large mailbox providers put off or refuse mail, in the words that senders go by
# imitates: Yahoo and AOL, Gmail, Microsoft 365 and Outlook.com, Apple, Cox
# source: Rhost modules of sisimai (YahooInc, Google, Microsoft, Apple, Cox); smtpfieldmanual.com; help.yahoo.com SLN3436; replies that administrators quote. Providers change their texts: take these as samples
# saw: 421 in the middle of a transaction that a sender takes for one refused command; `permanently deferred` behind a 4xx code; queues that back off for the wrong reason
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 keep the mail behind 4xx, also where the text says permanently, and return it behind 553
# expect: a sender takes 421 for the end of the session, keeps the mail and tries again later; it goes by the code, whatever the text says
# clause: RFC 5321 section 3.8 and section 4.2.1 (421 and an end; 4yz is transient), section 4.2 (the text is for people), section 4.5.4.1 (trying again)
# Where the reply stands behind the mail, BDAT is not offered: with it that reply may overtake those to MAIL and RCPT.

# variant: yahoo-tss04 421 for MAIL, then the connection ends
to server  command MAIL  answer  reply="421 4.7.0 [TSS04] Messages from {client.ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes" then=finish

# variant: yahoo-ts03 a 4xx code whose text says permanently
to server  command MAIL  answer  reply="421 4.7.1 [TS03] All messages from {client.ip} permanently deferred" then=finish

# variant: yahoo-tss09 553 for MAIL: retrying will not succeed
to server  command MAIL  answer  reply="553 5.7.2 [TSS09] All messages from {client.ip} will be permanently deferred; Retrying will NOT succeed."

# variant: yahoo-messages 421 for the sixth message of a connection
to server  command MAIL  after 5  answer  reply="421 Max message per connection reached, closing transmission channel" then=finish

# variant: aol-dynt1 421 for MAIL, as AOL said it to dynamic addresses
to server  command MAIL  answer  reply="421 4.7.1 : (DYN:T1) http://postmaster.info.aol.com/errors/421dynt1.html" then=finish

# variant: gmail-unsolicited a 421 of six lines behind the whole message, then the connection ends
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="421-4.7.0 [{client.ip}] Our system has detected an unusual rate of\r\n421-4.7.0 unsolicited mail originating from your IP address. To protect our\r\n421-4.7.0 users from spam, mail sent from your IP address has been temporarily\r\n421-4.7.0 rate limited. Please visit\r\n421-4.7.0  https://support.google.com/mail/?p=UnsolicitedRateLimitError to\r\n421 4.7.0 review our Bulk Email Senders Guidelines. - gsmtp" then=finish

# variant: gmail-rate 421 4.7.28 behind the whole message
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="421 4.7.28 Gmail has detected an unusual rate of mail. - gsmtp" then=finish

# variant: gmail-try-later 421 in place of the greeting
to client  greeting  greeting  text="421 4.7.0 Try again later, closing connection. - gsmtp" then=finish

# variant: gmail-expired 421 for the second message of a connection
to server  command MAIL  after 1  answer  reply="421 4.7.0 Connection expired, try reconnecting. - gsmtp" then=finish

# variant: gmail-receiving-rate 450 of six lines for RCPT: the mailbox gets too much
to server  command RCPT  answer  reply="450-4.2.1 The user you are trying to contact is receiving mail at a rate that\r\n450-4.2.1 prevents additional messages from being delivered. Please resend your\r\n450-4.2.1 message at a later time. If the user is able to receive mail at that\r\n450-4.2.1 time, your message will be delivered. For more information, please\r\n450-4.2.1 visit\r\n450 4.2.1  https://support.google.com/mail/?p=ReceivingRate - gsmtp"

# variant: gmail-domains 451 for recipients of another domain than the message's first
to server  command RCPT domain=other  answer  reply="451 4.3.0 Multiple destination domains per transaction is unsupported. Please try again. - gsmtp"

# variant: gmail-timeout 451 and an end after ten minutes of silence
to client  idle 10m  insert  line="451 4.4.2 Timeout - closing connection. - gsmtp"
to client  idle 10m  finish  after=512

# variant: gmail-no-auth 421 4.7.26 behind the whole message: neither SPF nor DKIM
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="421 4.7.26 Your email has been rate limited because it is unauthenticated. Gmail requires all senders to authenticate with either SPF or DKIM. - gsmtp" then=finish

# variant: gmail-no-spf 421 4.7.27 behind the whole message: SPF did not pass
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="421 4.7.27 Your email has been rate limited because SPF authentication didn't pass for this message. - gsmtp" then=finish

# variant: gmail-no-dkim 421 4.7.30 behind the whole message: DKIM did not pass
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="421 4.7.30 Your email has been rate limited because DKIM authentication didn't pass for this message. - gsmtp" then=finish

# variant: microsoft-busy 451 4.7.500 for RCPT
to server  command RCPT  answer  reply="451 4.7.500 Server busy. Please try again later from [{client.ip}]. (AS761)"

# variant: microsoft-reputation 451 4.7.650 for MAIL
to server  command MAIL  answer  reply="451 4.7.650 The mail server [{client.ip}] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)"

# variant: microsoft-pfa 451 4.7.700 behind the whole message
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end  answer  reply="451 4.7.700 PFA agent busy, please try again."

# variant: hotmail-rp001 421 for MAIL
to server  command MAIL  answer  reply="421 RP-001 (SNT004) Unfortunately, some messages from {client.ip} weren't sent. Please try again." then=finish

# variant: microsoft-banned 550 5.7.606 for RCPT
to server  command RCPT  answer  reply="550 5.7.606 Access denied, banned sending IP [{client.ip}]"

# variant: apple 421 for RCPT, in the middle of the transaction
to server  command RCPT  answer  reply="421 4.7.1 Messages to <{recipient}> deferred due to excessive volume." then=finish

# variant: cox ten sessions of a client at a time and a hundred messages in each; what it says then is not documented
to server  connect            limit-sessions  max=10 reply="421 {host} cox too many sessions from {client.ip}"
to server  command MAIL  after 100  answer  reply="421 {host} cox too many messages in this session" then=finish
