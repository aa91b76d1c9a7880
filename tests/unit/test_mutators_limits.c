/* test_mutators_limits: policies that count and measure: throttle, block-list, back-pressure and
 * the limits of a message and of a client, under a clock that the test moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"
#include "mutators/census.h"

#define MAIL "MAIL FROM:<ann@me.test>\r\n"
#define RCPT_B "RCPT TO:<b@x.test>\r\n"
#define RCPT_C "RCPT TO:<c@x.test>\r\n"

static void expect_at(struct mutation_fixture *fixture, uint64_t seconds, const char *line,
                      const char *outcome)
{
    fixture->mutation.now = HOURS(1) + SECONDS(seconds);
    expect_bytes(fixture_hears(fixture, "command", span_of(line)), span_of(outcome), line);
}

static void another_client(struct mutation_fixture *fixture, struct span ip)
{
    fixture->facts.client_ip = ip;
}

#define THROTTLED "answer 451 4.7.1 Too many messages, please try again later\r\n"

static void test_throttle(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_throttle, "max=2 time=1m");
    expect_at(&fixture, 0, MAIL, "untouched");
    expect_at(&fixture, 10, MAIL, "untouched");
    expect_at(&fixture, 20, MAIL, THROTTLED);
    expect_at(&fixture, 59, MAIL, THROTTLED);
    another_client(&fixture, SPAN("192.0.2.2"));
    expect_at(&fixture, 59, MAIL, "untouched");
    another_client(&fixture, SPAN("192.0.2.1"));
    expect_at(&fixture, 60, MAIL, "untouched");
    expect_at(&fixture, 119, MAIL, "untouched");
    expect_at(&fixture, 119, MAIL, THROTTLED);
    fixture_end(&fixture);
}

static void test_throttle_keys(void **state)
{
    static const struct {
        const char *said;
        const char *second;
        const char *client;
        bool same;
    } rows[] = {
        { "max=1 key=client", RCPT_C, "192.0.2.1", true },
        { "max=1 key=client", RCPT_B, "192.0.2.9", false },
        { "max=1 key=subnet", RCPT_B, "192.0.2.9", true },
        { "max=1 key=subnet", RCPT_B, "192.0.3.9", false },
        { "max=1 key=sender", RCPT_C, "192.0.3.9", true },
        { "max=1 key=recipient", "RCPT TO:<B@X.test>\r\n", "192.0.3.9", true },
        { "max=1 key=recipient", RCPT_C, "192.0.2.1", false },
        { "max=1 key=domain", RCPT_C, "192.0.3.9", true },
        { "max=1 key=domain", "RCPT TO:<b@y.test>\r\n", "192.0.2.1", false },
        { "max=1 key=triplet", RCPT_B, "192.0.2.1", true },
        { "max=1 key=triplet", RCPT_C, "192.0.2.1", false },
        { "max=1 key=session", RCPT_C, "192.0.2.1", true },
        { "max=1 key=run", RCPT_C, "192.0.3.9", true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mutation_fixture fixture;
        fixture_begin(&fixture, &mutator_throttle, rows[i].said);
        expect_at(&fixture, 0, RCPT_B, "untouched");
        another_client(&fixture, span_of(rows[i].client));
        expect_at(&fixture, 1, rows[i].second, rows[i].same ? THROTTLED : "untouched");
        fixture_end(&fixture);
    }
}

static void test_throttle_replies(void **state)
{
    static const struct mutation_case cases[] = {
        { "max=0", "body-end", BYTES("\r\n.\r\n"), BYTES(THROTTLED) },
        { "max=0 then=finish reply=\"421 4.7.0 {client.ip}\"", "connect", BYTES(""),
          BYTES("answer 421 4.7.0 192.0.2.1\r\n; finish after 0") },
        { "max=0 reply=\"421-\\xff\\0\r\n421 b\\n\"", "command", BYTES("\0\n"),
          BYTES("answer 421-\xff\0\r\n421 b\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_throttle, cases);
}

/* Whether the client, or what else the rule is about, is on the list now. */
static bool is_listed(struct mutation_fixture *fixture, const char *name)
{
    const struct key_source from = { &fixture->facts, &fixture->dialogue, &fixture->event };
    return list_holds(fixture->mutation.recall, span_of(name), &from, fixture->mutation.now);
}

static void test_block_list_lists_for_a_while(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_block_list, "time=1h name=trap");
    assert_false(is_listed(&fixture, "trap"));
    expect_at(&fixture, 0, RCPT_B, "untouched");
    assert_true(is_listed(&fixture, "trap"));
    assert_false(is_listed(&fixture, "blocked"));
    another_client(&fixture, SPAN("192.0.2.2"));
    assert_false(is_listed(&fixture, "trap"));
    another_client(&fixture, SPAN("192.0.2.1"));
    expect_at(&fixture, 1800, RCPT_C, "untouched");
    fixture.mutation.now = HOURS(1) + SECONDS(1800 + 3599);
    assert_true(is_listed(&fixture, "trap"));
    fixture.mutation.now += SECONDS(1);
    assert_false(is_listed(&fixture, "trap"));
    fixture_end(&fixture);
}

