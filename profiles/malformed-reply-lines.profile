# group: endings
# title: Replies that are not the lines they should be
# imitates: smtp-gated (LF), client logs with a blank line before the reply, and every kind of malformed reply that fuzzers know
# source: vpithart/smtp-gated; nodemailer's source, which skips empty lines; github.com/PHPMailer/PHPMailer/issues/1072; lone CR from general knowledge
# saw: PHPMailer 5.2.8 "data not accepted" although the server accepted
# observed: behind a reply to MAIL without a code Postfix 3.7 returns the mail and Exim 4.96 keeps it; behind one with two codes Exim 4.96 returns it and Postfix 3.7 delivers; both deliver behind a lone LF, a code with nothing behind it, and an enhanced code that contradicts; where two replies to RCPT change places Postfix 3.7 delivers to one recipient and tells the author that it was the other
# expect: a client judges a reply by three digits and what stands behind them, joins what comes in pieces, and ends a session that it cannot follow with the mail in its queue
# clause: RFC 5321 section 4.2 (the form of a reply), section 4.2.1 (lines of one reply), section 4.5.3.1.5 (512 bytes)

# variant: lf-only the reply to the mail ends in a lone LF
to client  reply after DATA  malform  kind=bare-lf

# variant: lf-only-reject refusals end in a lone LF, as smtp-gated writes them
to client  reply 5xx  malform  kind=bare-lf

# variant: cr-only replies end in a lone CR
to client  reply after DATA  malform  kind=bare-cr

# variant: blank-first an empty line, three seconds, then the reply to the mail
to client  reply 250 after DATA  malform  kind=blank gap=3s

# variant: byte-by-byte one byte in each segment
to client  reply  drip  chunk=1 gap=20ms

# variant: split a pause within the code
to client  reply  malform  kind=split gap=1s

# variant: glued two replies in one line
to client  reply 250 after MAIL  malform  kind=glued

# variant: joined replies to commands that came together leave in one segment
to client  reply  merge  time=200ms

# variant: unended no line ending behind the reply to the mail, then silence
to client  reply 250 after DATA  malform  kind=no-line-end

# variant: twice each reply comes twice
to client  reply 250 after MAIL  repeat

# variant: missing the reply to RCPT does not come
to client  reply after RCPT  once  drop

# variant: swapped the replies to the first two RCPTs change places, where the client pipelines
to client  reply after RCPT  once  swap

# variant: early the reply to DATA comes before the server was asked
to client  reply after RCPT  once  insert  line="354 go ahead" where=after

# variant: unasked-421 421 stands before the reply to RCPT
to client  reply after RCPT  once  insert  line="421 4.3.2 Service shutting down" where=before

# variant: keyword-bomb EHLO is answered by 64 KB of lines
to client  reply 250 after EHLO  malform  kind=many-lines length=64KB

# variant: no-code the code is missing
to client  reply 250 after MAIL  malform  kind=no-code

# variant: code-only nothing stands behind the code
to client  reply 250 after MAIL  malform  kind=code-only

# variant: two-digits the code has two digits
to client  reply 250 after MAIL  malform  kind=two-digits

# variant: four-digits the code has four digits
to client  reply 250 after MAIL  malform  kind=four-digits

# variant: odd-code the code begins with 6
to client  reply 250 after MAIL  malform  kind=odd-code

# variant: tab a tab stands behind the code
to client  reply 250 after MAIL  malform  kind=tab

# variant: mixed-codes two codes in one reply
to client  reply 250 after MAIL  malform  kind=mixed-codes

# variant: wrong-continuation hyphens and blanks are exchanged
to client  reply 250 after MAIL  malform  kind=wrong-continuation

# variant: unfinished the last line promises another
to client  reply 250 after MAIL  malform  kind=unfinished

# variant: wrong-enhanced the enhanced code contradicts the code
to client  reply 250 after MAIL  malform  kind=wrong-enhanced

# variant: over-long the reply is 2 KB longer than it should be
to client  reply 250 after MAIL  malform  kind=over-long

# variant: many-lines the reply has 2 KB of lines before it
to client  reply 250 after MAIL  malform  kind=many-lines

# variant: nul a NUL stands in the reply
to client  reply 250 after MAIL  malform  kind=nul

# variant: broken the line ends in its midst
to client  reply 250 after MAIL  malform  kind=broken
