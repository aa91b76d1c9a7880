# group: endings
# title: What becomes of lines that are too long
# imitates: Novell NIMS, Cisco ASA, sendmail, Haraka, KumoMTA, Postfix as a sender, Stormshield
# source: Exim FAQ Q0017; Cisco guide; sendmail srvrsmtp.c; Haraka connection.js; docs.kumomta.com; Postfix postconf.proto; Stormshield CLI reference; 2048 from general knowledge
# saw: base64 and HTML broken where a relay folded them; connections that end without a reason
# observed: Postfix 3.7 keeps mail with a line of 1100 bytes in its queue; a line that is folded arrives with a blank in it, and quoted-printable breaks where base64 does not
# expect: a sender keeps lines of mail within 998 bytes and commands within 510, and encodes what does not fit
# expect: a receiver takes lines up to those lengths, and says 500 or 552 to longer ones
# clause: RFC 5321 section 4.5.3.1.4 (commands, 512), section 4.5.3.1.6 (text lines, 1000), section 4.5.3.1.9 (500 for longer ones)

# variant: nims a line of more than 1024 bytes ends the connection without a reply
to server  body length>1026B  finish

# variant: asa a header line of more than 998 bytes is taken out
to server  body part=header length>1000B  drop

# variant: sendmail a command of more than 2048 bytes is taken for an attack
to server  command length>2050B  answer  reply="421 4.7.0 {host} Command too long, possible attack {client.ip}" then=finish

# variant: haraka a command that is too long ends the connection
to server  command length>512B  answer  reply="521 Command line too long" then=finish

# variant: kumomta a line of more than 998 bytes has the mail refused
to client  reply 250 after EHLO  ehlo    remove=CHUNKING,BINARYMIME
to server  body-end contains=/[^\n]{999}/  answer  reply="550 5.6.0 line too long"

# variant: postfix lines of mail are folded at 998 bytes with CRLF and a blank
to server  body  wrap  at=998

# variant: truncate what goes beyond 998 bytes of a line is lost
to server  body length>1000B  rewrite  match=/^(.{998}).*/ with="$1"

# variant: stormshield a line of more than 1000 bytes tears the connection
to server  body length>1002B  reset
