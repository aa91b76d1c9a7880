# group: timing
# title: Half a greeting, six seconds of silence, the other half
# imitates: Postfix 2.8 and later, postscreen: postscreen_greet_banner, postscreen_greet_wait (6 s, 2 s under stress)
# source: postscreen_early.c and proto/postconf.proto of Postfix; README_FILES/POSTSCREEN_README
# saw: clients that take the first line for the whole greeting say EHLO six seconds early and are blocked
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 wait for the last line of the greeting and deliver; Postfix 3.7 comes again behind the deep tests
# expect: a client reads a greeting until the line with a blank behind its code, and says nothing before
# expect: on 450 in the deep tests it comes again later, and is taken then
# clause: RFC 5321 section 4.2.1 (multi-line replies), section 4.3.1 (the client waits for the greeting), section 3.1

# variant: wait two lines of greeting, six seconds apart
to client  greeting  matches=/^220/  rewrite  match=/\A220[ -]([^\r\n]*)/ with="220-$1\r\n220 $1"
to client  greeting  matches=/^220/  slice    at=lines gap=6s

# variant: stress two seconds apart
to client  greeting  matches=/^220/  rewrite  match=/\A220[ -]([^\r\n]*)/ with="220-$1\r\n220 $1"
to client  greeting  matches=/^220/  slice    at=lines gap=2s

# variant: drop whoever speaks within the six seconds hears 521 and the connection ends
to client  greeting  matches=/^220/  rewrite  match=/\A220[ -]([^\r\n]*)/ with="220-$1\r\n220 $1"
to client  greeting  matches=/^220/  slice    at=lines gap=6s
to server  command  unsaid=HELO unsaid=EHLO early=yes  answer  reply="521 5.5.1 Protocol error" upstream=dropped then=finish

# variant: enforce whoever speaks within the six seconds hears 550 for each RCPT
to client  greeting  matches=/^220/  rewrite  match=/\A220[ -]([^\r\n]*)/ with="220-$1\r\n220 $1"
to client  greeting  matches=/^220/  slice    at=lines gap=6s
to server  command HELO,EHLO  early=yes  block-list  name=pregreet key=session
to server  command RCPT  listed=pregreet  answer  reply="550 5.5.1 Protocol error"

# variant: deep the first session of a client is only looked at: 450 for each RCPT
to client  greeting  matches=/^220/  rewrite  match=/\A220[ -]([^\r\n]*)/ with="220-$1\r\n220 $1"
to client  greeting  matches=/^220/  slice    at=lines gap=6s
to server  connect       first 1 per client  block-list  name=new key=session
to server  command RCPT  listed=new  answer  reply="450 4.3.2 Service currently unavailable"

# variant: denied a client on its deny list: 521 in place of the greeting
to client  greeting  greeting  text="521 5.3.2 Service currently unavailable" then=finish

# variant: denied-enforce a client on its deny list: 550 for each RCPT
to server  command RCPT  answer  reply="550 5.3.2 Service currently unavailable"
