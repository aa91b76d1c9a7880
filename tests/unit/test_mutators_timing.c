/* test_mutators_timing: waits, rates and ends. They leave every byte as it is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

static void test_delay(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("untouched; delay 1s") },
        { "time=400ms", "reply after EHLO", BYTES("250-a\n250 b\n"),
          BYTES("untouched; delay 400ms") },
        { "time=5m", "greeting", BYTES("220 \0\r\n"), BYTES("untouched; delay 5m") },
        { "time=0s", "text", BYTES("\r\n"), BYTES("untouched") },
        { "time=2s", "close to client", BYTES(""), BYTES("untouched; delay 2s") },
        { "time=2s", "connect to client", BYTES(""), BYTES("untouched; delay 2s") },
        { "time=2s", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched; delay 2s") },
    };
    (void)state;
    EXPECT_CASES(mutator_delay, cases);
}

static void test_delay_is_drawn_and_noted(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    duration seen[2] = { NEVER, 0 };
    fixture_begin(&fixture, &mutator_delay, "time=200ms..900ms");
    for (int i = 0; i < 100; i++) {
        fixture_hears(&fixture, "command", SPAN("NOOP\r\n"));
        duration wait = fixture.mutation.delay;
        char text[DURATION_TEXT_SIZE];
        duration_format(wait, text);
        assert_in_range(wait, MS(200), MS(900));
        assert_true(span_starts(text_span(&fixture.mutation.drawn), SPAN("time=")));
        expect_bytes(span_drop(text_span(&fixture.mutation.drawn), 5), span_of(text), "the draw");
        seen[0] = instant_min(seen[0], wait);
        seen[1] = wait > seen[1] ? wait : seen[1];
    }
    assert_true(seen[0] < MS(300));
    assert_true(seen[1] > MS(800));
    fixture_end(&fixture);
}

static void test_progressive_delay(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    static const char *const waits[] = { "", "", "; delay 500ms", "; delay 525ms",
                                         "; delay 551250us" };
    fixture_begin(&fixture, &mutator_progressive_delay, "");
    for (size_t i = 0; i < sizeof waits / sizeof waits[0]; i++) {
        struct text expected = { 0 };
        text_addf(&expected, "untouched%s", waits[i]);
        expect_bytes(fixture_hears(&fixture, "reply after MAIL", SPAN("250 ok\r\n")),
                     text_span(&expected), waits[i]);
        text_deinit(&expected);
    }
    for (size_t i = 0; i < 200; i++)
        fixture_hears(&fixture, "reply after MAIL", SPAN("250 ok\r\n"));
    assert_int_equal(fixture.mutation.delay, MINUTES(4));
    fixture_end(&fixture);
}

static void test_progressive_delay_per_message(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_progressive_delay, "after=1 time=1s factor=2 per=message");
    for (int message = 0; message < 2; message++) {
        fixture_hears(&fixture, "command", SPAN("RCPT TO:<b@x.test>\r\n"));
        assert_int_equal(fixture.mutation.delay, 0);
        fixture_hears(&fixture, "command", SPAN("\0\n"));
        assert_int_equal(fixture.mutation.delay, SECONDS(1));
        fixture_hears(&fixture, "command", SPAN("\r\n"));
        assert_int_equal(fixture.mutation.delay, SECONDS(2));
        fixture_next_message(&fixture);
    }
    fixture_end(&fixture);
    fixture_begin(&fixture, &mutator_progressive_delay, "after=0 time=1s factor=1 per=client");
    fixture_hears(&fixture, "connect to client", SPAN(""));
    fixture_hears(&fixture, "greeting", SPAN("220 hi\r\n"));
    assert_int_equal(fixture.mutation.delay, SECONDS(1));
    fixture_end(&fixture);
}

/* OpenBSD's spamd stutters for a connection's first seconds. */
static void test_drip_for_a_while(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_drip, "gap=1s for=10s");
    fixture.mutation.began = fixture.mutation.now - SECONDS(9);
    fixture_hears(&fixture, "greeting", SPAN("220 hi\r\n"));
    assert_int_equal(fixture.mutation.pace_bytes, 1);
    assert_int_equal(fixture.mutation.pace_until, fixture.mutation.now + SECONDS(1));
    fixture.mutation.began = fixture.mutation.now - SECONDS(10);
    expect_bytes(fixture_hears(&fixture, "greeting", SPAN("220 hi\r\n")), SPAN("untouched"), "");
    fixture_end(&fixture);
}

