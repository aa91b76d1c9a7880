# group: senders
# title: QUIT that is lost, and QUIT that is never answered
# imitates: OpenSMTPD (which closed before the 221), servers and shields that mind how a client leaves; it exposes clients that wait for a 221, and servers that need a QUIT
# source: nodemailer/nodemailer issues 1292 and 1716 (it closes behind the final 250 by design; `Client socket is disconnected!`, and the client punished for it); qeeebo.com on .NET's SmtpClient, which says QUIT when it is disposed of
# source: a server that keeps the mail only once QUIT has come (general knowledge) is not imitated: who closes without QUIT is written down
# saw: a client that hangs in QUIT for ever; a mail sent twice because the program took the missing 221 for a failure
# observed: Postfix 3.7 is done although QUIT is lost or not answered; Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 all say it
# expect: a mail whose 250 was heard is delivered, whatever becomes of QUIT; a client waits for the 221 but not for ever, and does not close before it said QUIT
# expect: a server that has said 250 keeps the mail although no QUIT comes
# clause: RFC 5321 section 4.1.1.10 (QUIT, and its reply), section 3.8, section 6.1 (250 is the receipt)

# variant: lost the server never hears QUIT and the client never hears a reply
to server  command QUIT  drop

# variant: closed the server's end comes in place of the 221
to client  reply after QUIT  drop

# variant: watch nothing is done; who ends the connection without QUIT is written down
to server  close  unsaid=QUIT  note
