# group: middleboxes
# title: A firewall that takes extensions away and refuses to be pipelined at
# imitates: SMTP ALG of Clavister, D-Link NetDefend (DFL) and Amer Networks firewalls
# source: D-Link DFL log reference, ids 00200153, 00200155, 00200181 and 00200184 to 00200190 (easymanua.ls, manualshive.com): `Removed capability <capa> from EHLO response`, `Received pipelined request` (reject)
# source: which capabilities go and what a refused client hears is not published: PIPELINING, CHUNKING, BINARYMIME and STARTTLS, and 503, are chosen here
# saw: clients that pipeline without having looked at EHLO, and servers with odd replies, break only behind this box
# observed: Postfix 3.7, Exim 4.96 and OpenSMTPD 6.8 look at EHLO, do not pipeline, and deliver
# expect: a client pipelines only where PIPELINING is offered, says commands in their order, and takes 503 for a refusal of the command it answers
# clause: RFC 2920 section 3.1 (pipelining is offered), RFC 5321 section 4.1.4 (order of commands), section 4.3.2 (503)
to client  reply 250 after EHLO  ehlo    remove=PIPELINING,CHUNKING,BINARYMIME,STARTTLS
to server  command  matches=/^\s*$/  drop
to server  command  joined=yes       answer  reply="503 5.5.1 Pipelined request"

# variant: sequences what comes out of order is refused too, and a reply that is none ends the session
to server  command MAIL       unsaid=EHLO unsaid=HELO  answer  reply="503 5.5.1 Bad sequence of commands"
to server  command RCPT       unsaid=MAIL              answer  reply="503 5.5.1 Bad sequence of commands"
to server  command DATA,BDAT  unsaid=RCPT              answer  reply="503 5.5.1 Bad sequence of commands"
to client  reply              matches=/^[^2-5]/        finish

# variant: pipelining only what is taken from EHLO, empty lines, and commands that share a segment
