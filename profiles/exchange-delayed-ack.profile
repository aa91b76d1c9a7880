# group: timing
# title: The reply to a mail waits until the next server has it too
# imitates: Exchange 2010 and later, shadow redundancy, MaxAcknowledgementDelay 30 s
# source: Exchange's protocol logs (`Tarpit for '0.00:00:09.675' due to 'DelayedAck',Delivered`); butsch.ch 2013-10-10; cloudntech.com 2014-05-09; exchangegloves.blogspot.com 2012-11
# saw: .NET SmtpException `The operation has timed out` for a message that was delivered; the same message sent twice
# observed: Postfix 3.7 with a timer of two seconds delivers twice
# expect: a client waits ten minutes for the reply behind the mail
# clause: RFC 5321 section 4.5.3.2.6 (ten minutes), section 6.1 (whoever said 250 is responsible); RFC 1047

# variant: up-to-30s from no time to thirty seconds, drawn for each message
to client  reply 250 after DATA  delay  time=0s..30s

# variant: 30s thirty seconds, when the next server does not confirm
to client  reply 250 after DATA  delay  time=30s

# variant: 101s one second more than .NET's SmtpClient waits
to client  reply 250 after DATA  delay  time=101s
