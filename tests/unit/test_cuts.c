/* However TCP cuts the bytes, the same is heard and the same is decided: rules that do their worst
 * on random sessions give the same bytes and the same journal, whole and byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "script_maker.h"
#include "session_driver.h"

#define RUNS 400
#define TURNS 24

/* One side says something; then it is the other's turn, or not. */
struct turn {
    enum side side;
    struct text bytes;
};

static const char *const harms[] = {
    "to client reply chance 1/3 rewrite line=\"451 4.7.1 not now\"",
    "to server command RCPT chance 1/3 answer reply=\"450 4.2.0 {recipient} later\"",
    "to server command DATA chance 1/3 answer reply=\"554 5.5.1 no\" upstream=told",
    "to server command chance 1/8 repeat",
    "to server command chance 1/8 drop",
    "to server command chance 1/8 insert line=\"NOOP\" where=after",
    "to client reply chance 1/8 drop",
    "to client reply chance 1/8 delay time=1s..3s",
    "to server body chance 1/4 bare-lf",
    "to server body chance 1/9 drop",
    "to server body-end chance 1/4 answer reply=\"554 Permanent scan failure\"",
    "to server body-end chance 1/4 terminator as=\"\\n.\\r\\n\"",
    "to client close chance 1/4 delay time=2s",
    "both ways tls chance 1/4 inject-plaintext text=\"RSET\"",
    "to server body chance 1/30 inject-plaintext text=\"injected\" after=0..9B",
    "to server command STARTTLS chance 1/4 answer reply=\"220 go on\"",
    NULL,
};

static void play(struct driver *driver, const struct turn *turns, uint64_t seed, size_t cut)
{
    const struct session_options options = { .seed = seed, .tls = (enum tls_mode)(seed % 4) };
    driver_begin_with(driver, harms, &options, DRIVER_ACCEPTS);
    /* What one side says in a turn arrives before its handshake does. */
    driver->slow_handshakes = true;
    for (size_t i = 0; i < TURNS; i++) {
        struct span rest = text_span(&turns[i].bytes);
        while (rest.len > 0) {
            driver_say(driver, turns[i].side, span_take(rest, cut));
            rest = span_drop(rest, cut);
        }
        driver_shake(driver, SERVER);
        driver_shake(driver, CLIENT);
        driver_pass(driver, SECONDS(1));
    }
    driver_finish(driver, CLIENT);
    driver_pass(driver, SECONDS(1));
    driver_finish(driver, SERVER);
    driver_pass(driver, MINUTES(5));
}

/* Shows the first lines that differ; cmocka's own messages are too short for a journal. */
static void compare(struct text *whole, struct text *cut, uint64_t seed, const char *what)
{
    struct span a = text_span(whole);
    struct span b = text_span(cut);
    if (span_equal(a, b))
        return;
    fprintf(stderr, "seed %llu: %s differs\n", (unsigned long long)seed, what);
    while (a.len > 0 || b.len > 0) {
        struct cut x = span_cut(a, '\n');
        struct cut y = span_cut(b, '\n');
        bool same = span_equal(x.before, y.before);
        fprintf(stderr, "%s %.*s\n", same ? " " : "-", (int)x.before.len, x.before.ptr);
        if (!same)
            fail_msg("+ %.*s", (int)y.before.len, y.before.ptr);
        a = x.after;
        b = y.after;
    }
}

static void one_seed(uint64_t seed)
{
    struct turn turns[TURNS] = { 0 };
    struct prng prng = prng_at(seed, 1, 0, 0, 0);
    for (size_t i = 0; i < TURNS; i++) {
        turns[i].side = prng_chance(&prng, 1, 2) ? CLIENT : SERVER;
        turns[i].bytes.max = 3000;
        script_make(&turns[i].bytes, turns[i].side, &prng);
    }
    struct driver whole;
    struct driver cut;
    play(&whole, turns, seed, SIZE_MAX);
    play(&cut, turns, seed, 1 + seed % 3);
    compare(&whole.log, &cut.log, seed, "the journal");
    compare(&whole.heard[SERVER].bytes, &cut.heard[SERVER].bytes, seed, "what the server heard");
    compare(&whole.heard[CLIENT].bytes, &cut.heard[CLIENT].bytes, seed, "what the client heard");
    driver_end(&whole);
    driver_end(&cut);
    for (size_t i = 0; i < TURNS; i++)
        text_deinit(&turns[i].bytes);
}

static void cuts_change_nothing(void **state)
{
    (void)state;
    const char *seeds = getenv("SMTPCHAOS_SEEDS");
    const char *seed = getenv("SMTPCHAOS_SEED");
    uint64_t first = seed ? strtoull(seed, NULL, 0) : 0;
    uint64_t runs = seeds ? strtoull(seeds, NULL, 0) : RUNS;
    for (uint64_t i = first; i < (seed ? first + 1 : runs); i++)
        one_seed(i);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(cuts_change_nothing) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
