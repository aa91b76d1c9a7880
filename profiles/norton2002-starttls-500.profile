# group: tls
# title: A desktop virus scanner that shows STARTTLS and does not know it
# imitates: Norton AntiVirus 2002, mail interception on the sender's own machine
# source: bugtraq msg03715 (mail.spinics.net), with both sides' transcripts
# saw: the client gave up with an obscure error; the server's log shows EHLO, then QUIT
# expect: a client takes the 500 for a refusal of TLS: it goes on in clear if it may, or tells its user that TLS was refused
# clause: RFC 3207 section 4.1 (a client decides whether it goes on without TLS); RFC 5321 section 4.1.1.1 (what EHLO lists, the server supports)

to server  command STARTTLS      answer   reply="500 Unsupported command."
to client  reply 221 after QUIT  rewrite  line="221 Closing connection. Good bye."