static void test_limit(void **state)
{
    static const struct mutation_case cases[] = {
        { "max=3B", "text", BYTES("abc"), BYTES("untouched") },
        { "max=3B", "text", BYTES("abcd"), BYTES("untouched; finish after 3") },
        { "max=0B then=mute", "reply after EHLO", BYTES("250-a\n250 b\0\n"),
          BYTES("untouched; mute after 0") },
        { "max=1B then=blackhole", "command", BYTES("\r\n"),
          BYTES("untouched; blackhole after 1") },
        { "max=1B then=reset", "greeting", BYTES("220 \r\n"), BYTES("untouched; reset after 1") },
    };
    (void)state;
    EXPECT_CASES(mutator_limit, cases);
}

static void test_limit_counts_all_events(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_limit, "max=10B");
    expect_bytes(fixture_hears(&fixture, "text", SPAN("12345\n")), SPAN("untouched"), "first");
    expect_bytes(fixture_hears(&fixture, "text", SPAN("1234\n")), SPAN("untouched; finish after 4"),
                 "second");
    expect_bytes(fixture_hears(&fixture, "text", SPAN("1\n")), SPAN("untouched"), "once");
    fixture_end(&fixture);
    fixture_begin(&fixture, &mutator_limit, "max=6B per=message");
    for (int message = 0; message < 3; message++) {
        expect_bytes(fixture_hears(&fixture, "text", SPAN("12345\n")), SPAN("untouched"), "each");
        fixture_next_message(&fixture);
    }
    fixture_end(&fixture);
}

static void expect_slice(const char *said, uint64_t after, uint64_t pace, duration gap)
{
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_slice, said);
    expect_bytes(
        span_take(fixture_hears(&fixture, "reply after EHLO", SPAN("250-a\n250 b\0\r\n")), 9),
        SPAN("untouched"), said);
    assert_int_equal(fixture.mutation.slice_after, after);
    assert_int_equal(fixture.mutation.pace_bytes, pace);
    assert_int_equal(pace ? fixture.mutation.pace_gap : fixture.mutation.slice_gap, gap);
    fixture_end(&fixture);
}

static void test_slice(void **state)
{
    (void)state;
    expect_slice("size=3B", 0, 3, MS(20));
    expect_slice("after=3 gap=1s", 3, 0, SECONDS(1));
    expect_slice("at=lines gap=6s", SLICE_LINES, 0, SECONDS(6));
    expect_slice("at=nothing", 0, 0, 0);
    expect_refused(&mutator_slice, "", "say one of");
    expect_refused(&mutator_slice, "size=3B at=lines", "say one of");
}

static void test_merge(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_merge, "time=1s");
    expect_bytes(fixture_hears(&fixture, "reply after RCPT", SPAN("250 ok\n")), SPAN("untouched"),
                 "");
    assert_int_equal(fixture.mutation.gather, SECONDS(1));
    fixture_hears(&fixture, "command", SPAN("\0\r\n"));
    assert_int_equal(fixture.mutation.gather, SECONDS(1));
    fixture_end(&fixture);
}

static void test_drip(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "greeting", BYTES("220 hi\r\n"), BYTES("untouched; pace 1 every 100ms") },
        { "chunk=7 gap=1s", "reply after EHLO", BYTES("250-a\n250 b\n"),
          BYTES("untouched; pace 7 every 1s") },
        { "gap=0s", "command", BYTES("\0\r\n"), BYTES("untouched; pace 1 every 0s") },
        { "chunk=65536", "text", BYTES("\r\n"), BYTES("untouched; pace 65536 every 100ms") },
        { "", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched; pace 1 every 100ms") },
    };
    (void)state;
    EXPECT_CASES(mutator_drip, cases);
}

