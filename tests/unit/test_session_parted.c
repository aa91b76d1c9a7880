/* test_session_parted: one side within a mail and the other not: the leg that is given up, the
 * stand-in that answers, and replies that nobody shall hear. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "session_driver.h"

static void begin(struct driver *driver, const char *rule, size_t max_line)
{
    const char *const rules[] = { rule, NULL };
    const struct session_options options = { .seed = 1, .max_line = max_line };
    driver_begin_with(driver, rules, &options, DRIVER_ACCEPTS);
    driver_say(driver, SERVER, SPAN("220 mx\r\n"));
    driver_hears(driver, CLIENT, "220 mx\r\n");
}

static void goes(struct driver *driver, enum side side, const char *said, const char *heard)
{
    driver_say(driver, side, span_of(said));
    driver_hears(driver, side == CLIENT ? SERVER : CLIENT, heard);
}

/* The end of a mail is answered by a rule, the server never gets it. */
static void part(struct driver *driver)
{
    begin(driver, "to server body-end answer reply=\"554 no\"", 0);
    goes(driver, CLIENT, "DATA\r\n", "DATA\r\n");
    goes(driver, SERVER, "354 go\r\n", "354 go\r\n");
    goes(driver, CLIENT, "a\r\n.\r\n", "a\r\n");
    driver_hears(driver, CLIENT, "554 no\r\n");
    assert_true(driver->heard[SERVER].finished);
    assert_false(driver->heard[CLIENT].finished);
}

/* -- the stand-in --------------------------------------------------------------------------- */

#define NOT_AVAILABLE "421 4.3.2 proxy.test the server is not available any more\r\n"

static void test_what_the_stand_in_says(void **state)
{
    static const struct {
        const char *command;
        const char *reply;
        bool leaves;
    } cases[] = {
        { "NOOP\r\n", "250 2.0.0 OK\r\n", false },
        { "rset\r\n", "250 2.0.0 OK\r\n", false },
        { "EHLO a\r\n", "250 proxy.test\r\n", false },
        { "HELO a\r\n", "250 proxy.test\r\n", false },
        { "LHLO a\r\n", "250 proxy.test\r\n", false },
        { "QUIT\r\n", "221 2.0.0 proxy.test closing connection\r\n", true },
        { "MAIL FROM:<a@b>\r\n", NOT_AVAILABLE, true },
        { "DATA\r\n", NOT_AVAILABLE, true },
        { "STARTTLS\r\n", NOT_AVAILABLE, true },
        { "what\r\n", NOT_AVAILABLE, true },
        { "\r\n", NOT_AVAILABLE, true },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct driver driver;
        part(&driver);
        driver_say(&driver, CLIENT, span_of(cases[i].command));
        driver_hears(&driver, SERVER, "");
        driver_hears(&driver, CLIENT, cases[i].reply);
        assert_int_equal(driver.heard[CLIENT].finished, cases[i].leaves);
        driver_end(&driver);
    }
}

static void test_the_stand_in_answers_a_pipeline(void **state)
{
    struct driver driver;
    (void)state;
    part(&driver);
    driver_say(&driver, CLIENT, SPAN("RSET\r\nNO"));
    driver_say(&driver, CLIENT, SPAN("OP\r\nQUIT\r\nNOOP\r\n"));
    driver_hears(&driver, CLIENT,
                 "250 2.0.0 OK\r\n250 2.0.0 OK\r\n221 2.0.0 proxy.test closing connection\r\n");
    assert_true(driver.heard[CLIENT].finished);
    driver_finish(&driver, CLIENT);
    assert_false(session_is_over(driver.session));
    driver_finish(&driver, SERVER);
    assert_true(session_is_over(driver.session));
    driver_end(&driver);
}

