# group: tls
# title: TLS ends without the word that ends it
# imitates: mail servers and libraries that close the socket and leave TLS to find out
# source: matteocorti/check_ssl_cert pull 503, openssl/openssl 17004, goauthentik/authentik 12242, postalserver/postal 3604 (OpenSSL 3: `unexpected eof while reading`, 0A000126; rustls: `peer closed connection without sending TLS close_notify`)
# saw: sessions flagged as failed whose mail had been taken; check tools that needed a switch; servers that logged every departing client as a crash
# expect: behind QUIT a peer takes the end for an end, with or without close_notify; a client whose final 250 was cut off by it takes the mail for unsent
# clause: RFC 8446 section 6.1 (close_notify before the write side closes); RFC 5321 section 3.8 (QUIT), section 4.1.1.10, section 6.1 (who is responsible)

# It needs TLS that the proxy itself makes: --tls intercept or client, or a listener with smtps:.

# variant: client whoever ends the session, the client hears no close_notify
to client  tls  no-close-notify

# variant: server the server hears none
to server  tls  no-close-notify

# variant: both neither hears one
both ways  tls  no-close-notify

# variant: quit FIN in place of the 221
to client  tls                   no-close-notify
to client  reply 221 after QUIT  finish

# variant: truncated FIN in place of the final 250: it cannot be told from an attack
to client  tls                   no-close-notify
to client  reply 250 after DATA  finish

# variant: reset RST in place of the 221
to client  tls                   no-close-notify
to client  reply 221 after QUIT  reset
