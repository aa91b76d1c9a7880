# group: gateways
# title: A gateway that takes the mail, and delivers another one under the same header
# imitates: Juniper Junos UTM antivirus; Fortinet FortiOS without splice (infected, fragmented and oversize mail); WatchGuard Fireware SMTP-proxy (lock, remove); Exchange attachment filter agent (strip)
# source: juniper.net JUNOS 10.2 security configuration guide, "Understanding SMTP Antivirus Scanning"; kb.fortinet.com 10307; FortiGate-4000 guide p. 285; texts of FortiGate and WatchGuard, and all of Exchange, from general knowledge
# saw: broken DKIM and MIME, another size, and a successful delivery of a message that nobody wrote
# observed: Postfix 3.7 is done, and the recipient reads the notice; Exim 4.96 sends by BDAT, and the virus is delivered; what a MIME parser makes of each notice is in tests/e2e/test_content_real.py
# expect: a receiver that verifies signatures finds the body altered; it has no other way to know
# expect: a sender hears 250 and is done
# clause: RFC 5321 section 6.4 (a relay does not change what it passes on); RFC 6376 section 3.7 (the body hash); RFC 3030 (BDAT)

# variant: junos the body is replaced, and told to be of plain text
# The mail is collected before the server hears DATA. What comes by BDAT passes unscanned.
to server  command DATA  hold
to server  body contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  replace-body  type="text/plain" text="Your mail {client} \xe2\x80\x94 {server} contains contaminated file eicar.com with virus EICAR-Test-File, so it is dropped."

# variant: fortigate the body is replaced, and the header still promises what was there
# The mail is collected before the server hears DATA. What comes by BDAT passes unscanned.
to server  command DATA  hold
to server  body contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  replace-body  text="Dangerous Attachment has been Removed.  The file \"eicar.com\" has been removed because of a virus.  It was infected with the \"EICAR_TEST_FILE\" virus."

# variant: truncated the mail passes up to the line with the malware, a notice stands in place of the rest
to server  body contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/      drop
to server  body-end contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  footer  text="*** The rest of this message was removed: it contains a virus. ***"

# variant: fragments parts of a fragmented mail cannot be scanned, so none arrives
# The mail is collected before the server hears DATA. What comes by BDAT passes unscanned.
to server  command DATA  hold
to server  body contains=/(?i)^Content-Type:\s*message\/partial/  replace-body  type="text/plain" text="Fragmented emails are blocked."

# variant: oversize mail of more than 10 MB is replaced
# The mail is collected before the server hears DATA. What comes by BDAT passes unscanned.
to server  command DATA  hold
to server  body size>10MB  replace-body  type="text/plain" text="This email has been blocked.  The email message is larger than the configured file size limit."

# variant: watchguard the attachment is removed and the author blamed
# The mail is collected before the server hears DATA. What comes by BDAT passes unscanned.
to server  command DATA  hold
to server  body contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE|WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0ND/  replace-body  text="The WatchGuard Firebox that protects your network has detected a message that may not be safe.\r\n\r\nCause : The file type may not be safe.\r\nContent type : application/octet-stream\r\nFile name    : eicar.com\r\nVirus status : Detected"

# variant: exchange-strip each attachment is replaced by a text, the rest of the mail stays
to server  body  replace-part  match=/(?im)^Content-Disposition:\s*attachment/  text="This attachment was removed."
