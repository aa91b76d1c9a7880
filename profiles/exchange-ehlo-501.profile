# group: policy
# title: A server that refuses EHLO names which end in a dot or a blank
# imitates: Exchange 2000 and 2003 (IIS SMTP) and Exchange 2007, which check the syntax of the HELO and EHLO name
# source: Microsoft KB 291828 (SmtpDomainValidationFlags); administrators' logs of UNIX hosts that say `EHLO host.example.`
# saw: alert mail of UNIX hosts was refused for good, while Gmail and Hotmail took the same client
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 and Sendmail 8.17 fall back to HELO and deliver; a name with a dot at its end makes Postfix 3.7 return the mail
# expect: a client sends a domain or an address literal with nothing behind it; on 501 it may fall back to HELO, and it does not send mail without a greeting
# expect: a server may refuse such a name, and must not refuse mail for a name that merely cannot be verified
# clause: RFC 5321 section 4.1.1.1 (the argument of EHLO), section 4.1.4 (verifying it), section 3.2 (falling back to HELO)

# variant: 2003 a name that ends in a dot or a blank hears 501 5.5.4 Invalid Address
to server  command HELO,EHLO  matches=/^\S+\s+\S.*[.\s]$/  answer  reply="501 5.5.4 Invalid Address"

# variant: 2007 the same with 501 5.5.4 Invalid domain name
to server  command HELO,EHLO  matches=/^\S+\s+\S.*[.\s]$/  answer  reply="501 5.5.4 Invalid domain name"

# variant: any-name every EHLO hears 501 whatever its name, HELO is fine: does the client fall back?
to server  command EHLO  answer  reply="501 5.5.4 Invalid domain name"

# variant: postfix the same with Postfix's 501
to server  command HELO,EHLO  matches=/^\S+\s+\S.*[.\s]$/  answer  reply="501 Syntax: EHLO hostname"

# variant: exim the same with Exim's 501, for underscores too
to server  command HELO,EHLO  matches=/^\S+\s+\S.*(?:[.\s]$|_)/  answer  reply="501 Syntactically invalid EHLO argument(s)"

# variant: spamd a name that is missing hears 501
to server  command HELO,EHLO  matches=/^\S+\s*$/  answer  reply="501 helo requires domain name."

# variant: underscore Exchange 2007's words for a name with an underscore
to server  command HELO,EHLO  matches=/_/  answer  reply="501 5.5.4 Invalid domain name"

# variant: send-dot for testing servers: a dot is added to the client's name
to server  command HELO,EHLO  rewrite  match=/[.\s]*$/ with="."

# variant: send-blank for testing servers: a blank is added to the client's name
to server  command HELO,EHLO  rewrite  match=/\s*$/ with=" "
