/* script_maker: see script_maker.h. */
#include "script_maker.h"

/* Bits of dialogue that lead everywhere: into bodies, chunks, AUTH, forks and out again. */
static const char *const client_bits[] = {
    "EHLO me.test\r\n",
    "HELO me\n",
    "LHLO me\r\n",
    "MAIL FROM:<a@b.test> SIZE=100\r\n",
    "RCPT TO:<c@d.test>\r\n",
    "RCPT TO:<\"x y\"@d.test>\r\n",
    "DATA\r\n",
    "DATA\n",
    "data\r\n",
    "Subject: x\r\n\r\ntext\r\n",
    "..stuffed\r\n",
    ".\r\n",
    "\r\n.\r\n",
    "\n.\n",
    "\n.\r\n",
    ".\n",
    "BDAT 5\r\nhello",
    "BDAT 7 LAST\r\n12345\r\n",
    "BDAT 0 LAST\r\n",
    "BDAT x\r\n",
    "RSET\r\n",
    "NOOP\r\n",
    "QUIT\r\n",
    "AUTH PLAIN AGEAYg==\r\n",
    "AUTH LOGIN\r\n",
    "dXNlcg==\r\n",
    "*\r\n",
    "XCLIENT NAME=x\r\n",
    "ETRN x\r\n",
    "\r\n",
    "\r",
    "\n",
    ".",
    "M",
    "GET / HTTP/1.1\r\n",
    "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n",
};
static const char *const server_bits[] = {
    "220 mx.test ESMTP\r\n",
    "220-wait\r\n220 mx\r\n",
    "250 ok\r\n",
    "250\r\n",
    "250-mx\r\n",
    "250-PIPELINING\r\n250 CHUNKING\r\n",
    "354 go\r\n",
    "354 go\n",
    "334 VXNlcjo=\r\n",
    "235 in\r\n",
    "421 bye\r\n",
    "451 later\r\n",
    "550 no\r\n",
    "554 5.7.1 no\r\n",
    "221 bye\r\n",
    "\r\n",
    "nonsense\r\n",
    "25",
    "0 ok\r\n",
    "2",
    "999 x\r\n",
    "250-a\r\n550 b\r\n",
};

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void add_garbage(struct text *script, struct prng *prng)
{
    static const char favourites[] = "\r\n. \0-2540AB";
    for (uint64_t n = prng_between(prng, 1, 60); n > 0; n--) {
        uint64_t pick = prng_next(prng) % 24;
        text_add_byte(script, pick < sizeof favourites - 1 ? (uint8_t)favourites[pick]
                                                           : (uint8_t)prng_next(prng));
    }
}

static void add_long_line(struct text *script, struct prng *prng)
{
    for (uint64_t n = prng_between(prng, 100, 9000); n > 0; n--)
        text_add_byte(script, prng_chance(prng, 1, 500) ? '\r' : 'x');
    text_add(script, prng_chance(prng, 1, 2) ? SPAN("\r\n") : SPAN("\n"));
}

void script_make(struct text *script, enum side side, struct prng *prng)
{
    for (uint64_t n = prng_between(prng, 0, 40); n > 0; n--) {
        uint64_t pick = prng_next(prng);
        if (pick % 16 == 0)
            add_garbage(script, prng);
        else if (pick % 40 == 1)
            add_long_line(script, prng);
        else if (side == CLIENT)
            text_add(script, span_of(client_bits[(pick >> 8) % COUNT(client_bits)]));
        else
            text_add(script, span_of(server_bits[(pick >> 8) % COUNT(server_bits)]));
    }
}
