# group: policy
# title: Too many sessions, too many in a while, too many messages in one
# imitates: Postfix smtpd (anvil) and postscreen, Exim, sendmail, Rackspace
# source: smtpd.c and postscreen.c of Postfix; smtp_in.c of Exim; TooManyConn.pm of sisimai; smtp.codes/rackspace
# saw: senders that come again at once and so make it worse
# observed: Postfix 3.7 keeps the mail while another session is open or the rate is too high, and delivers when the session has ended
# expect: a sender that hears 421 ends the session, opens fewer, and tries again later; mail of its other sessions is not concerned
# clause: RFC 5321 section 3.8 and section 4.2.1 (421), section 3.1 (it may stand for the greeting), section 4.5.4.1 (trying again)
# Limits are the programs' defaults where these are small; a rule of your own with another number says the same.

# variant: postfix 421 in place of the greeting for the 51st session of a client
to server  connect  limit-sessions  max=50 reply="421 4.7.0 {host} Error: too many connections from {client.ip}"

# variant: postfix-rate likewise for the 31st session of a client within a minute
to server  connect  throttle  max=30 time=1m reply="421 4.7.0 {host} Error: too many connections from {client.ip}" then=finish

# variant: postscreen-busy 421 4.3.2: no server process is free
to server  connect  limit-sessions  max=20 key=run reply="421 4.3.2 All server ports are busy"

# variant: postscreen-screening 421 4.3.2: nobody is free to look at clients
to server  connect  limit-sessions  max=20 key=run reply="421 4.3.2 All screening ports are busy"

# variant: postscreen-resources 421 4.3.2 until the load has fallen
to server  connect  back-pressure  high=20 low=5 drain=1s reply="421 4.3.2 No system resources" then=finish

# variant: exim-sessions 421 for the 21st session at a time
to server  connect  limit-sessions  max=20 key=run reply="421 {host}: Too many concurrent SMTP connections; please try again later"

# variant: exim-load 421 until the load has fallen
to server  connect  back-pressure  high=20 low=5 drain=1s reply="421 {host}: Too much load; please try again later" then=finish

# variant: exim-messages 421 for the eleventh MAIL of a session
to server  command MAIL  after 10  answer  reply="421 too many messages in this connection" then=finish

# variant: sendmail-rate 452 in place of the greeting for the 11th session of a client within a minute; the connection stays open
to server  connect  throttle  max=10 time=1m reply="452 4.3.2 Connection rate limit exceeded."

# variant: rackspace 421 for the 11th session of a client at a time
to server  connect  limit-sessions  max=10 reply="421 Too many concurrent connections from this client (G2)"

# variant: rcpt-rate 450 for RCPT, the 21st of a client within a minute
to server  command RCPT  throttle  max=20 time=1m reply="450 too many connections from your IP (rate controlled)"

# variant: tls-rate 454 for STARTTLS, the sixth of a client within a minute
to server  command STARTTLS  throttle  max=5 time=1m reply="454 4.7.0 Error: too many new TLS sessions from {client.ip}"

# variant: tls-rate-421 likewise with 421 and an end
to server  command STARTTLS  throttle  max=5 time=1m reply="421 4.7.0 {host} Error: too many new TLS sessions from {client.ip}" then=finish
