# group: gateways
# title: Appliances that refuse a sender for its reputation, its rate or its manners
# imitates: Cisco IronPort ESA (greeting, unknown commands), Trend Micro ERS, Barracuda before and since firmware 3.5.12.010, FortiMail
# source: archived Postfix logs that quote iphmx.com; cisco.com TAC 214630; success.trendmicro.com 1097055; campus.barracuda.com KB 50160000000He2o; fortinetguru.com 2016/04
# saw: Postfix `refused to talk to me: 554-...`; behind a 5xx greeting many senders try the next MX and keep the mail (smtp_skip_5xx_greeting=yes), others bounce
# observed: Postfix 3.7 keeps the mail behind 554 for a greeting, and returns it behind 550
# expect: a sender that hears 554 as greeting says QUIT, and tries another MX or later
# expect: a sender that hears 421 finds its connection ended and tries again later
# clause: RFC 5321 section 3.1 (554 as greeting), section 3.8 (421), section 4.2.1

# variant: ironport 554 in two lines in place of the greeting, then the connection ends
to client  connect  answer  reply="554-esa10.dsv.c3s2.iphmx.com\r\n554 Your access to this mail system has been rejected due to the sending MTA's poor reputation. If you believe that this failure is in error, please contact the intended recipient via alternate means." then=finish

# variant: esa-commands five unknown commands are one too many, VRFY never says no
to server  command UNKNOWN  after 5  answer  reply="421 Exceeded bad SMTP command limit, disconnecting." then=finish
to server  command UNKNOWN           answer  reply="500 #5.5.1 command not recognized"
to server  command VRFY              answer  reply="252 Cannot VRFY user"

# variant: trend 550 for each recipient, with a page to look the address up
to server  command RCPT  answer  reply="550 Service unavailable; Client host [{client.ip}] blocked using Trend Micro RBL+. Please see http://www.mail-abuse.com/cgi-bin/lookup?ip_address={client.ip}"

# variant: trend-dynamic 450 for addresses on the dynamic list
to server  command RCPT  answer  reply="450 Service temporarily unavailable; Client host [{client.ip}] blocked using Trend Micro Email Reputation database. Please see http://www.mail-abuse.com/cgi-bin/lookup?ip_address={client.ip}"

# variant: barracuda 421 for more than 50 connections in half an hour
to server  connect  throttle  max=50 time=30m key=client reply="421 4.7.0 Rate limited" then=finish

# variant: barracuda-old 5xx at twice the threshold, as before 3.5.12.010
to server  connect  throttle  max=100 time=30m key=client reply="550 5.7.0 Rate limit exceeded" then=finish

# variant: fortimail 451 for MAIL
to server  command MAIL  answer  reply="451 Try again later"
