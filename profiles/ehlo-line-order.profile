# group: policy
# title: EHLO replies whose lines stand in another order than expected
# imitates: a proxy that puts a keyword before the line with the domain; servers that say STARTTLS last, say keywords twice, in small letters or with blanks behind them
# source: cisco.com TAC 212587 (`STARTTLS command not supported` although telnet shows it); zetacomponents/Mail pull 52 (a pattern that wants a hyphen behind 250)
# saw: Cisco ESA says that STARTTLS is not supported; clients that miss the last line
# expect: a client takes the first line for the domain and all others for keywords, in any order and in letters of either size, the last one too
# clause: RFC 5321 section 4.1.1.1 (ehlo-ok-rsp: the domain comes first; keywords in any case and order)

# variant: starttls-first STARTTLS stands before the domain
to client  reply 250 after EHLO  matches=/(?m)^250-STARTTLS/   rewrite  match=/\A250-([^\r\n]*)\r\n((?:.*\r\n)*?)250-STARTTLS\r\n/ with="250-STARTTLS\r\n250-$1\r\n$2"
to client  reply 250 after EHLO  matches=/(?m)^250 STARTTLS/   rewrite  match=/\A250-([^\r\n]*)\r\n((?:.*\r\n)*?)250-([^\r\n]*)\r\n250 STARTTLS(\r\n)?\z/ with="250-STARTTLS\r\n250-$1\r\n$2250 $3$4"

# variant: starttls-last STARTTLS is the last line
to client  reply 250 after EHLO  matches=/(?m)^250-STARTTLS/  rewrite  match=/250-STARTTLS\r\n((?:.*\r\n)*?)250 ([^\r\n]*)/ with="$1250-$2\r\n250 STARTTLS"

# variant: twice the first two keywords are said again at the end
to client  reply 250 after EHLO  rewrite  match=/\A(250-[^\r\n]*\r\n)(250-[^\r\n]*\r\n)((?:.*\r\n)*?)(250 )/ with="$1$2$3$2$4"

# variant: lower-case STARTTLS, PIPELINING and SIZE in small letters
to client  reply 250 after EHLO  matches=/(?m)^250[- ]STARTTLS/  ehlo  replace=STARTTLS with="starttls"
to client  reply 250 after EHLO  matches=/(?m)^250[- ]PIPELINING/  ehlo  replace=PIPELINING with="pipelining"

# variant: trailing-blanks a blank stands behind each line
to client  reply 250 after EHLO  rewrite  match=/(\r\n|\z)/ with=" $1"
