# group: mixed
# title: Packs of replies: each provider's refusals, as often as one meets them
# imitates: Gmail, Yahoo and AOL, Microsoft 365 and Outlook.com, Apple and Cox, Spamhaus as receivers quote it, Postfix and Exim receivers; the weights are a guess at a sender in moderate trouble
# source: the same as of provider-throttle, dnsbl-reject and greylist-variants; Rhost modules of sisimai
# saw: senders that know one provider's texts and take another's for something else
# expect: a sender goes by code and enhanced code: 4xx is tried again later, 5xx is returned to the author, 421 also ends the session
# clause: RFC 5321 section 4.2.1 (what codes mean), section 3.8 (421), section 4.5.4.1 (trying again); RFC 3463 (enhanced codes)
# In each pack nine in ten messages pass at MAIL and at RCPT. Copy a pack and change its weights.

# variant: gmail in the words of Gmail, the commonest the most often
to server  command MAIL  weight 90  pass
to server  command MAIL  weight 4   answer  reply="421 4.7.0 Try again later, closing connection. - gsmtp" then=finish
to server  command MAIL  weight 3   answer  reply="421 4.7.28 Gmail has detected an unusual rate of mail. - gsmtp" then=finish
to server  command MAIL  weight 2   answer  reply="421 4.7.0 Connection expired, try reconnecting. - gsmtp" then=finish
to server  command MAIL  weight 1   answer  reply="451 4.3.0 Mail server temporarily rejected message. - gsmtp"
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 4   answer  reply="450-4.2.1 The user you are trying to contact is receiving mail at a rate that\r\n450-4.2.1 prevents additional messages from being delivered. Please resend your\r\n450-4.2.1 message at a later time. If the user is able to receive mail at that\r\n450-4.2.1 time, your message will be delivered. For more information, please\r\n450-4.2.1 visit\r\n450 4.2.1  https://support.google.com/mail/?p=ReceivingRate - gsmtp"
to server  command RCPT  weight 3   answer  reply="452-4.2.2 The recipient's inbox is out of storage space.\r\n452 4.2.2 https://support.google.com/mail/?p=OverQuotaTemp - gsmtp"
to server  command RCPT  weight 3   answer  reply="550-5.1.1 The email account that you tried to reach does not exist. Please try\r\n550-5.1.1 double-checking the recipient's email address for typos or\r\n550-5.1.1 unnecessary spaces. For more information, go to\r\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser - gsmtp"

# variant: yahoo in the words of Yahoo, the commonest the most often
to server  command MAIL  weight 90  pass
to server  command MAIL  weight 6   answer  reply="421 4.7.0 [TSS04] Messages from {client.ip} temporarily deferred due to unexpected volume or user complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes" then=finish
to server  command MAIL  weight 2   answer  reply="421 4.7.1 [TS03] All messages from {client.ip} permanently deferred" then=finish
to server  command MAIL  weight 1   answer  reply="421 4.7.1 : (DYN:T1) http://postmaster.info.aol.com/errors/421dynt1.html" then=finish
to server  command MAIL  weight 1   answer  reply="553 5.7.2 [TSS09] All messages from {client.ip} will be permanently deferred; Retrying will NOT succeed."

# variant: microsoft in the words of Microsoft, the commonest the most often
to server  command MAIL  weight 90  pass
to server  command MAIL  weight 5   answer  reply="451 4.7.650 The mail server [{client.ip}] has been temporarily rate limited due to IP reputation. For e-mail delivery information, see https://postmaster.live.com (S775)"
to server  command MAIL  weight 3   answer  reply="421 RP-001 (SNT004) Unfortunately, some messages from {client.ip} weren't sent. Please try again." then=finish
to server  command MAIL  weight 2   answer  reply="451 4.7.700 PFA agent busy, please try again."
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 8   answer  reply="451 4.7.500 Server busy. Please try again later from [{client.ip}]. (AS761)"
to server  command RCPT  weight 1   answer  reply="550 5.7.606 Access denied, banned sending IP [{client.ip}]"
to server  command RCPT  weight 1   answer  reply="550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"

# variant: apple in the words of Apple, the commonest the most often
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 9   answer  reply="421 4.7.1 Messages to <{recipient}> deferred due to excessive volume." then=finish
to server  command RCPT  weight 1   answer  reply="550 5.7.1 Mail from IP {client.ip} was rejected due to listing in Spamhaus SBL. For details please see http://www.spamhaus.org/query/bl?ip={client.ip}"

# variant: spamhaus as receivers quote it
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 5   answer  reply="554 5.7.1 Service unavailable; Client host [{client.ip}] blocked using zen.spamhaus.org; https://www.spamhaus.org/query/ip/{client.ip}"
to server  command RCPT  weight 3   answer  reply="550 5.7.1 Service unavailable; client [{client.ip}] blocked using zen.spamhaus.org"
to server  command RCPT  weight 2   answer  reply="553 5.7.1 [BL21] Connections will not be accepted from {client.ip}, because the ip is in Spamhaus's list; see http://postmaster.yahoo.com/550-bl23.html"

# variant: postfix in the words of Postfix, the commonest the most often
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 4   answer  reply="450 4.2.0 <{recipient}>: Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/{recipient.domain}.html"
to server  command RCPT  weight 2   answer  reply="450 4.1.1 <{recipient}>: Recipient address rejected: unverified address: Address verification in progress"
to server  command RCPT  weight 2   answer  reply="452 4.3.1 Insufficient system storage"
to server  command RCPT  weight 2   answer  reply="550 5.1.1 <{recipient}>: Recipient address rejected: User unknown in local recipient table"

# variant: exim in the words of Exim, the commonest the most often
to server  command RCPT  weight 90  pass
to server  command RCPT  weight 5   answer  reply="451 Temporary local problem - please try later"
to server  command RCPT  weight 3   answer  reply="451 Greylisting in progress, please try again later"
to server  command RCPT  weight 2   answer  reply="550 Unrouteable address"
