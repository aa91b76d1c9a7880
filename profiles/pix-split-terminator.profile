# group: middleboxes
# title: A firewall that loses the final dot when TCP has cut it in two
# imitates: Cisco PIX older than 5.2(4) and 6.0(1) with `fixup protocol smtp`, bug CSCds90792
# source: Postfix FAQ on the PIX; HISTORY of Postfix 20010529, 20011107 to 14, 20061005; smtp_pix_workarounds in postconf(5); Microsoft KB 295725, which says any cut within CRLF . CRLF
# saw: `timed out while sending end of data -- message may be sent more than once`, `lost connection after DATA`; the same message over and over at a constant interval; the next day it goes through, cut elsewhere
# observed: the work-around of Postfix 3.7 delivers, and is itself what fails where all five bytes have to come together
# expect: a sender waits ten minutes for the reply to the dot, then tries again later; it may send the dot and its CRLF in one segment of their own, as Postfix does after a delay
# expect: a server reads bytes, not segments: wherever the end of mail is cut, it ends the mail once
# clause: RFC 5321 section 4.1.1.4 (the end of mail), section 4.5.3.2.6 (ten minutes); RFC 9293 section 3.8 (TCP has no record marks)
# What one read of the socket finds is a segment here; docs/rules.md says how that differs from the wire.

# Mail that comes by BDAT has no dot.
to client  reply 250 after EHLO  ehlo  remove=CHUNKING,BINARYMIME

# variant: dot the three bytes dot CR LF must be in one segment, else they never arrive
to server  body-end  split=yes  drop

# variant: strict5 as Microsoft has it: all five bytes CR LF dot CR LF must be in one segment
to server  body-end  split=end  drop

# For testing servers and what stands before them: the end of mail is cut at each of its inner places, two seconds apart.

# variant: cut-1 CR, then LF dot CR LF
to server  body-end  slice  after=1 gap=2s

# variant: cut-2 CR LF, then dot CR LF
to server  body-end  slice  after=2 gap=2s

# variant: cut-3 CR LF dot, then CR LF
to server  body-end  slice  after=3 gap=2s

# variant: cut-4 CR LF dot CR, then LF
to server  body-end  slice  after=4 gap=2s
