# group: middleboxes
# title: A firewall that turns the server's orderly end into a torn connection
# imitates: Microsoft ISA Server 2006 and Forefront TMG 2010 with SMTP filtering, where the session uses STARTTLS, X-ANONYMOUSTLS or TLS; log entry 0x80074e24 FWX_E_CONNECTION_KILLED
# source: Microsoft KB 959312: the filter cannot see QUIT in ciphertext, so the server's FIN becomes a RST towards the client
# saw: a client library that reports failure although the message was accepted, and a duplicate when the program tries again
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 do not send mail again that was acknowledged before the reset
# expect: a sender that has heard 250 to the final dot has delivered, whatever becomes of QUIT and of the connection
# clause: RFC 5321 section 6.1 (250 is the receipt), section 4.1.1.10 (QUIT); RFC 1047

# variant: tls the server's end is torn where TLS has begun
to client  close  tls=yes  reset

# variant: any the server's end is torn in every session
to client  close  reset

# variant: before-221 the connection is torn in place of the reply to QUIT
to client  reply 221 after QUIT  reset
