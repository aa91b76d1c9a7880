# group: middleboxes
# title: A firewall that stars the greeting
# imitates: Cisco PIX `fixup protocol smtp` (MailGuard), on by default; `mailhost` in 4.0 and 4.1
# source: Microsoft KB 320027 and KB 295725; Postfix FAQ on the PIX; smtp_proto.c of Postfix (a greeting of only 2, 0, blank, star and tab is a PIX)
# saw: the word ESMTP is gone, so senders that look for it fall back to HELO; Postfix switches its PIX workarounds on
# observed: Exim 4.96, OpenSMTPD 6.8 and Sendmail 8.17 deliver; Postfix 3.7 recognises the firewall and sends the dot by itself
# expect: a client goes by the code and says EHLO
# clause: RFC 5321 section 3.1 (the greeting), section 3.2 (clients start with EHLO), section 4.2 (the text is for people)

# variant: pix51 PIX 5.1 and later: all but 2, 0, and a blank behind a 0 becomes a star
to client  greeting  mask  char=* keep="20" keep-pairs="0 "

# variant: pix44 PIX 4.4: all text becomes stars
to client  greeting  mask  char=*

# variant: cmap older images, word for word; here the length is not kept
to client  greeting  greeting  text="220 SMTP/cmap_____________________________________read"
