/* test_session_time: what happens because time passes: a silent upstream, two silent sides, ends
 * that are awaited; and that looking at the clock changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "session_driver.h"

static void begin(struct driver *driver, const char *rule, duration idle, duration connect,
                  enum driver_server server)
{
    const char *const rules[] = { rule, NULL };
    const struct session_options options = { .seed = 1,
                                             .idle_timeout = idle,
                                             .connect_timeout = connect };
    driver_begin_with(driver, rules, &options, server);
}

static void expect_ended(const struct driver *driver, enum ending ending)
{
    assert_int_equal(session_ending(driver->session), ending);
    assert_true(session_is_over(driver->session));
    assert_true(session_deadline(driver->session) == NEVER);
    assert_true(driver->heard[CLIENT].finished);
}

static void expect_open(const struct driver *driver)
{
    assert_int_equal(session_ending(driver->session), ENDING_OPEN);
    assert_false(session_is_over(driver->session));
}

static void expect_due(const struct driver *driver, duration wait)
{
    assert_int_equal(session_deadline(driver->session), driver->now + wait);
}

/* -- idleness ------------------------------------------------------------------------------- */

static void test_two_silent_sides(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, 0, DRIVER_ACCEPTS);
    expect_due(&driver, SECONDS(IDLE_TIMEOUT_DEFAULT_S));
    driver_pass(&driver, SECONDS(IDLE_TIMEOUT_DEFAULT_S) - 1);
    expect_open(&driver);
    driver_pass(&driver, 1);
    expect_ended(&driver, ENDING_IDLE_TIMEOUT);
    assert_true(driver.heard[SERVER].finished);
    driver_hears(&driver, CLIENT, "");
    driver_end(&driver);
}

static void test_whoever_speaks_is_not_idle(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, SECONDS(10), 0, DRIVER_ACCEPTS);
    for (unsigned i = 0; i < 5; i++) {
        driver_pass(&driver, SECONDS(9));
        driver_say(&driver, i % 2 ? SERVER : CLIENT, SPAN("2"));
        expect_due(&driver, SECONDS(10));
    }
    driver_pass(&driver, SECONDS(9));
    expect_open(&driver);
    driver_pass(&driver, SECONDS(1));
    expect_ended(&driver, ENDING_IDLE_TIMEOUT);
    driver_end(&driver);
}

/* Nor is one whose words are not taken, nor a receiver that takes what has waited for it. */
static void test_whoever_reads_is_not_idle(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, SECONDS(10), 0, DRIVER_ACCEPTS);
    driver.stopped[SERVER] = true;
    driver_pass(&driver, SECONDS(9));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    expect_due(&driver, SECONDS(10));
    driver_pass(&driver, SECONDS(9));
    driver_resume(&driver, SERVER);
    expect_due(&driver, SECONDS(10));
    driver_end(&driver);
}

static void test_idleness_may_last_for_ever(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, NEVER, 0, DRIVER_ACCEPTS);
    assert_true(session_deadline(driver.session) == NEVER);
    driver_pass(&driver, HOURS(1000));
    expect_open(&driver);
    driver_end(&driver);
}

static void test_a_wait_that_a_rule_asked_for_is_no_idleness(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 250 delay time=1m", SECONDS(10), 0, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n"));
    expect_due(&driver, MINUTES(1));
    driver_pass(&driver, MINUTES(1));
    driver_hears(&driver, CLIENT, "220 mx\r\n250 ok\r\n");
    expect_due(&driver, SECONDS(10));
    driver_pass(&driver, SECONDS(10));
    expect_ended(&driver, ENDING_IDLE_TIMEOUT);
    driver_end(&driver);
}

static void test_a_stall_is_idleness(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 250 stall", SECONDS(10), 0, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n"));
    driver_hears(&driver, CLIENT, "220 mx\r\n");
    driver_pass(&driver, SECONDS(10));
    expect_ended(&driver, ENDING_IDLE_TIMEOUT);
    driver_hears(&driver, CLIENT, "");
    driver_end(&driver);
}

/* -- the upstream --------------------------------------------------------------------------- */

