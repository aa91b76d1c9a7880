# group: tls
# title: TLS is granted, and does not come about
# imitates: servers whose TLS is broken, old or out of date; devices that take TLS for an attack; peers under stress
# source: postconf.proto and STRESS_README of Postfix (client and server wait 300 s for a handshake, a server under stress 10 s); module Microsoft of sisimai (5.7.322 certificate-expired, 4.7.325 certificate-host-mismatch, 4.4.317 STARTTLS is required); certificates that administrators let expire
# saw: each attempt costs minutes; senders that use TLS where they can either come back in clear or never
# expect: a client gives up within its timeout, says why, and tries again later; without TLS only when it may
# expect: a client that verifies refuses the certificate before it says AUTH or MAIL; one that does not verify says so in its log
# clause: RFC 8446 section 6.2 (alerts), section 4.1.3 and 4.2.1 (versions); RFC 3207 section 4.1; RFC 7817 section 3 (names); RFC 8996 (TLS 1.0 and 1.1 are given up); RFC 5321 section 4.5.3.2 (timeouts)

# It needs TLS that the proxy itself makes: --tls intercept or client, or a listener with smtps:.

# variant: stall no ServerHello, for good
to client  tls  tls  stall=hello

# variant: stall-within the handshake stops in the middle
to client  tls  tls  stall=within

# variant: cut the connection ends behind the ClientHello
to client  tls  tls  cut=hello

# variant: reset it is torn there
to client  tls  tls  reset=hello

# variant: cut-within it ends behind the ServerHello
to client  tls  tls  cut=within

# variant: plain a line of SMTP in place of the ServerHello
to client  tls  tls  plain="454 4.7.0 TLS not available due to local problem"

# variant: garbage bytes that are no TLS in place of the ServerHello
to client  tls  tls  garbage="\x15\x00\xff\xff\x00\x01 no TLS\r\n"

# variant: alert handshake_failure in place of the ServerHello
to client  tls  tls  alert=handshake_failure

# variant: alert-version protocol_version (70) in place of the ServerHello, as a peer says it that speaks older or newer TLS only
to client  tls  tls  alert=protocol_version

# variant: old nothing newer than TLS 1.0
to client  tls  tls  highest=1.0

# variant: new nothing older than TLS 1.3
to client  tls  tls  lowest=1.3

# variant: tls12 nothing newer than TLS 1.2, in small records, without tickets
to client  tls  tls  highest=1.2 fragment=64B tickets=no

# variant: expired the certificate ended yesterday
to client  tls  certificate  kind=expired

# variant: not-yet-valid the certificate begins tomorrow
to client  tls  certificate  kind=not-yet-valid

# variant: wrong-name the certificate is for another host
to client  tls  certificate  kind=wrong-name

# variant: self-signed the certificate has no authority
to client  tls  certificate  kind=self-signed

# variant: untrusted the certificate is signed by an authority that nobody knows
to client  tls  certificate  kind=untrusted

# variant: weak the certificate has a key and a digest that were given up long ago
to client  tls  certificate  kind=weak

# variant: missing-intermediate the chain lacks the certificate that leads to the authority
to client  tls  certificate  kind=missing-intermediate

# variant: server the server's side fails: an alert to the server, and the client hears 454
to server  tls  tls  alert=handshake_failure at=within
