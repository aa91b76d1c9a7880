# group: endings
# title: Lines that end in a lone LF, and receivers that will not have them
# imitates: qmail, notqmail, Postfix 3.9 (smtpd_forbid_bare_newline=reject, and the first patch releases), Haraka, chasquid 1.13, KumoMTA, Exchange Online as a sender; and relays that damage line ends
# source: notqmail qmail-smtpd.c; Postfix smtpd.c, HISTORY 20231221 to 20240110, RELEASE_NOTES-3.9; Haraka connection.js; blitiri.com.ar chasquid e28f346; docs.kumomta.com; learn.microsoft.com KB 2998901
# saw: 451 makes senders try mail again for five days that will never pass; clients that are still writing never read the reply
# observed: Postfix 3.7 and Exim 4.96 keep mail with lone LFs in their queues for 451, and return it for 550
# expect: a sender never sends a lone LF, whatever its author wrote; one that hears a reply in the midst of its data reads it
# expect: a receiver takes a lone LF for text or refuses it, and never for a line end that makes a dot an end
# clause: RFC 5321 section 2.3.8 (CR and LF only as a pair), section 4.1.1.4 (the end of mail), section 4.2.1 (4yz invites another try)

# variant: qmail 451 at the first lone LF, in the midst of the mail, and the connection ends
to server  body last-line=/(?<!\r)\n/  answer  reply="451 See http://pobox.com/~djb/docs/smtplf.html." then=finish

# variant: notqmail likewise with the page's new address
to server  body last-line=/(?<!\r)\n/  answer  reply="451 See https://cr.yp.to/docs/smtplf.html." then=finish

# variant: postfix 550 at the real end of mail
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end contains=/(?<!\r)\n/  answer  reply="550 5.5.2 {host} Error: bare <LF> received"

# variant: postfix-521 521 and an end, as in the first patch releases
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end contains=/(?<!\r)\n/  answer  reply="521 5.5.2 {host} Error: bare <LF> received" then=finish

# variant: haraka 451 for a dot behind which a lone LF stands
to server  body last-line=/^\.\n/  answer  reply="451 Bare line-feed; see http://haraka.github.io/barelf/" then=finish

# variant: chasquid the connection is torn
to server  body last-line=/(?<!\r)\n/  reset

# variant: kumomta 552 at the end of mail
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end contains=/(?<!\r)\n/  answer  reply="552 5.6.0 message data must use CRLF for line endings"

# variant: exchange-online what the sending side writes into its bounce, as a reply
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body-end contains=/(?<!\r)\n/  answer  reply="550 5.6.11 SMTPSEND.BareLinefeedsAreIllegal; message contains bare linefeeds, which cannot be sent via DATA"

# variant: one-line the second line of each mail ends in a lone LF
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body  first 2 per message  bare-lf

# variant: all-lines every line ends in a lone LF
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body  bare-lf

# variant: header-lines the lines of the header block do
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME
to server  body part=header  bare-lf
