/* test_session_switch: rules that are switched off and on, in the midst of lines, mails and chunks;
 * rules for a time; rules that are only tried. Both sides stay in step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session_driver.h"

struct scene {
    struct driver driver;
    bool off;
};

/* A session with one rule, switched on or off, that has been greeted. */
static void begin(struct scene *scene, const char *rule, bool off)
{
    const char *const rules[] = { rule, NULL };
    const struct session_options options = { .seed = 1, .rules_off = &scene->off };
    scene->off = off;
    driver_begin_with(&scene->driver, rules, &options, DRIVER_ACCEPTS);
    driver_say(&scene->driver, SERVER, SPAN("220 mx\r\n"));
    driver_hears(&scene->driver, CLIENT, "220 mx\r\n");
}

static void end(struct scene *scene)
{
    driver_end(&scene->driver);
}

static void turn(struct scene *scene, bool off)
{
    scene->off = off;
    driver_tick(&scene->driver);
}

/* One side says something; the other hears just that, or what it hears in its place. */
static void goes(struct scene *scene, enum side side, const char *said, const char *heard)
{
    driver_say(&scene->driver, side, span_of(said));
    driver_hears(&scene->driver, side == CLIENT ? SERVER : CLIENT, heard);
}

static void is_granted(struct scene *scene, const char *command, const char *reply)
{
    goes(scene, CLIENT, command, command);
    goes(scene, SERVER, reply, reply);
}

/* -- lines ---------------------------------------------------------------------------------- */

static void test_off_in_a_command(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server command NOOP answer reply=\"250 local\"", false);
    goes(&scene, CLIENT, "NO", "");
    turn(&scene, true);
    driver_hears(&scene.driver, SERVER, "NO");
    goes(&scene, CLIENT, "OP\r\n", "OP\r\n");
    goes(&scene, SERVER, "250 far\r\n", "250 far\r\n");
    turn(&scene, false);
    goes(&scene, CLIENT, "NOOP\r\n", "");
    driver_hears(&scene.driver, CLIENT, "250 local\r\n");
    end(&scene);
}

/* What has left cannot be taken back: the rule acts from the next command on. */
static void test_on_in_a_command(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server command NOOP answer reply=\"250 local\"", true);
    goes(&scene, CLIENT, "NO", "NO");
    turn(&scene, false);
    goes(&scene, CLIENT, "OP\r\n", "OP\r\n");
    goes(&scene, SERVER, "250 far\r\n", "250 far\r\n");
    goes(&scene, CLIENT, "NOOP\r\n", "");
    driver_hears(&scene.driver, CLIENT, "250 local\r\n");
    end(&scene);
}

static void test_off_and_on_in_replies(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to client reply 250 rewrite line=\"451 no\"", false);
    goes(&scene, CLIENT, "NOOP\r\nNOOP\r\nNOOP\r\n", "NOOP\r\nNOOP\r\nNOOP\r\n");
    goes(&scene, SERVER, "250-a\r\n25", "");
    turn(&scene, true);
    driver_hears(&scene.driver, CLIENT, "250-a\r\n25");
    turn(&scene, false);
    goes(&scene, SERVER, "0 b\r\n25", "0 b\r\n");
    goes(&scene, SERVER, "0 c\r\n", "451 no\r\n");
    end(&scene);
}

/* Answers that were promised are given. */
static void test_off_while_answers_wait(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server command NOOP answer reply=\"250 local\"", false);
    goes(&scene, CLIENT, "HELP\r\nNOOP\r\nRSET\r\n", "HELP\r\nRSET\r\n");
    turn(&scene, true);
    driver_hears(&scene.driver, CLIENT, "");
    goes(&scene, SERVER, "214 help\r\n", "214 help\r\n250 local\r\n");
    goes(&scene, SERVER, "250 rset\r\n", "250 rset\r\n");
    end(&scene);
}

/* -- mail ----------------------------------------------------------------------------------- */

