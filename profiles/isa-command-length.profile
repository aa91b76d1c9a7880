# group: middleboxes
# title: A filter with a length for each verb, that closes the connection beyond it
# imitates: Microsoft ISA Server 2000 to 2006 and TMG, SMTP application filter; event 240
# source: Microsoft KB 312213 and technet cc713320 (lengths with CR LF: NOOP 6, RCPT TO 266, MAIL FROM 266 and 1024 more for AUTH=); fouad-mcse.blogspot.com, March 2008
# source: Microsoft's pages disagree on verbs that are not defined; both readings are variants. Only lengths that are published are imitated
# saw: `421 5.5.2 Syntax error (command line too long)` in Exchange's log; Exchange 5.0, which probes with `NOOP x`, cut off
# expect: a client whose connection ends without a reply tries again later and does not take silence for acceptance
# expect: the limits of RFC 5321 are larger: 512 bytes for a command line, more with extensions
# clause: RFC 5321 section 4.5.3.1.4 (512 octets), section 4.1.1.9 (NOOP may have an argument), section 3.8 (closing without 421)
to server  command NOOP  length>6     finish
to server  command RCPT  length>266   finish
to server  command MAIL  length>1290  finish

# variant: lengths what is longer than its verb allows ends the connection without a reply; other verbs pass

# variant: disabled-verb verbs that are defined but disabled end the connection too
to server  command VRFY,EXPN,TURN  finish

# variant: undefined-denied verbs that are not defined end the connection too
to server  command UNKNOWN  finish
