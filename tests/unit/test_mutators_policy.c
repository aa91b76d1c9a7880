/* test_mutators_policy: greylists that remember, under a clock that the test moves, and
 * acknowledgements that are lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"
#include "mutators/subnet.h"

#define RCPT_B "RCPT TO:<b@x.test>\r\n"
#define RCPT_C "RCPT TO:<c@x.test>\r\n"
#define DEFERRED "answer 451 4.7.1 Greylisted, please try again later\r\n"

/* An attempt at a time, in seconds after the first. */
static void expect_at(struct mutation_fixture *fixture, uint64_t seconds, const char *line,
                      const char *outcome)
{
    fixture->mutation.now = HOURS(1) + SECONDS(seconds);
    expect_bytes(fixture_hears(fixture, "command", span_of(line)), span_of(outcome), line);
}

static void test_greylist_replies(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES(RCPT_B), BYTES(DEFERRED) },
        { "", "command", BYTES("RCPT TO:<b@x.test>\n"), BYTES(DEFERRED) },
        { "", "command", BYTES("\r\n"), BYTES(DEFERRED) },
        { "", "command", BYTES("RCPT TO:<\0>\r\n"), BYTES(DEFERRED) },
        { "reply=\"450-4.2.0 a\\r\\n450 4.2.0 <{recipient}>\"", "command", BYTES(RCPT_B),
          BYTES("answer 450-4.2.0 a\r\n450 4.2.0 <b@x.test>\r\n") },
        { "then=finish", "command", BYTES("DATA\r\n"), BYTES(DEFERRED "; finish after 0") },
        { "", "body-end", BYTES("\r\n.\r\n"), BYTES(DEFERRED) },
        { "key=client", "connect to client", BYTES(""), BYTES(DEFERRED) },
    };
    (void)state;
    EXPECT_CASES(mutator_greylist, cases);
    expect_refused(&mutator_greylist, "wait=2h window=1h", "window= is shorter");
}

static void test_greylist_takes_a_retry(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    expect_at(&fixture, 60, RCPT_B, DEFERRED);
    expect_at(&fixture, 299, RCPT_B, DEFERRED);
    expect_at(&fixture, 300, RCPT_B, "untouched");
    expect_at(&fixture, 301, RCPT_B, "untouched");
    expect_at(&fixture, 301, "RCPT TO:<B@X.TEST>\r\n", "untouched");
    expect_at(&fixture, 301, RCPT_C, DEFERRED);
    /* Known by its last visit, long after the window. */
    expect_at(&fixture, 3600 * 1000, RCPT_B, "untouched");
    fixture_end(&fixture);
}

static void test_greylist_begins_anew_behind_its_window(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m window=1h");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    expect_at(&fixture, 10, RCPT_B, DEFERRED);
    expect_at(&fixture, 3601, RCPT_B, DEFERRED);
    expect_at(&fixture, 3800, RCPT_B, DEFERRED);
    expect_at(&fixture, 3901, RCPT_B, "untouched");
    expect_at(&fixture, 0, RCPT_C, DEFERRED);
    expect_at(&fixture, 3600, RCPT_C, "untouched");
    fixture_end(&fixture);
}

static void test_greylist_early_restart(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m early=restart");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    expect_at(&fixture, 200, RCPT_B, DEFERRED);
    expect_at(&fixture, 400, RCPT_B, DEFERRED);
    expect_at(&fixture, 700, RCPT_B, "untouched");
    fixture_end(&fixture);
}

static void test_greylist_without_a_wait(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=0s");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    expect_at(&fixture, 0, RCPT_B, "untouched");
    fixture_end(&fixture);
}

static void another_client(struct mutation_fixture *fixture, struct span ip)
{
    fixture->facts.client_ip = ip;
}

static void test_greylist_triplets(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    another_client(&fixture, SPAN("192.0.2.2"));
    expect_at(&fixture, 300, RCPT_B, DEFERRED);
    another_client(&fixture, SPAN("192.0.2.1"));
    fixture_client_said(&fixture, SPAN("MAIL FROM:<eve@me.test>\r\n"));
    expect_at(&fixture, 300, RCPT_B, DEFERRED);
    fixture_client_said(&fixture, SPAN("MAIL FROM:<Ann@me.test>\r\n"));
    expect_at(&fixture, 300, RCPT_B, "untouched");
    fixture_end(&fixture);
}