static void test_block_list_takes_off(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_block_list, "time=0s");
    const struct key_source from = { &fixture.facts, &fixture.dialogue, &fixture.event };
    list_put(fixture.mutation.recall, SPAN("blocked"), KEY_CLIENT, &from, HOURS(1), HOURS(9));
    assert_true(is_listed(&fixture, "blocked"));
    expect_at(&fixture, 0, "QUIT\r\n", "untouched");
    assert_false(is_listed(&fixture, "blocked"));
    fixture_end(&fixture);
}

static void test_block_list_refuses(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_block_list, "after=2 reply=\"554 5.7.1 no\" then=reset");
    expect_at(&fixture, 0, RCPT_B, "untouched");
    expect_at(&fixture, 0, RCPT_B, "untouched");
    assert_false(is_listed(&fixture, "blocked"));
    expect_at(&fixture, 0, RCPT_B, "answer 554 5.7.1 no\r\n; reset after 0");
    assert_true(is_listed(&fixture, "blocked"));
    fixture_end(&fixture);
    expect_refused(&mutator_block_list, "then=finish", "there is no reply=");
}

static void test_block_list_on_other_events(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "greeting", BYTES("220 hi\r\n"), BYTES("untouched") },
        { "", "reply after RCPT", BYTES("550-a\n550 b\0\n"), BYTES("untouched") },
        { "", "close", BYTES(""), BYTES("untouched") },
        { "", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched") },
        { "", "connect", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_block_list, cases);
}

#define BUSY "answer 452 4.3.1 Insufficient system resources\r\n"

static void test_back_pressure(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_back_pressure, "high=3 low=1 drain=10s");
    expect_at(&fixture, 0, MAIL, "untouched");
    expect_at(&fixture, 0, MAIL, "untouched");
    expect_at(&fixture, 0, MAIL, "untouched");
    another_client(&fixture, SPAN("192.0.2.2"));
    expect_at(&fixture, 0, MAIL, BUSY);
    expect_at(&fixture, 19, MAIL, BUSY);
    expect_at(&fixture, 20, MAIL, "untouched");
    expect_at(&fixture, 20, MAIL, "untouched");
    expect_at(&fixture, 20, MAIL, BUSY);
    expect_at(&fixture, 1000, MAIL, "untouched");
    fixture_end(&fixture);
    expect_refused(&mutator_back_pressure, "high=3 low=3", "low= is not below high=");
}

