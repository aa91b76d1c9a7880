# group: policy
# title: HTTP, PROXY and other bytes on an SMTP port, and what servers say to them
# imitates: sendmail, Postfix, postscreen and CommuniGate towards clients that speak HTTP or TLS; clients that speak HTTP or PROXY towards servers; a port for TLS from the start towards clients that wait for a greeting
# source: contrib/sendmail/src/srvrsmtp.c (freebsd/freebsd-src); smtpd.c and postscreen_smtpd.c of Postfix; connection.js of Haraka; itecnotes.com `SMTP errors with iOS devices`
# saw: phones whose set-up probes got their address on a block list; clients that hang for 30 to 300 s on a port that waits for TLS
# observed: Postfix 3.7 as the receiver ends the session behind a request of HTTP, and the mail stays in the queue
# expect: a client that hears nothing gives up after five minutes; a server refuses what is no SMTP and is not made to relay it
# clause: RFC 5321 section 4.5.3.2.1 (five minutes for the greeting), section 4.2.4 (500 to what is not known); RFC 8314 section 3.3 (TLS from the start)
# Haraka's `501 SSL attempted over a non-SSL socket` is not here: a session that begins with TLS is passed on unread.

# variant: sendmail a first command of HTTP or the like hears 421 and the connection ends
to server  command UNKNOWN  unsaid=HELO unsaid=EHLO matches=/^(?i)(?:GET|POST|CONNECT|USER)\b/  answer  reply="421 4.7.0 {host} Rejecting open proxy {client.ip}" then=finish

# variant: postfix the same words at any time hear 221
to server  command UNKNOWN  matches=/^(?i)(?:GET|POST|CONNECT)\b|^[^A-Za-z]/  answer  reply="221 2.7.0 Error: I can break rules, too. Goodbye." then=finish

# variant: postscreen likewise 521
to server  command UNKNOWN  matches=/^(?i)(?:GET|POST|CONNECT)\b|^[^A-Za-z]/  answer  reply="521 5.7.0 Error: I can break rules, too. Goodbye." then=finish

# variant: communigate each line that is no command hears 501 after two seconds
to server  command UNKNOWN  delay   time=2s
to server  command UNKNOWN  answer  reply="501 Unknown command"

# variant: send-http for testing servers: a request of HTTP comes first
to server  connect  insert  line="GET / HTTP/1.1\r\nHost: {server.ip}\r\n\r\n"

# variant: send-proxy for testing servers: a PROXY line that nobody agreed on comes first
to server  connect  insert  line="PROXY TCP4 {client.ip} {server.ip} {client.port} {server.port}"

# variant: no-greeting the greeting is withheld, as on a port that waits for TLS
to client  greeting  stall
