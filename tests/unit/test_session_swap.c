/* test_session_swap: what waits for the next of its kind when that never comes: rules are switched
 * off, a side ends, the server's leg is given up. Both sides stay in step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_driver.h"

static bool off;

static void begin(struct driver *driver, const char *first, const char *second)
{
    const char *const rules[] = { first, second, NULL };
    const struct session_options options = { .seed = 1, .rules_off = &off };
    off = false;
    driver_begin_with(driver, rules, &options, DRIVER_ACCEPTS);
    driver_say(driver, SERVER, SPAN("220 mx\r\n"));
    driver_hears(driver, CLIENT, "220 mx\r\n");
}

static void goes(struct driver *driver, enum side side, const char *said, const char *heard)
{
    driver_say(driver, side, span_of(said));
    driver_hears(driver, side == CLIENT ? SERVER : CLIENT, heard);
}

static void switch_off(struct driver *driver)
{
    off = true;
    driver_tick(driver);
}

static void test_off_lets_a_command_go(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command NOOP swap", NULL);
    goes(&driver, CLIENT, "NOOP 1\r\n", "");
    switch_off(&driver);
    driver_hears(&driver, SERVER, "NOOP 1\r\n");
    goes(&driver, CLIENT, "NOOP 2\r\n", "NOOP 2\r\n");
    goes(&driver, SERVER, "250 1\r\n", "250 1\r\n");
    goes(&driver, SERVER, "250 2\r\n", "250 2\r\n");
    driver_end(&driver);
}

static void test_off_keeps_replies_paired(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command NOOP swap", NULL);
    goes(&driver, CLIENT, "NOOP 1\r\nNOOP 2\r\n", "NOOP 2\r\nNOOP 1\r\n");
    switch_off(&driver);
    goes(&driver, SERVER, "250 tw", "");
    goes(&driver, SERVER, "o\r\n250 one\r\n", "250 one\r\n250 two\r\n");
    driver_end(&driver);
}

static void test_off_lets_a_reply_go(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply swap", NULL);
    goes(&driver, CLIENT, "NOOP\r\nRSET\r\n", "NOOP\r\nRSET\r\n");
    goes(&driver, SERVER, "250 1\r\n", "");
    switch_off(&driver);
    driver_hears(&driver, CLIENT, "250 1\r\n");
    goes(&driver, SERVER, "250 2\r\n", "250 2\r\n");
    driver_end(&driver);
}

static void test_off_lets_a_line_go(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server body swap", NULL);
    goes(&driver, CLIENT, "DATA\r\n", "DATA\r\n");
    goes(&driver, SERVER, "354 go\r\n", "354 go\r\n");
    goes(&driver, CLIENT, "one\r\n", "");
    switch_off(&driver);
    driver_hears(&driver, SERVER, "one\r\n");
    goes(&driver, CLIENT, "two\r\n.\r\n", "two\r\n.\r\n");
    driver_end(&driver);
}

static void test_a_server_that_ends_has_its_reply_told(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply after NOOP swap", NULL);
    goes(&driver, CLIENT, "NOOP\r\n", "NOOP\r\n");
    goes(&driver, SERVER, "421 bye\r\n", "");
    driver_finish(&driver, SERVER);
    driver_hears(&driver, CLIENT, "421 bye\r\n");
    assert_true(driver.heard[CLIENT].finished);
    driver_end(&driver);
}

/* The reply to what overtook is not the client's first, and the one that is never comes. */
static void test_a_server_that_ends_between_two_replies(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command NOOP swap", NULL);
    goes(&driver, CLIENT, "NOOP 1\r\nNOOP 2\r\n", "NOOP 2\r\nNOOP 1\r\n");
    goes(&driver, SERVER, "250 two\r\n", "");
    driver_finish(&driver, SERVER);
    driver_hears(&driver, CLIENT, "");
    assert_true(driver.heard[CLIENT].finished);
    driver_end(&driver);
}

/* The stand-in answers in the client's order. */
static void test_parted_behind_a_swap(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command RSET,NOOP swap",
          "to server command VRFY answer reply=\"554 no\" upstream=dropped");
    goes(&driver, CLIENT, "NOOP 1\r\n", "");
    driver_say(&driver, CLIENT, SPAN("VRFY x\r\nRSET\r\nQUIT\r\n"));
    driver_hears(&driver, SERVER, "NOOP 1\r\n");
    driver_hears(&driver, CLIENT,
                 "554 no\r\n250 2.0.0 OK\r\n221 2.0.0 proxy.test closing connection\r\n");
    driver_end(&driver);
}

static void test_a_command_that_is_answered_here_overtakes_nobody(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command NOOP swap",
          "to server command RCPT answer reply=\"450 later\"");
    goes(&driver, CLIENT, "NOOP 1\r\nRCPT TO:<b@c>\r\n", "NOOP 1\r\n");
    driver_hears(&driver, CLIENT, "");
    goes(&driver, SERVER, "250 1\r\n", "250 1\r\n450 later\r\n");
    driver_end(&driver);
}

static void test_both_at_once(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command swap", "to client reply swap");
    goes(&driver, CLIENT, "NOOP 1\r\nNOOP 2\r\nNOOP 3\r\n", "NOOP 2\r\nNOOP 1\r\n");
    driver_pass(&driver, SECONDS(1));
    driver_hears(&driver, SERVER, "NOOP 3\r\n");
    /* The replies are in the client's order before they change places. */
    goes(&driver, SERVER, "250 2\r\n250 1\r\n250 3\r\n", "250 1\r\n250 3\r\n250 2\r\n");
    driver_end(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off_lets_a_command_go),
        cmocka_unit_test(test_off_keeps_replies_paired),
        cmocka_unit_test(test_off_lets_a_reply_go),
        cmocka_unit_test(test_off_lets_a_line_go),
        cmocka_unit_test(test_a_server_that_ends_has_its_reply_told),
        cmocka_unit_test(test_a_server_that_ends_between_two_replies),
        cmocka_unit_test(test_parted_behind_a_swap),
        cmocka_unit_test(test_a_command_that_is_answered_here_overtakes_nobody),
        cmocka_unit_test(test_both_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
