# group: middleboxes
# title: A transparent proxy that gets rid of the server and plays it to the end
# imitates: smtp-gated, the transparent NAT proxy that providers put before their customers
# source: vpithart/smtp-gated: src/smtp-gated.c, lang/lang-en.h, configure.in (CONN_REJ_CODE 554)
# source: it says enhanced codes only where the server offers ENHANCEDSTATUSCODES: variant `plain` is without; what BDAT hears behind 502 is chosen here
# saw: replies from a name that is not the server's; at the server `lost connection after DATA`
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 return infected mail to its author, and the server gets nothing
# expect: a client returns mail that heard 550 to its dot, and takes 451 to the next MAIL for what it is: later, on another connection
# expect: a server delivers nothing of a mail whose end has not come
# clause: RFC 5321 section 4.2.1 (5yz is permanent), section 4.1.1.4 (no mail without its end), section 4.1.1.1 (keywords that nobody knows)

# Keywords that it will not have lose their fourth letter, and BDAT is not known.
to client  reply 250 after EHLO  rewrite  match=/(?<=[- ]CHU)N(?=KING)|(?<=[- ]BIN)A(?=RYMIME)|(?<=[- ]XEX)C(?=H50)/ with="*"

# variant: takeover a virus (EICAR) is refused, the server's leg ends without a dot, and the proxy plays the server
to server  command BDAT  parted=no  answer  reply="502 5.5.1 {host} Command not implemented"
to server  body-end  contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE/  answer  reply="550 5.7.1 {host} Malware found (Eicar-Test-Signature)"
to client  idle 5m            parted=yes  finish
to client  idle 5m            parted=yes  insert  line="421 4.4.2 {host} SMTP session timeout"
to server  command            parted=yes after 10  answer  reply="554 5.5.0 {host} Transaction failed" then=finish
to server  command NOOP,RSET  parted=yes  answer  reply="250 2.0.0 OK"
to server  command HELO,EHLO  parted=yes  answer  reply="250 {host} SMTP Proxy, hello"
to server  command MAIL       parted=yes  answer  reply="451 4.3.2 {host} Malware found (Eicar-Test-Signature)"
to server  command RCPT,DATA  parted=yes  answer  reply="503 5.5.1 {host} Protocol error"
to server  command QUIT       parted=yes  answer  reply="221 2.0.0 {host} Signing off." then=finish
to server  command            parted=yes  answer  reply="502 5.5.1 {host} Command not implemented"

# variant: plain the same without enhanced codes
to server  command BDAT  parted=no  answer  reply="502 {host} Command not implemented"
to server  body-end  contains=/EICAR-STANDARD-ANTIVIRUS-TEST-FILE/  answer  reply="550 {host} Malware found (Eicar-Test-Signature)"
to client  idle 5m            parted=yes  finish
to client  idle 5m            parted=yes  insert  line="421 {host} SMTP session timeout"
to server  command            parted=yes after 10  answer  reply="554 {host} Transaction failed" then=finish
to server  command NOOP,RSET  parted=yes  answer  reply="250 OK"
to server  command HELO,EHLO  parted=yes  answer  reply="250 {host} SMTP Proxy, hello"
to server  command MAIL       parted=yes  answer  reply="451 {host} Malware found (Eicar-Test-Signature)"
to server  command RCPT,DATA  parted=yes  answer  reply="503 {host} Protocol error"
to server  command QUIT       parted=yes  answer  reply="221 {host} Signing off." then=finish
to server  command            parted=yes  answer  reply="502 {host} Command not implemented"

# variant: banned a client that has sent a virus before hears 451 in place of the greeting
to client  connect  answer  reply="451 4.4.0 {host} You have been banned because of sending virus or SPAM" then=finish

# variant: early-talker who speaks before the greeting hears 554, ended by LF alone
to client  greeting  early=yes  finish    after=512
to client  greeting  early=yes  greeting  text="554 {host} Next time wait for MTA greeting\n"
