/* test_rerun: a recording goes the same again; whatever of it is changed is noticed, and a damaged
 * one is refused with its place. */
#include "play/rerun.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "session_driver.h"

static const char *const rules[] = {
    "to client greeting delay time=10ms..90ms",
    "to server command MAIL first 1 per run answer reply=\"451 4.7.1 once\"",
    "to client reply 250 chance 1/2 drip chunk=2 gap=1ms",
    "to server command RCPT listed=nobody pass",
    NULL,
};

static void lead(struct driver *driver)
{
    driver_say(driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
    driver_pass(driver, MS(100));
    driver_say(driver, CLIENT, SPAN("MAIL FROM:<ann@me.test>\r\n"));
    for (int i = 0; i < 4; i++) {
        driver_say(driver, CLIENT, SPAN("NOOP\r\n"));
        driver_say(driver, SERVER, SPAN("250 fine\r\n"));
        driver_pass(driver, MS(100));
    }
    driver_finish(driver, CLIENT);
    driver_finish(driver, SERVER);
}

/* A recording of a session under `rules`; the caller deinits it. */
static struct text recorded(const struct session_options *options)
{
    struct driver driver;
    struct recorder recorder = { 0 };
    driver_begin_recorded(&driver, rules, options, &recorder);
    lead(&driver);
    driver_end(&driver);
    struct text recording = recorder.out;
    recorder.out = (struct text){ 0 };
    recorder_deinit(&recorder);
    return recording;
}

static struct text plain_recording(void)
{
    const struct session_options options = { .seed = 3 };
    return recorded(&options);
}

static void expect(struct text *recording, enum rerun_outcome outcome, const char *report)
{
    struct text told = { 0 };
    struct rerun_tally tally;
    assert_int_equal(rerun("f", text_span(recording), &tally, &told), outcome);
    if (!strstr(text_string(&told), report))
        fail_msg("no `%s` in: %s", report, text_string(&told));
    text_deinit(&told);
}

/* The first `old` becomes `new`. */
static void change(struct text *recording, const char *old, const char *new)
{
    struct text changed = { 0 };
    struct span whole = text_span(recording);
    size_t at = span_search(whole, span_of(old));
    assert_true(at < whole.len);
    text_add(&changed, span_take(whole, at));
    text_add(&changed, span_of(new));
    text_add(&changed, span_drop(whole, at + strlen(old)));
    text_deinit(recording);
    *recording = changed;
}

static void expect_changed(const char *old, const char *new, enum rerun_outcome outcome,
                           const char *report)
{
    struct text recording = plain_recording();
    change(&recording, old, new);
    expect(&recording, outcome, report);
    text_deinit(&recording);
}

static void it_goes_the_same(void **state)
{
    (void)state;
    struct text recording = plain_recording();
    struct text report = { 0 };
    struct rerun_tally tally;
    assert_int_equal(rerun("f", text_span(&recording), &tally, &report), RERUN_SAME);
    assert_true(tally.is_whole);
    assert_true(tally.calls > 20 && tally.entries > 10 && tally.bytes > 80);
    assert_int_equal(report.len, 0);
    text_deinit(&report);
    text_deinit(&recording);
}

static void whatever_is_changed_is_noticed(void **state)
{
    (void)state;
    expect_changed("seed 3", "seed 4", RERUN_DIFFERS, "f:");
    expect_changed("10ms..90ms", "91ms..95ms", RERUN_DIFFERS, "    - ");
    expect_changed("451 4.7.1 once", "452 4.7.1 once", RERUN_DIFFERS, "    + ");
    expect_changed("recall 1 ", "recall 2 ", RERUN_DIFFERS, " into the session\n");
    expect_changed(" in to-client 250 fine", " in to-client 250 fire", RERUN_DIFFERS, "^\n");
    expect_changed("wish read,write read", "wish read read", RERUN_DIFFERS, "wish read,write");
    expect_changed(" finished server\n", " finished client\n", RERUN_DIFFERS, "it went otherwise");
    expect_changed(" connected\n", " tick\n", RERUN_DIFFERS, "it went otherwise");
    expect_changed("\"ending\":\"client-closed\"", "\"ending\":\"x\"", RERUN_DIFFERS, "ending");
}

static void a_damaged_one_is_refused(void **state)
{
    (void)state;
    expect_changed("smtpchaos-recording 1", "x", RERUN_BAD, "f:1: this is no recording");
    expect_changed("seed 3", "seed", RERUN_BAD, "f:4: the head has no such line");
    expect_changed("drip chunk", "trip chunk", RERUN_BAD, "unknown mutator");
    expect_changed("tls 0", "tls 9", RERUN_BAD, "no way of TLS");
    expect_changed("max-line 0", "max-line 99999999999", RERUN_BAD, "the head has a line longer");
    expect_changed(" in to-client", " on to-client", RERUN_BAD, "this call cannot be read");
    expect_changed(" free\n", " free\ncall 999999999 tick\n", RERUN_BAD,
                   "the session has ended, the recording goes on");
}

static void time_never_runs_backwards(void **state)
{
    (void)state;
    expect_changed("call 0 connected\n", "call 99999999999 connected\n", RERUN_BAD,
                   "time runs backwards");
}

static void one_that_breaks_off_is_the_same_so_far(void **state)
{
    (void)state;
    struct text recording = plain_recording();
    size_t head = span_search(text_span(&recording), SPAN("\njournal ")) + 1;
    struct text report = { 0 };
    struct rerun_tally tally = { 0 };
    for (size_t len = head; len < recording.len; len += 7) {
        struct span part = span_take(text_span(&recording), len);
        assert_int_equal(rerun("f", part, &tally, &report), RERUN_SAME);
        assert_false(tally.is_whole);
    }
    text_deinit(&report);
    text_deinit(&recording);
}

/* -- what reaches into a session from without -------------------------------------------------- */

static void the_switch(void **state)
{
    (void)state;
    struct driver driver;
    struct recorder recorder = { 0 };
    bool off = true;
    const struct session_options options = { .seed = 3, .rules_off = &off };
    driver_begin_recorded(&driver, rules, &options, &recorder);
    driver_say(&driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
    driver_hears(&driver, CLIENT, "220 mx.test ESMTP\r\n");
    off = false;
    lead(&driver);
    driver_end(&driver);
    assert_non_null(strstr(text_string(&recorder.out), "\nswitch on\n"));
    expect(&recorder.out, RERUN_SAME, "");
    change(&recorder.out, "\nswitch on\n", "\n");
    expect(&recorder.out, RERUN_DIFFERS, "it went otherwise");
    recorder_deinit(&recorder);
}

static void a_pool_that_has_no_memory(void **state)
{
    (void)state;
    struct driver driver;
    struct recorder recorder = { 0 };
    const struct session_options options = { .seed = 3 };
    driver_begin_recorded(&driver, NULL, &options, &recorder);
    driver.stopped[CLIENT] = true;
    driver_say(&driver, SERVER, SPAN("220 mx.test ESMTP\r\n"));
    driver.pool.in_use_max = 1;
    driver_tick(&driver);
    driver_tick(&driver);
    driver.pool.in_use_max = 0;
    driver_resume(&driver, CLIENT);
    driver_end(&driver);
    assert_non_null(strstr(text_string(&recorder.out), "\npool out\n"));
    assert_non_null(strstr(text_string(&recorder.out), "\npool back\n"));
    expect(&recorder.out, RERUN_SAME, "");
    change(&recorder.out, "\npool out\n", "\n");
    expect(&recorder.out, RERUN_DIFFERS, "wish");
    recorder_deinit(&recorder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_the_same),
        cmocka_unit_test(whatever_is_changed_is_noticed),
        cmocka_unit_test(a_damaged_one_is_refused),
        cmocka_unit_test(time_never_runs_backwards),
        cmocka_unit_test(one_that_breaks_off_is_the_same_so_far),
        cmocka_unit_test(the_switch),
        cmocka_unit_test(a_pool_that_has_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
