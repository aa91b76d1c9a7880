/* test_recorder: what is written down of a session, and what never is. */
#include "play/recorder.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session_driver.h"

static const struct session_options plain = { .seed = 7 };

struct stage {
    struct driver driver;
    struct recorder recorder;
};

static void begin(struct stage *stage, const char *const *rules,
                  const struct session_options *options)
{
    *stage = (struct stage){ 0 };
    driver_begin_recorded(&stage->driver, rules, options, &stage->recorder);
    driver_say(&stage->driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
}

static void end(struct stage *stage)
{
    driver_end(&stage->driver);
    recorder_deinit(&stage->recorder);
}

static void say(struct stage *stage, enum side side, const char *line)
{
    driver_say(&stage->driver, side, span_of(line));
}

static bool is_written(struct stage *stage, const char *words)
{
    return strstr(text_string(&stage->recorder.out), words) != NULL;
}

static void calls_wishes_and_journal(void **state)
{
    (void)state;
    static const char *const rules[] = { "to client greeting delay time=40ms", NULL };
    struct stage stage;
    begin(&stage, rules, &plain);
    assert_true(is_written(&stage, "smtpchaos-recording 1\n"));
    assert_true(is_written(&stage, "\nseed 7\n"));
    assert_true(is_written(&stage, "\nrule to client greeting delay time=40ms\n"));
    assert_true(is_written(&stage, "\ncall 0 connected\n"));
    assert_true(is_written(&stage, "\ncall 0 in to-client 220 mx.test ESMTP\\r\\n\n"));
    driver_pass(&stage.driver, MS(40));
    assert_true(is_written(&stage, "\nwish read read 40000000\ncall 40000000 tick\n"));
    assert_true(is_written(&stage, "\ncall 40000000 out to-client 220 mx.test ESMTP\\r\\n\n"));
    assert_true(is_written(&stage, "\"mutator\":\"delay\""));
    end(&stage);
}

static void neighbours_of_one_profile_share_its_name(void **state)
{
    (void)state;
    struct text error = { 0 };
    struct rule_set *rules = rule_set_new();
    const struct session_options options = { .rules_off = NULL };
    struct recorder recorder = { 0 };
    struct session_setup setup = { .options = &options, .rules = rules, .recall = recall_new(0) };
    struct span profile = SPAN("# title: t\nto client reply weight 1 delay time=1s\n"
                               "to client reply weight 2 pass\n");
    struct recall *recall = setup.recall;
    assert_true(
        rule_set_add_line(rules, SPAN("to client reply once finish"), (struct place){ 0 }, &error));
    for (int i = 0; i < 2; i++)
        assert_true(rule_set_add_profile(rules, "p", profile, SPAN(""), "p", &error));
    recorder_begin(&recorder, &setup, "1", 0);
    assert_non_null(strstr(text_string(&recorder.out),
                           "rule to client reply once finish\nprofile p\n"
                           "rule to client reply weight 1 delay time=1s\n"
                           "rule to client reply weight 2 pass\nprofile p\nrule "));
    recorder_deinit(&recorder);
    rule_set_free(rules);
    recall_free(recall);
}

/* -- secrets -------------------------------------------------------------------------------- */

static void log_in(struct stage *stage)
{
    say(stage, CLIENT, "AUTH LOGIN\r\n");
    say(stage, SERVER, "334 VXNlcm5hbWU6\r\n");
    say(stage, CLIENT, "c2VjcmV0\r\n");
}

static void what_auth_says_is_hidden(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage, NULL, &plain);
    log_in(&stage);
    assert_false(is_written(&stage, "c2VjcmV0"));
    assert_true(is_written(&stage, " in to-server ********\\r\\n\n"));
    assert_true(is_written(&stage, " out to-server ********\\r\\n\n"));
    say(&stage, SERVER, "235 fine\r\n");
    say(&stage, CLIENT, "MAIL FROM:<ann@me.test>\r\n");
    assert_true(is_written(&stage, " out to-server MAIL FROM:<ann@me.test>\\r\\n\n"));
    end(&stage);
}

/* The decoder knows that the exchange has ended, whatever the code; its client may not. */
static void a_command_behind_an_odd_end_is_not(void **state)
{
    (void)state;
    struct stage stage;
    begin(&stage, NULL, &plain);
    log_in(&stage);
    say(&stage, SERVER, "250 fine\r\n");
    say(&stage, CLIENT, "bW9yZQ==\r\n");
    assert_false(is_written(&stage, "bW9yZQ=="));
    say(&stage, SERVER, "250 fine\r\n");
    say(&stage, CLIENT, "MAIL FROM:<ann@me.test>\r\n");
    assert_true(is_written(&stage, " in to-server MAIL FROM:<ann@me.test>\\r\\n\n"));
    end(&stage);
}

static void what_rules_make_of_it_is_hidden(void **state)
{
    (void)state;
    static const char *const rules[] = {
        "to server command AUTH rewrite match=/^AUTH/ with=\"XAUTH\"", NULL
    };
    struct stage stage;
    begin(&stage, rules, &plain);
    say(&stage, CLIENT, "AUTH PLAIN c2VjcmV0\r\n");
    driver_hears(&stage.driver, SERVER, "XAUTH PLAIN c2VjcmV0\r\n");
    assert_false(is_written(&stage, "c2VjcmV0"));
    end(&stage);
}

static void it_is_kept_on_request(void **state)
{
    (void)state;
    struct stage stage = { .recorder = { .keeps_secrets = true } };
    driver_begin_recorded(&stage.driver, NULL, &plain, &stage.recorder);
    say(&stage, SERVER, "220 mx.test ESMTP\r\n");
    log_in(&stage);
    assert_true(is_written(&stage, " in to-server c2VjcmV0\\r\\n\n"));
    end(&stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_wishes_and_journal),
        cmocka_unit_test(neighbours_of_one_profile_share_its_name),
        cmocka_unit_test(what_auth_says_is_hidden),
        cmocka_unit_test(a_command_behind_an_odd_end_is_not),
        cmocka_unit_test(what_rules_make_of_it_is_hidden),
        cmocka_unit_test(it_is_kept_on_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