/* Its rest is heard by nobody: replies, lines that are none, its end, and its reset. */
static void test_the_server_is_heard_no_more(void **state)
{
    struct driver driver;
    (void)state;
    part(&driver);
    goes(&driver, SERVER, "421 idle\r\n", "");
    goes(&driver, SERVER, "250-x\r\n250 y\r\n", "");
    goes(&driver, SERVER, "what\r\n", "");
    goes(&driver, SERVER, "\r\n", "");
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_hears(&driver, CLIENT, "250 2.0.0 OK\r\n");
    goes(&driver, SERVER, "25", "");
    driver_finish(&driver, SERVER);
    assert_false(driver.heard[CLIENT].finished);
    driver_say(&driver, CLIENT, SPAN("RSET\r\nQUIT\r\n"));
    driver_hears(&driver, CLIENT, "250 2.0.0 OK\r\n221 2.0.0 proxy.test closing connection\r\n");
    driver_finish(&driver, CLIENT);
    assert_true(session_is_over(driver.session));
    driver_end(&driver);
}

static void test_a_reset_of_the_leg_is_not_carried_over(void **state)
{
    struct driver driver;
    (void)state;
    part(&driver);
    driver_tear(&driver, SERVER);
    assert_false(driver.heard[CLIENT].torn || driver.heard[CLIENT].finished);
    driver_say(&driver, CLIENT, SPAN("QUIT\r\n"));
    driver_hears(&driver, CLIENT, "221 2.0.0 proxy.test closing connection\r\n");
    driver_end(&driver);
}

static void test_a_client_that_leaves_is_let_go(void **state)
{
    struct driver driver;
    (void)state;
    part(&driver);
    driver_say(&driver, CLIENT, SPAN("NOO"));
    driver_finish(&driver, CLIENT);
    assert_true(driver.heard[CLIENT].finished);
    driver_hears(&driver, SERVER, "");
    driver_pass(&driver, SECONDS(LINGER_S));
    assert_true(session_is_over(driver.session));
    driver_end(&driver);
}

/* The server begins TLS, the client was told that there is none. */
static void test_a_server_that_speaks_tls_alone(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 220 after STARTTLS rewrite line=\"454 no\"", 0);
    goes(&driver, CLIENT, "STARTTLS\r\n", "STARTTLS\r\n");
    goes(&driver, SERVER, "220 go\r\n", "454 no\r\n");
    assert_true(driver.heard[SERVER].finished);
    goes(&driver, CLIENT, "NOOP\r\n", "");
    driver_hears(&driver, CLIENT, "250 2.0.0 OK\r\n");
    driver_end(&driver);
}

/* Greeted by a rule, the client speaks with the stand-in from the beginning. */
static void test_a_server_that_was_never_asked(void **state)
{
    static const char *const rules[] = { "to client connect answer reply=\"554 go away\"", NULL };
    struct driver driver;
    (void)state;
    driver_begin(&driver, rules, 1);
    driver_hears(&driver, CLIENT, "554 go away\r\n");
    driver_say(&driver, CLIENT, SPAN("EHLO a\r\nMAIL FROM:<a@b>\r\n"));
    driver_hears(&driver, CLIENT, "250 proxy.test\r\n" NOT_AVAILABLE);
    driver_hears(&driver, SERVER, "");
    driver_end(&driver);
}

/* -- mail to nowhere ------------------------------------------------------------------------ */

/* The server refused DATA, the client was told to go on: its mail is answered with the refusal. */
static void test_a_mail_that_the_server_does_not_expect(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to client reply 554 rewrite line=\"354 go\"", 0);
    goes(&driver, CLIENT, "DATA\r\n", "DATA\r\n");
    goes(&driver, SERVER, "554 no valid recipients\r\n", "354 go\r\n");
    goes(&driver, CLIENT, "a\r\nQUIT\r\n.\r", "");
    goes(&driver, CLIENT, "\nRSET\r\n", "RSET\r\n");
    driver_hears(&driver, CLIENT, "354 go\r\n");
    goes(&driver, SERVER, "250 ok\r\n", "250 ok\r\n");
    driver_end(&driver);
}

/* -- replies that nobody shall hear --------------------------------------------------------- */

#define LONG_WORDS "words that go on and on until the line is longer than what rules see"