static void test_an_upstream_that_does_not_answer(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, 0, DRIVER_SILENT);
    expect_due(&driver, SECONDS(CONNECT_TIMEOUT_DEFAULT_S));
    driver_pass(&driver, SECONDS(CONNECT_TIMEOUT_DEFAULT_S) - 1);
    driver_say(&driver, CLIENT, SPAN("EHLO a\r\n"));
    expect_open(&driver);
    driver_pass(&driver, 1);
    driver_hears(&driver, CLIENT,
                 "421 4.3.2 proxy.test Service not available, the upstream did not answer in "
                 "time\r\n");
    assert_int_equal(session_ending(driver.session), ENDING_CONNECT_TIMEOUT);
    driver_finish(&driver, CLIENT);
    expect_ended(&driver, ENDING_CONNECT_TIMEOUT);
    driver_end(&driver);
}

static void test_an_upstream_that_refuses(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, 0, DRIVER_REFUSES);
    driver_hears(&driver, CLIENT,
                 "421 4.3.2 proxy.test Service not available, the upstream could not be "
                 "reached\r\n");
    assert_true(driver.heard[CLIENT].finished);
    driver_pass(&driver, SECONDS(LINGER_S));
    expect_ended(&driver, ENDING_SERVER_REFUSED);
    driver_end(&driver);
}

static void test_the_upstream_is_awaited_as_long_as_wished(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, SECONDS(2), DRIVER_SILENT);
    expect_due(&driver, SECONDS(2));
    driver_end(&driver);
    begin(&driver, NULL, SECONDS(100), NEVER, DRIVER_SILENT);
    driver_pass(&driver, SECONDS(99));
    expect_open(&driver);
    driver_pass(&driver, SECONDS(1));
    expect_ended(&driver, ENDING_IDLE_TIMEOUT);
    driver_end(&driver);
}

/* Its time begins when it is asked for. */
static void test_a_delayed_connect(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server connect delay time=1m", 0, SECONDS(5), DRIVER_SILENT);
    assert_false(session_wishes(driver.session, SERVER) & WISH_CONNECT);
    driver_pass(&driver, MINUTES(1));
    assert_true(session_wishes(driver.session, SERVER) & WISH_CONNECT);
    expect_due(&driver, SECONDS(5));
    driver_pass(&driver, SECONDS(5));
    assert_int_equal(session_ending(driver.session), ENDING_CONNECT_TIMEOUT);
    driver_end(&driver);
}

static void test_what_comes_too_late_is_ignored(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, SECONDS(5), DRIVER_SILENT);
    driver_pass(&driver, SECONDS(5));
    session_connected(driver.session, driver.now);
    session_ended(driver.session, SERVER, ENDING_SERVER_CLOSED, driver.now);
    assert_int_equal(session_ending(driver.session), ENDING_CONNECT_TIMEOUT);
    driver_pass(&driver, SECONDS(LINGER_S));
    expect_ended(&driver, ENDING_CONNECT_TIMEOUT);
    driver_end(&driver);
}

static void test_a_client_that_tears_before_the_upstream_is_there(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, 0, DRIVER_SILENT);
    driver_tear(&driver, CLIENT);
    assert_true(session_is_over(driver.session));
    assert_int_equal(session_ending(driver.session), ENDING_CLIENT_RESET);
    assert_true(driver.heard[SERVER].torn);
    driver_end(&driver);
}

/* -- the ends ------------------------------------------------------------------------------- */

static void test_ends_of_both_legs_are_awaited_a_while(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 221 finish", 0, 0, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n221 bye\r\n"));
    driver_hears(&driver, CLIENT, "220 mx\r\n");
    assert_true(driver.heard[CLIENT].finished && driver.heard[SERVER].finished);
    assert_false(session_is_over(driver.session));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_hears(&driver, SERVER, "");
    driver_pass(&driver, SECONDS(LINGER_S) - 1);
    assert_false(session_is_over(driver.session));
    driver_pass(&driver, 1);
    expect_ended(&driver, ENDING_RULE_FINISH);
    driver_end(&driver);
}

/* An end that a rule wants goes past a stall that another wanted. */
static void test_an_end_behind_a_stall(void **state)
{
    static const char *const rules[] = { "to client reply 250 stall",
                                         "to server command QUIT finish", NULL };
    struct driver driver;
    (void)state;
    driver_begin(&driver, rules, 1);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n250 ok\r\n"));
    assert_false(driver.heard[CLIENT].finished);
    driver_say(&driver, CLIENT, SPAN("QUIT\r\n"));
    driver_hears(&driver, CLIENT, "220 mx\r\n");
    assert_true(driver.heard[CLIENT].finished && driver.heard[SERVER].finished);
    driver_end(&driver);
}

