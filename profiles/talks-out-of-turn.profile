# group: senders
# title: A slow path that shows who speaks before its turn
# imitates: nothing but distance: the greeting and the 354 come late; it exposes clients that do not wait for them
# source: bugzilla.mozilla.org 538809 comment 41 (`EHLO we-guess.mozilla.org` before the banner); swiftmailer issue 1143 (mail before the 354, `improper command pipelining after DATA`)
# source: that a refused DATA lets the text be executed as commands is general knowledge
# saw: it works on a fast network and is rejected when any hop adds latency
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 say nothing before their turn, and deliver
# expect: a client says nothing before the greeting and nothing behind DATA before the 354; behind a refused DATA it sends no text
# expect: what comes early is written down as a rule's entry of the journal; a client that waits leaves none
# clause: RFC 5321 section 4.3.1 (the client waits for the greeting), section 4.1.1.4 (354 first); RFC 2920 section 3.1 (DATA ends a pipeline)

# variant: watch the server is reached after 3 s and hears DATA after 3 s; who is early is written down
to server  connect                 delay  time=3s
to server  command DATA            delay  time=3s
to client  greeting    early=yes   note
to client  reply 354   early=yes   note

# variant: fast likewise, 200 ms
to server  connect                 delay  time=200ms
to server  command DATA            delay  time=200ms
to client  greeting    early=yes   note
to client  reply 354   early=yes   note

# variant: refuse-greeting who speaks before the greeting hears 554 in its place, and no more
to server  connect                 delay     time=3s
to client  greeting    early=yes   finish    after=512
to client  greeting    early=yes   greeting  text="554 SMTP synchronization error"

# variant: refuse-data DATA hears 554: text that comes all the same is taken for commands, which the journal shows
to server  command DATA            answer  reply="554 5.5.1 Error: no valid recipients"
to server  command UNKNOWN         note