static void test_a_long_reply_is_swallowed_whole(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command MAIL insert line=\"NOOP\"", MAX_LINE_MIN);
    goes(&driver, CLIENT, "MAIL FROM:<a@b>\r\n", "NOOP\r\nMAIL FROM:<a@b>\r\n");
    goes(&driver, SERVER, "250-" LONG_WORDS "\r\n250-x\r\n250 " LONG_WORDS "\r\n250 ok\r\n",
         "250 ok\r\n");
    goes(&driver, CLIENT, "NOOP\r\n", "NOOP\r\n");
    goes(&driver, SERVER, "what is this: " LONG_WORDS "\r\n250 ok\r\n",
         "what is this: " LONG_WORDS "\r\n250 ok\r\n");
    driver_end(&driver);
}

static void test_a_long_line_is_swallowed_whole(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command MAIL insert line=\"NOOP\"", MAX_LINE_MIN);
    goes(&driver, CLIENT, "MAIL FROM:<a@b>\r\n", "NOOP\r\nMAIL FROM:<a@b>\r\n");
    goes(&driver, SERVER, "250 " LONG_WORDS LONG_WORDS "\r\n250 ok\r\n", "250 ok\r\n");
    driver_end(&driver);
}

static void test_a_long_reply_is_replaced_whole(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command MAIL answer reply=\"250 fine\" upstream=told", MAX_LINE_MIN);
    goes(&driver, CLIENT, "MAIL FROM:<a@b>\r\n", "MAIL FROM:<a@b>\r\n");
    goes(&driver, SERVER, "550-" LONG_WORDS "\r\n550 " LONG_WORDS "\r\n", "250 fine\r\n");
    goes(&driver, CLIENT, "NOOP\r\n", "NOOP\r\n");
    goes(&driver, SERVER, "250 " LONG_WORDS "\r\n", "250 " LONG_WORDS "\r\n");
    driver_end(&driver);
}

/* -- what is too long to be read ------------------------------------------------------------ */

/* A 354 beyond the bound is a 354: behind it stands mail. */
static void test_a_long_354(void **state)
{
    struct driver driver;
    (void)state;
    begin(&driver, "to server command QUIT answer reply=\"221 local\"", MAX_LINE_MIN);
    goes(&driver, CLIENT, "DATA\r\n", "DATA\r\n");
    goes(&driver, SERVER, "354 " LONG_WORDS "\r\n", "354 " LONG_WORDS "\r\n");
    goes(&driver, CLIENT, "QUIT\r\n.\r\n", "QUIT\r\n.\r\n");
    goes(&driver, SERVER, "250 ok\r\n", "250 ok\r\n");
    goes(&driver, CLIENT, "QUIT\r\n", "");
    driver_hears(&driver, CLIENT, "221 local\r\n");
    driver_end(&driver);
}

/* Without its size a chunk cannot be told from commands: nothing more is read. */
static void test_a_long_bdat(void **state)
{
    struct driver driver;
    struct text line = { 0 };
    (void)state;
    begin(&driver, "to server command QUIT answer reply=\"221 local\"", MAX_LINE_MIN);
    text_addf(&line, "BDAT%*s6 LAST\r\n", MAX_LINE_MIN, "");
    goes(&driver, CLIENT, text_string(&line), text_string(&line));
    goes(&driver, CLIENT, "QUIT\r\n", "QUIT\r\n");
    goes(&driver, SERVER, "250 ok\r\n", "250 ok\r\n");
    assert_true(span_search(text_span(&driver.log), SPAN("opaque")) < driver.log.len);
    text_deinit(&line);
    driver_end(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_the_stand_in_says),
        cmocka_unit_test(test_the_stand_in_answers_a_pipeline),
        cmocka_unit_test(test_the_server_is_heard_no_more),
        cmocka_unit_test(test_a_reset_of_the_leg_is_not_carried_over),
        cmocka_unit_test(test_a_client_that_leaves_is_let_go),
        cmocka_unit_test(test_a_server_that_speaks_tls_alone),
        cmocka_unit_test(test_a_server_that_was_never_asked),
        cmocka_unit_test(test_a_mail_that_the_server_does_not_expect),
        cmocka_unit_test(test_a_long_reply_is_swallowed_whole),
        cmocka_unit_test(test_a_long_line_is_swallowed_whole),
        cmocka_unit_test(test_a_long_reply_is_replaced_whole),
        cmocka_unit_test(test_a_long_354),
        cmocka_unit_test(test_a_long_bdat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
