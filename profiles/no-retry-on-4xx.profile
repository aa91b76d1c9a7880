# group: senders
# title: One temporary refusal, then acceptance: does the sender come again?
# imitates: any server that says 4yz once, in each code, enhanced code and phase that senders are known to tell apart; it exposes those that return or drop the mail
# source: postgrey_whitelist_clients of schweikert/postgrey (over 45 senders marked "no retry"); rhyolite.com dcc 2004/001777 (ZipLip Server 4.1, MERAK 3.10.110, GroupWise Internet Agent 6.5.1, IA Mail Server 3.2.2); greylist-users, September 2004 (MSN and Hotmail returned mail on 450, not on 451); smarthost.blogspot.com, August 2007 (Exchange 2003's NDR on 450 4.7.1)
# saw: `You do not have permission to send to this recipient ... #4.7.1 smtp;450 4.7.1 ... Greylisted`; mail that just disappears
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 keep the mail, try again and deliver once
# expect: whatever the second and third digits, and whatever the enhanced code, a sender keeps the mail after 4yz, tries again after half an hour or so, and delivers it once
# clause: RFC 5321 section 4.2.1 (4yz is transient; a client that does not know a code goes by its first digit), section 4.5.4.1 (trying again); RFC 3463 section 2 (the class of an enhanced code)
# The first attempt of each client, sender and recipient is refused, later ones pass.

# variant: rcpt-450-4.7.1 450 to RCPT, mailbox unavailable with 4.7.1
to server  command RCPT  first 1 per triplet  answer  reply="450 4.7.1 Try again later"

# variant: rcpt-450-4.2.0 450 to RCPT, mailbox unavailable with 4.2.0
to server  command RCPT  first 1 per triplet  answer  reply="450 4.2.0 Try again later"

# variant: rcpt-450-4.3.0 450 to RCPT, mailbox unavailable with 4.3.0
to server  command RCPT  first 1 per triplet  answer  reply="450 4.3.0 Try again later"

# variant: rcpt-450 450 to RCPT, mailbox unavailable without an enhanced code
to server  command RCPT  first 1 per triplet  answer  reply="450 Try again later"

# variant: rcpt-451-4.7.1 451 to RCPT, local error with 4.7.1
to server  command RCPT  first 1 per triplet  answer  reply="451 4.7.1 Try again later"

# variant: rcpt-451-4.2.0 451 to RCPT, local error with 4.2.0
to server  command RCPT  first 1 per triplet  answer  reply="451 4.2.0 Try again later"

# variant: rcpt-451-4.3.0 451 to RCPT, local error with 4.3.0
to server  command RCPT  first 1 per triplet  answer  reply="451 4.3.0 Try again later"

# variant: rcpt-451 451 to RCPT, local error without an enhanced code
to server  command RCPT  first 1 per triplet  answer  reply="451 Try again later"

# variant: rcpt-452-4.7.1 452 to RCPT, insufficient storage with 4.7.1
to server  command RCPT  first 1 per triplet  answer  reply="452 4.7.1 Try again later"

# variant: rcpt-452-4.2.0 452 to RCPT, insufficient storage with 4.2.0
to server  command RCPT  first 1 per triplet  answer  reply="452 4.2.0 Try again later"

# variant: rcpt-452-4.3.0 452 to RCPT, insufficient storage with 4.3.0
to server  command RCPT  first 1 per triplet  answer  reply="452 4.3.0 Try again later"

# variant: rcpt-452 452 to RCPT, insufficient storage without an enhanced code
to server  command RCPT  first 1 per triplet  answer  reply="452 Try again later"

# variant: rcpt-422-4.7.1 422 to RCPT, a code that no RFC has with 4.7.1
to server  command RCPT  first 1 per triplet  answer  reply="422 4.7.1 Try again later"

# variant: rcpt-422-4.2.0 422 to RCPT, a code that no RFC has with 4.2.0
to server  command RCPT  first 1 per triplet  answer  reply="422 4.2.0 Try again later"

# variant: rcpt-422-4.3.0 422 to RCPT, a code that no RFC has with 4.3.0
to server  command RCPT  first 1 per triplet  answer  reply="422 4.3.0 Try again later"

