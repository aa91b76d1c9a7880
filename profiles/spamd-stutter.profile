# group: timing
# title: A server that says one byte a second
# imitates: OpenBSD spamd: -s 1 (a byte a second), -S 10 (towards unknown clients for the connection's first ten seconds), -5 (550 in place of 450)
# source: libexec/spamd/spamd.c (openbsd/src) rev 1.105; the text of the refusal is an administrator's own, here that of nixspam
# saw: a greeting of 70 bytes that takes 70 seconds; timers that begin anew with each byte and never fire
# observed: Postfix 3.7 and Exim 4.96 read to the end and keep the mail in their queues
# expect: a client waits five minutes for each reply, whatever pieces it comes in, and gives up when the whole of it has not come by then
# expect: on 451 and 450 it keeps the mail and tries again later; it returns it on 550
# clause: RFC 5321 section 4.5.3.2 (how long to wait for a reply), section 4.2.1 (4yz), section 4.5.4.1 (trying again); RFC 6647 (greylisting)
# spamd stands in front of the real server and never asks it: no connection to it is opened. What is not imitated: its small receive
# window, that it passes over further commands of one read, and that ten lines of mail are enough for its verdict.

to server  connect              answer  reply="220 {host} ESMTP spamd IP-based SPAM blocker; {ctime}"
to server  command HELO,EHLO  matches=/^\S+\s*$/  answer  reply="501 helo requires domain name."
to server  command HELO,EHLO    answer  reply="250 Hello, spam sender. Pleased to be wasting your time."
to server  command MAIL         answer  reply="250 You are about to try to deliver spam. Your time will be spent, for nothing."
to server  command RCPT         answer  reply="250 This is hurting you more than it is hurting me."
to server  command RSET,NOOP    answer  reply="250 2.0.0 OK I did nothing"
to server  command QUIT         answer  reply="221 {host}" then=finish
# MAXTIME of spamd.c
to client  idle 400s            finish

# variant: grey an unknown client: a byte a second for ten seconds, then promptly 451 for DATA
to client  reply         drip    chunk=1 gap=1s for=10s
to server  command DATA  answer  reply="451 Temporary failure, please try again later." then=finish
to server  command       answer  reply="500 5.5.1 Command unrecognized"

# variant: listed a listed client: a byte a second until the end, and 450 behind the mail
to client  reply         drip    chunk=1 gap=1s
to server  command DATA  answer  reply="354 Enter spam, end with \".\" on a line by itself"
to server  body-end      answer  reply="450-Your address {client.ip} is in the nixspam list\r\n450 See http://www.heise.de/ix/nixspam/dnsbl_en/ for details" then=finish
to server  command       answer  reply="500 5.5.1 Command unrecognized"

# variant: listed-550 likewise with 550, which is final
to client  reply         drip    chunk=1 gap=1s
to server  command DATA  answer  reply="354 Enter spam, end with \".\" on a line by itself"
to server  body-end      answer  reply="550-Your address {client.ip} is in the nixspam list\r\n550 See http://www.heise.de/ix/nixspam/dnsbl_en/ for details" then=finish
to server  command       answer  reply="500 5.5.1 Command unrecognized"
