# group: endings
# title: Devices and servers that a NUL byte confuses
# imitates: firewalls that drop the connection, servers that miss the end of mail behind a NUL, Exim for commands
# source: Exim doc/doc-src/FAQ.src Q0017, the chapter on retries in its specification, smtp_in.c
# saw: one certain message times out behind its dot again and again, which is why Exim takes that timer for an error of the message, not of the host
# expect: a sender holds other mail for the host not back for the sake of one message
# clause: RFC 5321 section 4.1.1.4 (control characters in mail), section 4.5.3.2.6 (ten minutes), section 4.1.2; RFC 2045 section 2.8 (no NUL in mail)

# variant: reset a NUL in the mail tears the connection
to server  body matches=/\x00/  reset

# variant: missed-end the end of mail is not seen behind a last line that ends in NUL
to server  body-end last-line=/\x00\r\n/  drop

# variant: command NUL in a command is an error
to server  command matches=/\x00/  answer  reply="501 NUL characters are not allowed in SMTP commands"

# variant: insert the mail gets a NUL at the end of its second line
to server  body  first 2 per message  nul
