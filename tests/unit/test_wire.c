/* Without rules the session is a wire: whatever is said, valid, broken or pure garbage, in whatever
 * cuts, both directions at once, with ends and resets, is heard byte for byte and at once. With
 * rules that never fire it is a wire too, except that unfinished lines may wait for their end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/prng.h"
#include "script_maker.h"
#include "session_driver.h"

#define RUNS_DEFAULT 4000

/* Shows what is around the first difference. */
static void show_difference(struct driver *driver, enum side side, struct span said,
                            struct span heard)
{
    size_t at = 0;
    while (at < said.len && at < heard.len && said.ptr[at] == heard.ptr[at])
        at++;
    size_t from = at > 40 ? at - 40 : 0;
    struct text shown = { 0 };
    text_addf(&shown, "side %d from byte %zu\nsaid:  ", side, from);
    text_add_escaped(&shown, span_take(span_drop(said, from), 120));
    text_addf(&shown, "\nheard: ");
    text_add_escaped(&shown, span_take(span_drop(heard, from), 120));
    fprintf(stderr, "%s\njournal:\n%s", text_string(&shown), text_string(&driver->log));
    fail();
}

static void expect_heard(struct driver *driver, enum side side, struct span said)
{
    struct span heard = text_span(&driver->heard[side].bytes);
    if (!span_equal(heard, said))
        show_difference(driver, side, said, heard);
}

struct run {
    struct driver driver;
    struct prng prng;
    struct text said[2]; /* by enum side */
    size_t at[2];
    bool prompt; /* everything said is heard at once */
};

static void say_some(struct run *run, enum side side)
{
    struct span left = span_drop(text_span(&run->said[side]), run->at[side]);
    size_t most = prng_chance(&run->prng, 1, 3) ? 3 : 4000;
    struct span part = span_take(left, prng_between(&run->prng, 1, most));
    driver_say(&run->driver, side, part);
    run->at[side] += part.len;
    if (run->prompt)
        expect_heard(&run->driver, side == CLIENT ? SERVER : CLIENT,
                     span_take(text_span(&run->said[side]), run->at[side]));
}

static bool has_more(const struct run *run, enum side side)
{
    return run->at[side] < run->said[side].len;
}

static void say_all(struct run *run)
{
    while (has_more(run, CLIENT) || has_more(run, SERVER)) {
        enum side side = prng_chance(&run->prng, 1, 2) ? CLIENT : SERVER;
        if (has_more(run, side))
            say_some(run, side);
    }
}

/* Both end in order, one after the other: each end is heard, after all bytes. */
static void finish_both(struct run *run)
{
    enum side first = prng_chance(&run->prng, 1, 2) ? CLIENT : SERVER;
    enum side second = first == CLIENT ? SERVER : CLIENT;
    driver_finish(&run->driver, first);
    if (run->prompt) {
        assert_true(run->driver.heard[second].finished);
        assert_false(run->driver.heard[first].finished);
    }
    driver_finish(&run->driver, second);
    assert_true(run->driver.heard[CLIENT].finished && run->driver.heard[SERVER].finished);
    assert_false(run->driver.heard[CLIENT].torn || run->driver.heard[SERVER].torn);
    expect_heard(&run->driver, SERVER, text_span(&run->said[CLIENT]));
    expect_heard(&run->driver, CLIENT, text_span(&run->said[SERVER]));
}

static void tear_one(struct run *run)
{
    enum side torn = prng_chance(&run->prng, 1, 2) ? CLIENT : SERVER;
    driver_tear(&run->driver, torn);
    assert_true(run->driver.heard[torn == CLIENT ? SERVER : CLIENT].torn);
}

static void one_run(uint64_t seed, const char *const *rules)
{
    struct run run = { .prompt = rules == NULL };
    run.prng = prng_at(seed, 0, 0, 0, 0);
    driver_begin(&run.driver, rules, seed);
    script_make(&run.said[CLIENT], CLIENT, &run.prng);
    script_make(&run.said[SERVER], SERVER, &run.prng);
    say_all(&run);
    if (run.prompt && prng_chance(&run.prng, 1, 4))
        tear_one(&run);
    else
        finish_both(&run);
    assert_true(session_is_over(run.driver.session));
    assert_int_equal(session_held(run.driver.session), 0);
    text_deinit(&run.said[CLIENT]);
    text_deinit(&run.said[SERVER]);
    driver_end(&run.driver);
}

/* SMTPCHAOS_SEEDS makes a longer campaign of it, SMTPCHAOS_SEED tries one again. */
static void many_runs(const char *const *rules)
{
    const char *seeds = getenv("SMTPCHAOS_SEEDS");
    const char *seed = getenv("SMTPCHAOS_SEED");
    uint64_t runs = seeds ? strtoull(seeds, NULL, 0) : RUNS_DEFAULT;
    uint64_t first = seed ? strtoull(seed, NULL, 0) : 0;
    for (uint64_t i = first; i < (seed ? first + 1 : runs); i++) {
        if (seed || getenv("SMTPCHAOS_SAY"))
            print_message("seed %llu\n", (unsigned long long)i);
        one_run(i, rules);
    }
}

static void without_rules_it_is_a_wire(void **state)
{
    (void)state;
    many_runs(NULL);
}

static void with_rules_that_never_fire_nothing_is_changed_or_lost(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "to server command RCPT recipient=nobody@nowhere.test answer reply=\"550 no\"",
        "to server body sender=nobody@nowhere.test strip-cr",
        "to server body-end sender=nobody@nowhere.test terminator as=\"\\n.\\r\\n\"",
        "to client reply 250 sender=nobody@nowhere.test delay time=5s",
        "to client greeting helo=never greeting text=\"x\"",
        "to client close sender=nobody@nowhere.test reset",
        NULL,
    };
    many_runs(rules);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_rules_it_is_a_wire),
        cmocka_unit_test(with_rules_that_never_fire_nothing_is_changed_or_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