static void test_pace(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "text", BYTES("a\r\n"), BYTES("untouched; pace 100 every 100ms") },
        { "rate=2KB/s", "text", BYTES("a\0\n"), BYTES("untouched; pace 200 every 100ms") },
        { "rate=1B/s", "greeting", BYTES("220 hi\r\n"), BYTES("untouched; pace 1 every 1s") },
        { "rate=4B/s", "command", BYTES("\r\n"), BYTES("untouched; pace 1 every 250ms") },
        { "rate=25B/s", "reply after EHLO", BYTES("250-a\r\n250 b\r\n"),
          BYTES("untouched; pace 2 every 80ms") },
        { "rate=10GB/s", "body-end", BYTES("\r\n.\r\n"),
          BYTES("untouched; pace 1000000000 every 100ms") },
    };
    (void)state;
    EXPECT_CASES(mutator_pace, cases);
}

static void test_stall(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "reply after NOOP", BYTES("250 ok\r\n"), BYTES("untouched; delay forever") },
        { "time=forever", "text", BYTES("a\0\n"), BYTES("untouched; delay forever") },
        { "time=90s", "command", BYTES("\r\n"), BYTES("untouched; delay 90s") },
        { "", "connect to client", BYTES(""), BYTES("untouched; delay forever") },
        { "", "close", BYTES(""), BYTES("untouched; delay forever") },
    };
    (void)state;
    EXPECT_CASES(mutator_stall, cases);
}

static void test_finish(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("untouched; finish after 0") },
        { "after=3", "reply after EHLO", BYTES("250-a\n250 b\n"),
          BYTES("untouched; finish after 3") },
        { "after=9", "text", BYTES("\0\r\n"), BYTES("untouched; finish after 9") },
        { "", "close to client", BYTES(""), BYTES("untouched; finish after 0") },
    };
    (void)state;
    EXPECT_CASES(mutator_finish, cases);
}

static void test_reset(void **state)
{
    static const struct mutation_case cases[] = {
        { "after=2", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched; reset after 2") },
        { "", "close to client", BYTES(""), BYTES("untouched; reset after 0") },
        { "", "connect to client", BYTES(""), BYTES("untouched; reset after 0") },
        { "", "command", BYTES("\n"), BYTES("untouched; reset after 0") },
    };
    (void)state;
    EXPECT_CASES(mutator_reset, cases);
}

static void test_blackhole(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "text", BYTES("a\0\r\n"), BYTES("untouched; blackhole after 0") },
        { "", "reply after EHLO", BYTES("250-a\n250 b\n"), BYTES("untouched; blackhole after 0") },
        { "", "connect to client", BYTES(""), BYTES("untouched; blackhole after 0") },
    };
    (void)state;
    EXPECT_CASES(mutator_blackhole, cases);
}

/* Delays of several rules add up, and a stall is longer than any. */
static void test_delays_add_up(void **state)
{
    (void)state;
    struct mutation mutation = { 0 };
    mutation_begin(&mutation);
    mutation_delay(&mutation, SECONDS(1));
    mutation_delay(&mutation, SECONDS(2));
    assert_int_equal(mutation.delay, SECONDS(3));
    mutation_delay(&mutation, NEVER);
    mutation_delay(&mutation, SECONDS(1));
    assert_true(mutation.delay == NEVER);
    mutation_deinit(&mutation);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_delay),
        cmocka_unit_test(test_delay_is_drawn_and_noted),
        cmocka_unit_test(test_progressive_delay),
        cmocka_unit_test(test_progressive_delay_per_message),
        cmocka_unit_test(test_drip_for_a_while),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_limit_counts_all_events),
        cmocka_unit_test(test_slice),
        cmocka_unit_test(test_merge),
        cmocka_unit_test(test_drip),
        cmocka_unit_test(test_pace),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_finish),
        cmocka_unit_test(test_reset),
        cmocka_unit_test(test_blackhole),
        cmocka_unit_test(test_delays_add_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