static void test_off_in_a_mail(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body bare-lf", false);
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\nb", "a\n");
    turn(&scene, true);
    driver_hears(&scene.driver, SERVER, "b");
    goes(&scene, CLIENT, "\r\nc\r\n.\r\n", "\r\nc\r\n.\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    end(&scene);
}

/* A mail that began without rules was not cut into lines: it stays as it is. */
static void test_on_in_a_mail(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body bare-lf", true);
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\nb", "a\r\nb");
    turn(&scene, false);
    goes(&scene, CLIENT, "\r\nc\r\nd\r\n.\r\n", "\r\nc\r\nd\r\n.\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\n.\r\n", "a\n.\r\n");
    end(&scene);
}

/* Its end is an event of its own. */
static void test_on_before_the_end_of_a_mail(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body-end answer upstream=told reply=\"554 no\"", true);
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\n", "a\r\n");
    turn(&scene, false);
    goes(&scene, CLIENT, ".\r\n", ".\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "554 no\r\n");
    end(&scene);
}

/* A line ending is held back for the rule; it leaves before what follows it, whole or not. */
static void switched_off_behind_a_line(const char *rest)
{
    struct scene scene;
    struct text wanted = { 0 };
    begin(&scene, "to server body-end terminator as=\"\\n.\\n\"", false);
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\n", "a");
    turn(&scene, true);
    for (const char *byte = rest; *byte; byte++)
        driver_say(&scene.driver, CLIENT, span_make(byte, 1));
    text_addf(&wanted, "\r\n%s", rest);
    driver_hears(&scene.driver, SERVER, text_string(&wanted));
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    text_deinit(&wanted);
    end(&scene);
}

static void test_off_while_a_line_end_is_held_back(void **state)
{
    struct scene scene;
    (void)state;
    switched_off_behind_a_line(".\r\n");
    switched_off_behind_a_line("b\r\n.\r\n");
    switched_off_behind_a_line("..\r\n.\r\n");
    begin(&scene, "to server body-end terminator as=\"\\n.\\n\"", false);
    is_granted(&scene, "DATA\r\n", "354 go\r\n");
    goes(&scene, CLIENT, "a\r\n", "a");
    turn(&scene, true);
    goes(&scene, CLIENT, "b\r\n.\r\n", "\r\nb\r\n.\r\n");
    end(&scene);
}

/* -- chunks --------------------------------------------------------------------------------- */

static void test_off_in_a_chunk(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body bare-lf", false);
    goes(&scene, CLIENT, "BDAT 6 LAST\r\na\r\n", "");
    turn(&scene, true);
    goes(&scene, CLIENT, "b\r\n", "BDAT 5 LAST\r\na\nb\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    end(&scene);
}

/* The size has been announced: no rule may change it any more. */
static void test_on_in_a_chunk(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body bare-lf", true);
    goes(&scene, CLIENT, "BDAT 6\r\na\r\n", "BDAT 6\r\na\r\n");
    turn(&scene, false);
    goes(&scene, CLIENT, "b\r\n", "b\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    goes(&scene, CLIENT, "BDAT 3 LAST\r\nc\r\n", "BDAT 2 LAST\r\nc\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    end(&scene);
}

/* Nor can the server be spared what it has got. */
static void test_on_before_the_end_of_a_chunk(void **state)
{
    struct scene scene;
    (void)state;
    begin(&scene, "to server body-end answer reply=\"554 no\"", true);
    goes(&scene, CLIENT, "BDAT 6 LAST\r\na\r\n", "BDAT 6 LAST\r\na\r\n");
    turn(&scene, false);
    goes(&scene, CLIENT, "b\r\n", "b\r\n");
    goes(&scene, SERVER, "250 ok\r\n", "250 ok\r\n");
    is_granted(&scene, "NOOP\r\n", "250 ok\r\n");
    end(&scene);
}

/* A rule that takes the BDAT itself leaves the chunk as it was announced. */
static void test_a_chunk_behind_a_command_that_a_rule_took(void **state)
{
    static const char *const rules[] = { "to server command BDAT insert line=\"NOOP\"",
                                         "to server body bare-lf", NULL };
    struct driver driver;
    (void)state;
    driver_begin(&driver, rules, 1);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("BDAT 6 LAST\r\na\r\nb\r\nRSET\r\n"));
    driver_hears(&driver, SERVER, "NOOP\r\nBDAT 6 LAST\r\na\r\nb\r\nRSET\r\n");
    driver_say(&driver, SERVER, SPAN("250 noop\r\n250 bdat\r\n250 rset\r\n"));
    driver_hears(&driver, CLIENT, "220 mx\r\n250 bdat\r\n250 rset\r\n");
    driver_end(&driver);
}

/* -- rules for a time ----------------------------------------------------------------------- */

static void test_rules_end_at_their_time(void **state)
{
    static const char *const rules[] = { "to server command NOOP answer reply=\"250 local\"",
                                         NULL };
    struct driver driver;
    struct session_options options = { .seed = 1 };
    (void)state;
    driver_begin_with(&driver, rules, &options, DRIVER_ACCEPTS);
    driver.options.rules_until = driver.now + SECONDS(10);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_pass(&driver, SECONDS(5));
    driver_say(&driver, CLIENT, SPAN("NOOP\r\nNO"));
    driver_hears(&driver, CLIENT, "220 mx\r\n250 local\r\n");
    assert_int_equal(session_deadline(driver.session), driver.now + SECONDS(5));
    driver_pass(&driver, SECONDS(5) - 1);
    driver_hears(&driver, SERVER, "");
    driver_pass(&driver, 1);
    driver_hears(&driver, SERVER, "NO");
    driver_say(&driver, CLIENT, SPAN("OP\r\n"));
    driver_hears(&driver, SERVER, "OP\r\n");
    driver_end(&driver);
}

/* -- rules that are only tried -------------------------------------------------------------- */

static void test_a_dry_run_is_a_wire(void **state)
{
    static const char *const rules[] = { "to server command RCPT answer reply=\"550 no\"",
                                         "to server body bare-lf",
                                         "to server body-end answer reply=\"554 no\"",
                                         "to client reply 250 delay time=5s",
                                         "to client reply 221 reset",
                                         NULL };
    const struct session_options options = { .seed = 1, .dry_run = true };
    struct driver driver;
    (void)state;
    driver_begin_with(&driver, rules, &options, DRIVER_ACCEPTS);
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("RCPT TO:<a@b>\r\nDATA\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n354 go\r\n"));
    driver_say(&driver, CLIENT, SPAN("a\r\n.\r\nBDAT 3 LAST\r\nb\r\nQUIT\r\n"));
    driver_say(&driver, SERVER, SPAN("250 ok\r\n250 ok\r\n221 bye\r\n"));
    driver_hears(&driver, SERVER,
                 "RCPT TO:<a@b>\r\nDATA\r\na\r\n.\r\nBDAT 3 LAST\r\nb\r\nQUIT\r\n");
    driver_hears(&driver, CLIENT, "220 mx\r\n250 ok\r\n354 go\r\n250 ok\r\n250 ok\r\n221 bye\r\n");
    for (size_t i = 0; rules[i]; i++) {
        struct text entry = { 0 };
        text_add(&entry, SPAN("\"rule\":\""));
        for (const char *byte = rules[i]; *byte; byte++)
            text_addf(&entry, *byte == '"' ? "\\\"" : "%c", *byte);
        assert_true(span_search(text_span(&driver.log), text_span(&entry)) < driver.log.len);
        text_deinit(&entry);
    }
    driver_end(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_off_in_a_command),
        cmocka_unit_test(test_on_in_a_command),
        cmocka_unit_test(test_off_and_on_in_replies),
        cmocka_unit_test(test_off_while_answers_wait),
        cmocka_unit_test(test_off_in_a_mail),
        cmocka_unit_test(test_on_in_a_mail),
        cmocka_unit_test(test_on_before_the_end_of_a_mail),
        cmocka_unit_test(test_off_while_a_line_end_is_held_back),
        cmocka_unit_test(test_off_in_a_chunk),
        cmocka_unit_test(test_on_in_a_chunk),
        cmocka_unit_test(test_on_before_the_end_of_a_chunk),
        cmocka_unit_test(test_a_chunk_behind_a_command_that_a_rule_took),
        cmocka_unit_test(test_rules_end_at_their_time),
        cmocka_unit_test(test_a_dry_run_is_a_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
