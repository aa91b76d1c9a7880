# group: tls
# title: Clear text is slipped in where TLS begins
# imitates: an attacker in the path who needs no key: commands behind STARTTLS, replies behind the 220, in the same segment (CVE-2011-0411 and its kin, the NO STARTTLS attacks)
# source: postfix.org/CVE-2011-0411.html; nostarttls.secvuln.info (15 flawed implementations and 2 % of scanned servers in 2021); support.sparkpost.com starttls_injection_policy (allow, ignore, reject); Gmail's `454 4.5.0 ... no commands allowed to pipeline after STARTTLS`
# saw: a flawed server carried out the slipped-in command as if it had been said under TLS; a flawed client took the slipped-in reply for the answer to its first EHLO under TLS
# expect: a server throws away what came in clear behind STARTTLS, or refuses STARTTLS; the journal has an error `injected` when it does neither
# expect: a client throws away what came in clear behind the 220, or ends the session; it never takes it for the reply to its EHLO
# clause: RFC 3207 section 4.2 (what was said before TLS is discarded) and section 6; RFC 2920 section 3.1 (STARTTLS is the last of a group)

# It needs TLS that the proxy itself makes: --tls intercept.

# variant: command RSET stands in clear behind STARTTLS; a flawed server answers it under TLS
to server  tls  inject-plaintext  text="RSET"

# variant: mail a whole envelope stands there
to server  tls  inject-plaintext  text="EHLO inject.example\r\nMAIL FROM:<injected@sender.example>\r\nRCPT TO:<postmaster>\r\n"

# variant: reply an EHLO reply of our own stands in clear behind the 220, with AUTH PLAIN in it
to client  tls  inject-plaintext  text="250-inject.example\r\n250 AUTH PLAIN LOGIN\r\n"

# variant: refused a server that has seen something behind STARTTLS, or says so: 454 in the words of Gmail
to server  command STARTTLS  answer  reply="454 4.5.0 SMTP protocol violation, no commands allowed to pipeline after STARTTLS, see RFC 3207"

# variant: mid-mail TLS is left in the middle of a mail, and the rest comes in clear (the shape of CVE-2026-45185)
to server  body  once  inject-plaintext  text="injected in clear"
