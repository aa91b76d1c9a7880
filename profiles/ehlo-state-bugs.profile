# group: senders
# title: Greetings and replies that are right, and that half-made clients cannot read
# imitates: servers that use what the protocol allows: several lines, several segments, EHLO unknown, EHLO again behind TLS; they expose clients that expect less
# source: spec.xfpt of Exim: tls_remember_esmtp, control=no_multiline_responses, tcp_nodelay, helo_lookup_domains, ignore_fromline_hosts and smtp_max_synprot_errors exist for such clients
# saw: sessions that half work, with certain servers only
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 read replies of several lines and segments, fall back to HELO, and deliver
# expect: a client reads on until a line with a blank behind its code, wherever TCP cuts it; on 500 or 502 to EHLO it says HELO; behind STARTTLS it says EHLO again, and forgets what was offered before
# clause: RFC 5321 section 4.2.1 (lines of a reply), section 3.2 (falling back to HELO); RFC 3207 section 4.2 (EHLO again)

# variant: multi-line every reply has three lines: 220, 250, 354, and 550 too
to client  greeting           rewrite  match=/^(\d\d\d) (.*)$/ with="$1-one line\r\n$1-another line\r\n$1 $2"
to client  reply              rewrite  match=/^(\d\d\d) (.*)$/ with="$1-one line\r\n$1-another line\r\n$1 $2"

# variant: no-ehlo EHLO is not known, HELO is
to server  command EHLO  answer  reply="502 5.5.1 EHLO not implemented"

# variant: no-ehlo-500 likewise, with 500
to server  command EHLO  answer  reply="500 5.5.1 Command unrecognized"

# variant: ehlo-after-tls who does not say EHLO again behind STARTTLS hears 503 (TLS is taken apart: --tls intercept)
to server  command MAIL,AUTH  tls=yes unsaid=EHLO unsaid=HELO  answer  reply="503 5.5.1 EHLO first, again"

# variant: other-keywords behind STARTTLS other keywords are offered than before (TLS is taken apart: --tls intercept)
to client  reply 250 after EHLO  tls=yes  ehlo  remove=PIPELINING,SIZE,8BITMIME,CHUNKING add="AUTH PLAIN LOGIN"

# variant: split-in-segments every reply comes byte by byte, each in a segment of its own
to client  greeting  drip  chunk=1 gap=10ms
to client  reply     drip  chunk=1 gap=10ms

# variant: name-refused the client's name is refused, as one with an underscore, `localhost` or 127.0.0.1 is
to server  command EHLO,HELO  matches=/(?i)^\S+\s+(\S*_\S*|localhost|\[?127\.0\.0\.1\]?)\s*$/  answer  reply="501 5.5.4 Syntax: EHLO hostname"

# variant: envelope-line a mail whose header block begins with a line of mbox, `From ` and no colon, is written down
to server  body  once per message  part=header matches=/^From /  note
