# group: policy
# title: Too large, too many recipients, no room left: in several phases and words
# imitates: Exim, Postfix, qmail and notqmail, IBM z/OS, Gmail
# source: smtp_in.c and receive.c of Exim; smtpd.c and smtpd_check.c of Postfix; qmail-smtpd.c; IBM z/OS message 552-02; Gmail's list of replies
# saw: 552 to RCPT taken for final, so that recipients get nothing; clients that pass over SIZE and send 50 MB before they learn of it
# observed: Postfix 3.7 delivers to recipients beyond the limit later behind 452, and returns the mail for them behind 552
# expect: a sender declares the size and sends nothing after a refusal; it delivers to the recipients that were accepted and the others in another transaction, after 552 as after 452
# clause: RFC 1870 section 6.1 to section 6.3; RFC 5321 section 4.5.3.1.10 (552 to RCPT is taken for 452), section 3.3 (some recipients may be refused)

# variant: postfix-size 552 for MAIL with a SIZE= above 10,240,000 bytes, Postfix's limit
to client  reply 250 after EHLO  ehlo  replace=SIZE with="SIZE 10240000"
to server  command MAIL  limit-size  max=10240000B reply="552 5.3.4 Message size exceeds fixed limit"
to server  body-end      limit-size  max=10240000B reply="552 5.3.4 Error: message file too big"

# variant: exim-size 552 for MAIL with a SIZE= above 50 MB, and behind mail that is larger
to server  command MAIL  limit-size  max=52428800B reply="552 Message size exceeds maximum permitted"
to server  body-end      limit-size  max=52428800B reply="552 Message size exceeds maximum permitted"

# variant: exim-space 452 for every MAIL
to server  command MAIL  answer  reply="452 Space shortage, please try later"

# variant: postfix-space 452 for every MAIL
to server  command MAIL  answer  reply="452 4.3.1 Insufficient system storage"

# variant: postfix-recipients 452 from the 1001st RCPT on
to server  command RCPT  limit-recipients  max=1000 reply="452 4.5.3 Error: too many recipients"

# variant: exim-recipients 452 from the eleventh RCPT on
to server  command RCPT  limit-recipients  max=10 reply="452 too many recipients"

# variant: exim-recipients-552 552 from the eleventh RCPT on, with recipients_max_reject
to server  command RCPT  limit-recipients  max=10 reply="552 too many recipients"

# variant: zos 552 from the eleventh RCPT on, documented as something to recover from; its text is not
to server  command RCPT  limit-recipients  max=10 reply="552 Too many recipients"

# variant: gmail 452 from the second RCPT on: one recipient a transaction
to server  command RCPT  limit-recipients  max=1 reply="452 4.5.3 Domain policy size per transaction exceeded, please try this recipient in a separate transaction - gsmtp"

# variant: qmail 552 behind mail of more than 1 MB, after all of it was sent
to client  reply 250 after EHLO  ehlo  remove=SIZE,CHUNKING,BINARYMIME
to server  body-end  limit-size  max=1MB reply="552 sorry, that message size exceeds my databytes limit (#5.3.4)"

# variant: exim-header-line 552 behind mail with a header line of more than 998 bytes
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  command MAIL          block-list  name=exim-header-line key=session time=0s
to server  body  part=header length>1000  block-list  name=exim-header-line key=session
to server  body-end  listed=exim-header-line  answer  reply="552 A message header line is too long"

# variant: exim-header 552 behind mail with a header of more than 1 MiB
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  command MAIL          block-list  name=exim-header key=session time=0s
to server  body  part=header offset>1MiB  block-list  name=exim-header key=session
to server  body-end  listed=exim-header  answer  reply="552 Message header is ridiculously long"

# variant: exim-received 550 behind mail with more than 30 Received fields
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  command MAIL          block-list  name=exim-received key=session time=0s
to server  body  part=header matches=/^(?i)received:/ after 30 per message  block-list  name=exim-received key=session
to server  body-end  listed=exim-received  answer  reply="550 Too many \"Received\" headers - suspected mail loop"
