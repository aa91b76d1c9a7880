/* fuzz_starttls: what both sides put in behind the words for TLS, in clear. However much it is and
 * however it is cut, none of it is heard: behind the handshakes both hear exactly what was said
 * within TLS (RFC 3207 section 4.2).
 *
 * Input: a byte of flags (1 rules are loaded, 2 the client's comes in a segment of its own, 4 so
 * does the server's), one of the size that is read at once, one of the client's length, the
 * client's bytes, the server's bytes. */
#include "base/check.h"
#include "harness/duplex.h"
#include "harness/entry.h"
#include "play/rule_choice.h"

#define INPUT_MAX 4096

enum { HAS_RULES = 1, CLIENT_APART = 2, SERVER_APART = 4 };

#define GREETING "220 mx.test\r\n"
#define OFFER "250-mx.test\r\n250 STARTTLS\r\n"
#define GRANT "220 go\r\n"

static struct pool pool;

static void say(struct duplex *duplex, enum side side, struct span bytes)
{
    const struct script_step step = { .operation = SCRIPT_SAY, .side = side, .bytes = bytes };
    if (!duplex_is_over(duplex))
        duplex_step(duplex, &step);
}

static void say_and_inject(struct duplex *duplex, enum side side, struct span word,
                           struct span injected, bool apart)
{
    struct text both = { 0 };
    text_add(&both, word);
    if (!apart)
        text_add(&both, injected);
    say(duplex, side, text_span(&both));
    /* What comes behind the handshake is no longer in clear. */
    if (apart && !duplex->peers[side].secure)
        say(duplex, side, injected);
    text_deinit(&both);
}

static struct span heard(const struct duplex *duplex, enum side side)
{
    return text_span(&duplex->peers[side].heard);
}

static void check_heard(const struct duplex *duplex, struct span client, struct span server)
{
    check(span_equal(heard(duplex, CLIENT), client));
    check(span_equal(heard(duplex, SERVER), server));
}

static void converse(struct duplex *duplex, uint8_t flags, struct span client, struct span server)
{
    say(duplex, SERVER, SPAN(GREETING));
    say(duplex, CLIENT, SPAN("EHLO c.test\r\n"));
    say(duplex, SERVER, SPAN(OFFER));
    say_and_inject(duplex, CLIENT, SPAN("STARTTLS\r\n"), client, flags & CLIENT_APART);
    say_and_inject(duplex, SERVER, SPAN(GRANT), server, flags & SERVER_APART);
    check(duplex->peers[CLIENT].secure && duplex->peers[SERVER].secure);
    check_heard(duplex, SPAN(GREETING OFFER GRANT), SPAN("EHLO c.test\r\nSTARTTLS\r\n"));
    say(duplex, CLIENT, SPAN("NOOP within\r\n"));
    say(duplex, SERVER, SPAN("250 within\r\n"));
    check_heard(duplex, SPAN(GREETING OFFER GRANT "250 within\r\n"),
                SPAN("EHLO c.test\r\nSTARTTLS\r\nNOOP within\r\n"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct duplex duplex;
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    uint8_t flags = script_byte(&input);
    size_t cut = script_byte(&input) + (size_t)1;
    size_t client = script_byte(&input);
    const uint8_t choice[] = { flags & HAS_RULES ? 1 : 0 };
    struct span chosen = span_make(choice, sizeof choice);
    struct rule_set *rules = rule_choice_take(&chosen);
    duplex_begin(&duplex, &pool, rules, SCRIPT_INTERCEPTS, cut);
    converse(&duplex, flags, span_take(input, client), span_drop(input, client));
    duplex_end(&duplex);
    duplex_deinit(&duplex);
    rule_choice_give_back(rules);
    return 0;
}