static void test_greylist_keys(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m key=client");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    fixture_client_said(&fixture, SPAN("MAIL FROM:<eve@me.test>\r\n"));
    expect_at(&fixture, 300, RCPT_C, "untouched");
    another_client(&fixture, SPAN("192.0.2.2"));
    expect_at(&fixture, 300, RCPT_B, DEFERRED);
    fixture_end(&fixture);

    fixture_begin(&fixture, &mutator_greylist, "wait=5m key=sender");
    expect_at(&fixture, 0, "MAIL FROM:<ann@me.test>\r\n", DEFERRED);
    another_client(&fixture, SPAN("192.0.2.2"));
    expect_at(&fixture, 300, RCPT_C, "untouched");
    expect_at(&fixture, 300, "MAIL FROM:<eve@me.test>\r\n", DEFERRED);
    fixture_end(&fixture);
}

/* DATA stands for the message with all its recipients. */
static void test_greylist_at_data(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m");
    expect_at(&fixture, 0, "DATA\r\n", DEFERRED);
    expect_at(&fixture, 300, "DATA\r\n", "untouched");
    fixture_client_said(&fixture, SPAN(RCPT_C));
    expect_at(&fixture, 300, "DATA\r\n", DEFERRED);
    fixture_end(&fixture);
}

static void test_greylist_subnets(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_greylist, "wait=5m network=subnet");
    expect_at(&fixture, 0, RCPT_B, DEFERRED);
    another_client(&fixture, SPAN("192.0.2.200"));
    expect_at(&fixture, 300, RCPT_B, "untouched");
    another_client(&fixture, SPAN("192.0.3.1"));
    expect_at(&fixture, 300, RCPT_B, DEFERRED);
    fixture_end(&fixture);
}

static void test_subnet_hash(void **state)
{
    static const struct {
        struct span a, b;
        bool same;
    } rows[] = {
        { BYTES("192.0.2.1"), BYTES("192.0.2.254"), true },
        { BYTES("192.0.2.1"), BYTES("192.0.3.1"), false },
        { BYTES("1.1.1.1"), BYTES("1.1.11.1"), false },
        { BYTES("2001:db8:1:2:3:4:5:6"), BYTES("2001:db8:1:2::9"), true },
        { BYTES("2001:db8:1:2::1"), BYTES("2001:DB8:1:2:ffff::"), true },
        { BYTES("2001:db8:1:2::1"), BYTES("2001:db8:1:3::1"), false },
        { BYTES("2001:db8::1"), BYTES("2001:db8:0:0:1::"), true },
        { BYTES("2001:db8::1"), BYTES("2001:db8:0:1::1"), false },
        { BYTES("2001::5:1:2:3:4"), BYTES("2001:0:0:5::"), true },
        { BYTES("::1"), BYTES("::2"), true },
        { BYTES("::1"), BYTES("1::"), false },
        { BYTES("::"), BYTES("0:0:0:0:1:2:3:4"), true },
        { BYTES("unix"), BYTES("unix"), true },
        { BYTES("unix"), BYTES(""), false },
        { BYTES("unix"), BYTES("unit"), false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if ((subnet_hash(rows[i].a) == subnet_hash(rows[i].b)) != rows[i].same)
            fail_msg("%s and %s", (const char *)rows[i].a.ptr, (const char *)rows[i].b.ptr);
}

static void test_lose_ack(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "final reply", BYTES("250 2.0.0 queued\r\n"), BYTES("dropped; mute after 0") },
        { "", "final reply", BYTES("250 queued\n"), BYTES("dropped; mute after 0") },
        { "", "final reply", BYTES("250-a\r\n250 b\0\r\n"), BYTES("dropped; mute after 0") },
        { "", "final reply", BYTES("250\r\n"), BYTES("dropped; mute after 0") },
        { "then=finish", "final reply", BYTES("250 ok\r\n"), BYTES("dropped; finish after 0") },
        { "then=reset", "final reply", BYTES("250 ok\r\n"), BYTES("dropped; reset after 0") },
        { "", "final reply", BYTES("451 later\r\n"), BYTES("untouched") },
        { "", "final reply", BYTES("554 no\r\n"), BYTES("untouched") },
        { "", "reply after DATA", BYTES("354 go\r\n"), BYTES("untouched") },
        { "", "reply after RCPT", BYTES("250 ok\r\n"), BYTES("untouched") },
        { "", "reply after QUIT", BYTES("221 bye\r\n"), BYTES("untouched") },
        { "", "reply", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_lose_ack, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_greylist_replies),
        cmocka_unit_test(test_greylist_takes_a_retry),
        cmocka_unit_test(test_greylist_begins_anew_behind_its_window),
        cmocka_unit_test(test_greylist_early_restart),
        cmocka_unit_test(test_greylist_without_a_wait),
        cmocka_unit_test(test_greylist_triplets),
        cmocka_unit_test(test_greylist_keys),
        cmocka_unit_test(test_greylist_at_data),
        cmocka_unit_test(test_greylist_subnets),
        cmocka_unit_test(test_subnet_hash),
        cmocka_unit_test(test_lose_ack),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