static void test_back_pressure_replies(void **state)
{
    static const struct mutation_case cases[] = {
        { "high=1 low=0", "connect", BYTES(""), BYTES("untouched") },
        { "high=1 low=0 key=client", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched") },
        { "high=1 low=0", "command", BYTES("\0\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_back_pressure, cases);
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_back_pressure, "high=1 low=0 then=finish");
    fixture_hears(&fixture, "connect", SPAN(""));
    expect_bytes(fixture_hears(&fixture, "connect", SPAN("")), SPAN(BUSY "; finish after 0"), "");
    fixture_end(&fixture);
}

#define TOO_MANY "answer 452 4.5.3 Error: too many recipients\r\n"

/* The message has one recipient already. */
static void test_limit_recipients(void **state)
{
    static const struct mutation_case cases[] = {
        { "max=2", "command", BYTES(RCPT_B), BYTES("untouched") },
        { "max=1", "command", BYTES(RCPT_B), BYTES(TOO_MANY) },
        { "max=0", "command", BYTES("rcpt to:<\0>\n"), BYTES(TOO_MANY) },
        { "max=1", "command", BYTES("DATA\r\n"), BYTES("untouched") },
        { "max=0", "command", BYTES("DATA\r\n"), BYTES(TOO_MANY) },
        { "max=0", "body-end", BYTES("\r\n.\r\n"), BYTES(TOO_MANY) },
        { "max=0", "command", BYTES(MAIL), BYTES("untouched") },
        { "max=1 reply=\"552 too many recipients\" then=finish", "command", BYTES(RCPT_B),
          BYTES("answer 552 too many recipients\r\n; finish after 0") },
    };
    (void)state;
    EXPECT_CASES(mutator_limit_recipients, cases);
}

static void test_limit_recipients_begins_anew_with_each_message(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_limit_recipients, "max=2");
    expect_at(&fixture, 0, RCPT_B, "untouched");
    fixture_client_said(&fixture, SPAN(RCPT_B));
    expect_at(&fixture, 0, RCPT_C, TOO_MANY);
    fixture_next_message(&fixture);
    expect_at(&fixture, 0, RCPT_C, "untouched");
    fixture_end(&fixture);
}

#define TOO_LARGE "answer 552 5.3.4 Message size exceeds fixed limit\r\n"

static void test_limit_size(void **state)
{
    static const struct mutation_case cases[] = {
        { "max=1KB", "command", BYTES("MAIL FROM:<a@b> SIZE=1000\r\n"), BYTES("untouched") },
        { "max=1KB", "command", BYTES("MAIL FROM:<a@b> SIZE=1001\r\n"), BYTES(TOO_LARGE) },
        { "max=1KB", "command", BYTES("MAIL FROM:<a@b>\n"), BYTES("untouched") },
        { "max=0B", "command", BYTES("MAIL FROM:<a@b> SIZE=\0\r\n"), BYTES("untouched") },
        { "max=1KB", "body-end", BYTES("\r\n.\r\n"), BYTES("untouched") },
        { "max=1KB reply=\"452 4.3.1 later\"", "command", BYTES("MAIL FROM:<> SIZE=9999\r\n"),
          BYTES("answer 452 4.3.1 later\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_limit_size, cases);
}

static void test_limit_size_of_mail_that_has_come(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_limit_size, "max=10B");
    fixture.dialogue.body_bytes = 11;
    expect_bytes(fixture_hears(&fixture, "body-end", SPAN("\r\n.\r\n")), SPAN(TOO_LARGE), "");
    fixture.dialogue.body_bytes = 10;
    expect_bytes(fixture_hears(&fixture, "body-end", SPAN("\r\n.\r\n")), SPAN("untouched"), "");
    fixture_end(&fixture);
}

#define TOO_OFTEN "answer 421 4.7.0 proxy.test Error: too many connections from 192.0.2.1\r\n"

static void test_limit_sessions(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    fixture_begin(&fixture, &mutator_limit_sessions, "max=1");
    struct recall *recall = fixture.mutation.recall;
    struct facts other = fixture.facts;
    other.client_ip = SPAN("192.0.2.7");
    census_enter(recall, &fixture.facts, 1);
    census_enter(recall, &other, 1);
    expect_bytes(fixture_hears(&fixture, "connect", SPAN("")), SPAN("untouched"), "one");
    census_enter(recall, &fixture.facts, 1);
    expect_bytes(fixture_hears(&fixture, "connect", SPAN("")), SPAN(TOO_OFTEN "; finish after 0"),
                 "two");
    census_leave(recall, &fixture.facts);
    expect_bytes(fixture_hears(&fixture, "connect", SPAN("")), SPAN("untouched"), "one again");
    fixture_end(&fixture);
}

static void test_limit_sessions_of_all(void **state)
{
    static const struct {
        const char *said;
        const char *outcome;
    } rows[] = {
        { "max=2 key=run", "answer 421 4.7.0 proxy.test Error: too many connections from "
                           "192.0.2.1\r\n; finish after 0" },
        { "max=3 key=run", "untouched" },
        { "max=1 key=subnet reply=\"421 busy\" then=go-on", "answer 421 busy\r\n" },
        { "max=2 key=subnet", "untouched" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct mutation_fixture fixture;
        fixture_begin(&fixture, &mutator_limit_sessions, rows[i].said);
        struct facts near = fixture.facts, far = fixture.facts;
        near.client_ip = SPAN("192.0.2.7");
        far.client_ip = SPAN("2001:db8::1");
        census_enter(fixture.mutation.recall, &fixture.facts, 1);
        census_enter(fixture.mutation.recall, &near, 1);
        census_enter(fixture.mutation.recall, &far, 1);
        expect_bytes(fixture_hears(&fixture, "command", SPAN(MAIL)), span_of(rows[i].outcome),
                     rows[i].said);
        fixture_end(&fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_throttle),
        cmocka_unit_test(test_throttle_keys),
        cmocka_unit_test(test_throttle_replies),
        cmocka_unit_test(test_block_list_lists_for_a_while),
        cmocka_unit_test(test_block_list_takes_off),
        cmocka_unit_test(test_block_list_refuses),
        cmocka_unit_test(test_block_list_on_other_events),
        cmocka_unit_test(test_back_pressure),
        cmocka_unit_test(test_back_pressure_replies),
        cmocka_unit_test(test_limit_recipients),
        cmocka_unit_test(test_limit_recipients_begins_anew_with_each_message),
        cmocka_unit_test(test_limit_size),
        cmocka_unit_test(test_limit_size_of_mail_that_has_come),
        cmocka_unit_test(test_limit_sessions),
        cmocka_unit_test(test_limit_sessions_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