# variant: rcpt-422 422 to RCPT, a code that no RFC has without an enhanced code
to server  command RCPT  first 1 per triplet  answer  reply="422 Try again later"

# variant: rcpt-421-4.7.1 421 to RCPT, service not available, and the connection ends with 4.7.1
to server  command RCPT  first 1 per triplet  answer  reply="421 4.7.1 Try again later" then=finish

# variant: rcpt-421-4.2.0 421 to RCPT, service not available, and the connection ends with 4.2.0
to server  command RCPT  first 1 per triplet  answer  reply="421 4.2.0 Try again later" then=finish

# variant: rcpt-421-4.3.0 421 to RCPT, service not available, and the connection ends with 4.3.0
to server  command RCPT  first 1 per triplet  answer  reply="421 4.3.0 Try again later" then=finish

# variant: rcpt-421 421 to RCPT, service not available, and the connection ends without an enhanced code
to server  command RCPT  first 1 per triplet  answer  reply="421 Try again later" then=finish

# variant: data-450-4.7.1 450 to DATA, mailbox unavailable with 4.7.1
to server  command DATA,BDAT  first 1 per triplet  answer  reply="450 4.7.1 Try again later"

# variant: data-450-4.2.0 450 to DATA, mailbox unavailable with 4.2.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="450 4.2.0 Try again later"

# variant: data-450-4.3.0 450 to DATA, mailbox unavailable with 4.3.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="450 4.3.0 Try again later"

# variant: data-450 450 to DATA, mailbox unavailable without an enhanced code
to server  command DATA,BDAT  first 1 per triplet  answer  reply="450 Try again later"

# variant: data-451-4.7.1 451 to DATA, local error with 4.7.1
to server  command DATA,BDAT  first 1 per triplet  answer  reply="451 4.7.1 Try again later"

# variant: data-451-4.2.0 451 to DATA, local error with 4.2.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="451 4.2.0 Try again later"

# variant: data-451-4.3.0 451 to DATA, local error with 4.3.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="451 4.3.0 Try again later"

# variant: data-451 451 to DATA, local error without an enhanced code
to server  command DATA,BDAT  first 1 per triplet  answer  reply="451 Try again later"

# variant: data-452-4.7.1 452 to DATA, insufficient storage with 4.7.1
to server  command DATA,BDAT  first 1 per triplet  answer  reply="452 4.7.1 Try again later"

# variant: data-452-4.2.0 452 to DATA, insufficient storage with 4.2.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="452 4.2.0 Try again later"

# variant: data-452-4.3.0 452 to DATA, insufficient storage with 4.3.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="452 4.3.0 Try again later"

# variant: data-452 452 to DATA, insufficient storage without an enhanced code
to server  command DATA,BDAT  first 1 per triplet  answer  reply="452 Try again later"

# variant: data-422-4.7.1 422 to DATA, a code that no RFC has with 4.7.1
to server  command DATA,BDAT  first 1 per triplet  answer  reply="422 4.7.1 Try again later"

# variant: data-422-4.2.0 422 to DATA, a code that no RFC has with 4.2.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="422 4.2.0 Try again later"

# variant: data-422-4.3.0 422 to DATA, a code that no RFC has with 4.3.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="422 4.3.0 Try again later"

# variant: data-422 422 to DATA, a code that no RFC has without an enhanced code
to server  command DATA,BDAT  first 1 per triplet  answer  reply="422 Try again later"

# variant: data-421-4.7.1 421 to DATA, service not available, and the connection ends with 4.7.1
to server  command DATA,BDAT  first 1 per triplet  answer  reply="421 4.7.1 Try again later" then=finish

# variant: data-421-4.2.0 421 to DATA, service not available, and the connection ends with 4.2.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="421 4.2.0 Try again later" then=finish

# variant: data-421-4.3.0 421 to DATA, service not available, and the connection ends with 4.3.0
to server  command DATA,BDAT  first 1 per triplet  answer  reply="421 4.3.0 Try again later" then=finish

# variant: data-421 421 to DATA, service not available, and the connection ends without an enhanced code
to server  command DATA,BDAT  first 1 per triplet  answer  reply="421 Try again later" then=finish
