/* test_instant: time that is handed in: sums that end at NEVER, and the forms that are written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void test_sums(void **state)
{
    (void)state;
    assert_int_equal(instant_after(SECONDS(5), MS(250)), US(5250000));
    assert_int_equal(instant_after(5, 0), 5);
    assert_true(instant_after(NEVER, 0) == NEVER);
    assert_true(instant_after(0, NEVER) == NEVER);
    assert_true(instant_after(NEVER, NEVER) == NEVER);
    assert_true(instant_after(NEVER - 5, 5) == NEVER);
    assert_true(instant_after(NEVER - 5, 6) == NEVER);
    assert_true(instant_after(NEVER - 6, 5) == NEVER - 1);
    assert_int_equal(instant_min(3, 4), 3);
    assert_int_equal(instant_min(NEVER, 4), 4);
    assert_int_equal(HOURS(2), SECONDS(7200));
}

static void test_instants_are_written(void **state)
{
    static const struct {
        instant when;
        const char *written;
        const char *mailed;
    } cases[] = {
        { 0, "1970-01-01T00:00:00.000000Z", "Thu, 01 Jan 1970 00:00:00 +0000" },
        { SECONDS(1795218840) + US(1), "2026-11-20T23:54:00.000001Z",
          "Fri, 20 Nov 2026 23:54:00 +0000" },
        { SECONDS(951827696) + 999999999, "2000-02-29T12:34:56.999999Z",
          "Tue, 29 Feb 2000 12:34:56 +0000" },
        { SECONDS(4102444799), "2099-12-31T23:59:59.000000Z", "Thu, 31 Dec 2099 23:59:59 +0000" },
        { NEVER, "2554-07-21T23:34:33.709551Z", "Sun, 21 Jul 2554 23:34:33 +0000" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[INSTANT_TEXT_SIZE];
        instant_format(cases[i].when, text);
        assert_string_equal(text, cases[i].written);
        instant_format_mail(cases[i].when, text);
        assert_string_equal(text, cases[i].mailed);
    }
}

static void test_durations_are_written_in_one_unit(void **state)
{
    static const struct {
        duration length;
        const char *written;
    } cases[] = {
        { 0, "0s" },
        { US(1), "1us" },
        { US(1500), "1500us" },
        { MS(400), "400ms" },
        { MS(5000), "5s" },
        { SECONDS(90), "90s" },
        { SECONDS(120), "2m" },
        { MINUTES(61), "61m" },
        { HOURS(36), "36h" },
        { NEVER, "forever" },
        { NEVER / US(1) * US(1), "18446744073709551us" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        char text[DURATION_TEXT_SIZE];
        duration back = 1;
        duration_format(cases[i].length, text);
        assert_string_equal(text, cases[i].written);
        assert_true(duration_parse(span_of(text), &back));
        assert_true(back == cases[i].length);
    }
}

static void test_durations_are_read(void **state)
{
    static const struct {
        const char *text;
        duration length;
    } cases[] = {
        { "0s", 0 },           { "0h", 0 },           { "007s", SECONDS(7) },
        { "60s", MINUTES(1) }, { "1m", SECONDS(60) }, { "1ms", MS(1) },
        { "1000us", MS(1) },   { "24h", HOURS(24) },  { "5124095h", HOURS(5124095) },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        duration length = 1;
        assert_true(duration_parse(span_of(cases[i].text), &length));
        assert_true(length == cases[i].length);
    }
}

static void test_what_is_no_duration_is_refused(void **state)
{
    static const char *const bad[] = { "",
                                       "5",
                                       "s",
                                       "-5s",
                                       "5 s",
                                       " 5s",
                                       "5S",
                                       "1.5s",
                                       "5sec",
                                       "5d",
                                       "5s5",
                                       "Forever",
                                       "forever ",
                                       "18446744073709551616us",
                                       "18446744073709552us",
                                       "5124096h" };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        duration length = 7;
        if (duration_parse(span_of(bad[i]), &length))
            fail_msg("%s was read", bad[i]);
        assert_int_equal(length, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sums),
        cmocka_unit_test(test_instants_are_written),
        cmocka_unit_test(test_durations_are_written_in_one_unit),
        cmocka_unit_test(test_durations_are_read),
        cmocka_unit_test(test_what_is_no_duration_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
