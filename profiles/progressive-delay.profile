# group: timing
# title: A server that slows down with each command or mistake, and then ends the session
# imitates: Exim smtp_ratelimit_mail and smtp_ratelimit_rcpt, smtp_max_unknown_commands, smtp_max_synprot_errors, smtp_accept_max_nonmail; Postfix smtpd_soft_error_limit and smtpd_hard_error_limit, stress; firewalls that slow NOOP down
# source: Exim's specification (smtp_ratelimit_hosts); postconf.proto and STRESS_README of Postfix; help.hcl-software.com `Configuring validation for NOOP`
# saw: pools that keep their connections alive with NOOP: the probes become slow and then deadly
# expect: a client waits five minutes for MAIL and RCPT, and takes 421 for the end of the session
# clause: RFC 5321 section 4.5.3.2 (how long to wait), section 3.8 (421), section 4.1.1.9 (NOOP has no effect)

# variant: exim-mail from the third MAIL of a session on half a second, each time 1.05 as long, at most four minutes
to client  reply after MAIL  progressive-delay  after=2 time=500ms factor=1.05 max=4m

# variant: exim-rcpt from the fifth RCPT of a message on a quarter of a second, each time 1.015 as long, at most four minutes
to client  reply after RCPT  progressive-delay  after=4 time=250ms factor=1.015 max=4m per=message

# variant: exim-unknown the fourth unknown command hears 500 and the connection ends
to server  command UNKNOWN  after 3  answer  reply="500 Too many unrecognized commands" then=finish

# variant: exim-syntax behind the fourth 501 or 503 the connection ends
to client  reply  matches=/^50[13]/ after 3  finish  after=512

# variant: exim-nonmail the eleventh command that is not about mail hears 554 and the connection ends
to server  command NOOP,RSET,VRFY,EXPN,ETRN,HELP  after 10  answer  reply="554 Too many nonmail commands" then=finish

# variant: postfix from the tenth mistake on each reply waits a second; behind the twentieth 421 and an end
to client  reply  matches=/^[45]/ after 19  block-list  name=postfix-hard key=session
to client  reply  matches=/^[45]/ after 9   block-list  name=postfix-soft key=session
to client  reply    listed=postfix-soft  delay   time=1s
to server  command  listed=postfix-hard  answer  reply="421 4.7.0 {host} Error: too many errors" then=finish

# variant: postfix-stress behind the first mistake 421 and an end; ten seconds of silence end the session
to client  reply  matches=/^[45]/        block-list  name=postfix-stress key=session
to server  command  listed=postfix-stress  answer  reply="421 4.7.0 {host} Error: too many errors" then=finish
to client  idle 10s  insert  line="421 4.4.2 {host} Error: timeout exceeded"
to client  idle 10s  finish  after=512

# variant: noop from the fourth NOOP on a second, each time twice as long; the eleventh ends the connection
to client  reply 250 after NOOP  progressive-delay  after=3 time=1s factor=2 max=60s
to server  command NOOP  after 10  answer  reply="421 4.7.0 {host} Too many NOOPs" then=finish