static void test_draining(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 250 delay time=1h", 0, 0, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\nNOO"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n"));
    session_drain(driver.session, driver.now);
    driver_tick(&driver);
    expect_ended(&driver, ENDING_DRAINED);
    assert_int_equal(session_held(driver.session), 0);
    driver_hears(&driver, CLIENT, "220 mx\r\n");
    session_drain(driver.session, driver.now);
    expect_ended(&driver, ENDING_DRAINED);
    driver_end(&driver);
}

static void test_the_first_ending_sticks(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, SECONDS(10), 0, DRIVER_ACCEPTS);
    driver_finish(&driver, SERVER);
    driver_pass(&driver, SECONDS(10));
    expect_ended(&driver, ENDING_SERVER_CLOSED);
    driver_end(&driver);
}

static void test_trouble_ends_both_legs(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, NULL, 0, 0, DRIVER_ACCEPTS);
    session_ended(driver.session, CLIENT, ENDING_TROUBLE, driver.now);
    driver_tick(&driver);
    expect_ended(&driver, ENDING_TROUBLE);
    driver_end(&driver);
}

/* -- looking at the clock ------------------------------------------------------------------- */

/* Many delays, a pace, and a clock that is looked at every `step`, or only when something is
 * due. */
static void play(struct driver *driver, duration step)
{
    static const char *const rules[] = { "to client reply delay time=100ms..700ms",
                                         "to server command delay time=300ms",
                                         "to server body pace rate=10B/s",
                                         "to client greeting drip chunk=1 gap=50ms", NULL };
    driver_begin(driver, rules, 7);
    driver_say(driver, SERVER, SPAN("220 mx\r\n"));
    for (unsigned second = 0; second < 20; second++) {
        if (second % 4 == 0)
            driver_say(driver, CLIENT, SPAN("NOOP\r\nDATA\r\ntext\r\nmore text\r\n.\r\n"));
        if (second % 4 == 1)
            driver_say(driver, SERVER, SPAN("250 ok\r\n354 go\r\n"));
        if (second % 4 == 3)
            driver_say(driver, SERVER, SPAN("250 ok\r\n"));
        for (duration passed = 0; passed < SECONDS(1); passed += step) {
            driver_pass(driver, step);
            if (step < SECONDS(1))
                driver_tick(driver);
        }
    }
    driver_finish(driver, CLIENT);
    driver_pass(driver, MINUTES(5));
    driver_finish(driver, SERVER);
    driver_pass(driver, MINUTES(5));
}

static void test_ticks_change_nothing(void **state)
{
    struct driver seldom;
    struct driver often;
    (void)state;
    play(&seldom, SECONDS(1));
    play(&often, MS(10));
    assert_string_equal(text_string(&seldom.log), text_string(&often.log));
    for (int side = 0; side < 2; side++)
        assert_string_equal(text_string(&seldom.heard[side].bytes),
                            text_string(&often.heard[side].bytes));
    assert_true(seldom.heard[SERVER].bytes.len > 100);
    driver_end(&seldom);
    driver_end(&often);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_silent_sides),
        cmocka_unit_test(test_whoever_speaks_is_not_idle),
        cmocka_unit_test(test_whoever_reads_is_not_idle),
        cmocka_unit_test(test_idleness_may_last_for_ever),
        cmocka_unit_test(test_a_wait_that_a_rule_asked_for_is_no_idleness),
        cmocka_unit_test(test_a_stall_is_idleness),
        cmocka_unit_test(test_an_upstream_that_does_not_answer),
        cmocka_unit_test(test_an_upstream_that_refuses),
        cmocka_unit_test(test_the_upstream_is_awaited_as_long_as_wished),
        cmocka_unit_test(test_a_delayed_connect),
        cmocka_unit_test(test_what_comes_too_late_is_ignored),
        cmocka_unit_test(test_a_client_that_tears_before_the_upstream_is_there),
        cmocka_unit_test(test_ends_of_both_legs_are_awaited_a_while),
        cmocka_unit_test(test_an_end_behind_a_stall),
        cmocka_unit_test(test_draining),
        cmocka_unit_test(test_the_first_ending_sticks),
        cmocka_unit_test(test_trouble_ends_both_legs),
        cmocka_unit_test(test_ticks_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
