/* test_param: the values of parameters, read, refused with a reason, and written again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"
#include "mutators/param.h"
#include "mutators/pattern.h"

static const struct param count = { .name = "max", .kind = PARAM_COUNT, .min = 1, .max = 100 };
static const struct param any_count = { .name = "nth", .kind = PARAM_COUNT };
static const struct param least = { .name = "least", .kind = PARAM_COUNT, .min = 3 };
static const struct param wait = { .name = "time", .kind = PARAM_TIME, .max = HOURS(1) };
static const struct param stall = { .name = "stall", .kind = PARAM_TIME, .max = NEVER };
static const struct param size = { .name = "size", .kind = PARAM_SIZE, .min = 1 };
static const struct param rate = { .name = "rate", .kind = PARAM_RATE, .min = 1 };
static const struct param text = { .name = "reply", .kind = PARAM_TEXT };
static const struct param literal = { .name = "as", .kind = PARAM_LITERAL };
static const struct param names = { .name = "remove", .kind = PARAM_NAMES };
static const struct param word = { .name = "upstream",
                                   .kind = PARAM_WORD,
                                   .choices = "spared|told" };
static const struct param pattern = { .name = "match", .kind = PARAM_PATTERN };

static void test_numbers_are_ranges(void **state)
{
    static const struct {
        const struct param *param;
        const char *value;
        uint64_t low;
        uint64_t high;
    } cases[] = {
        { &count, "1", 1, 1 },
        { &count, "1..100", 1, 100 },
        { &any_count, "0", 0, 0 },
        { &any_count, "18446744073709551615", UINT64_MAX, UINT64_MAX },
        { &wait, "400ms", MS(400), MS(400) },
        { &wait, "0s", 0, 0 },
        { &wait, "200ms..900ms", MS(200), MS(900) },
        { &wait, "200..900ms", MS(200), MS(900) },
        { &wait, "200ms..2s", MS(200), SECONDS(2) },
        { &wait, "1..1h", HOURS(1), HOURS(1) },
        { &stall, "forever", NEVER, NEVER },
        { &stall, "1us", 1000, 1000 },
        { &size, "512", 512, 512 },
        { &size, "1..2KiB", 1024, 2048 },
        { &size, "1B..1MB", 1, 1000000 },
        { &rate, "2KB/s", 2000, 2000 },
        { &rate, "1..2KB/s", 1000, 2000 },
        { &rate, "1KB/s..2KB/s", 1000, 2000 },
        { &rate, "100..200/s", 100, 200 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct argument argument;
        struct text error = { 0 };
        assert_true(param_parse(cases[i].param, span_of(cases[i].value), false, &argument, &error));
        assert_true(argument.given);
        assert_int_equal(argument.low, cases[i].low);
        assert_int_equal(argument.high, cases[i].high);
        assert_int_equal(error.len, 0);
        argument_deinit(&argument);
        text_deinit(&error);
    }
}

static void test_texts_are_kept(void **state)
{
    static const struct {
        const struct param *param;
        const char *value;
        bool quoted;
        const char *kept;
    } cases[] = {
        { &text, "451 4.7.1 {recipient} {{x}} {0}", true, "451 4.7.1 {recipient} {{x}} {0}" },
        { &text, "", true, "" },
        { &literal, "{nonsense}", true, "{nonsense}" },
        { &names, "SIZE,DSN", false, "SIZE,DSN" },
        { &pattern, "/a b/", false, "a b" },
        { &pattern, "/a/", true, "a" },
        { &pattern, "a/b", true, "a/b" },
        { &pattern, "//", false, "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct argument argument;
        struct text error = { 0 };
        bool fine = param_parse(cases[i].param, span_of(cases[i].value), cases[i].quoted, &argument,
                                &error);
        assert_true(fine);
        assert_string_equal((const char *)argument.text.ptr, cases[i].kept);
        assert_int_equal(argument.pattern != NULL, cases[i].param == &pattern);
        assert_int_equal(error.len, 0);
        argument_deinit(&argument);
        text_deinit(&error);
    }
}

static void test_words_are_choices(void **state)
{
    struct argument argument;
    struct text error = { 0 };
    (void)state;
    assert_true(param_parse(&word, SPAN("told"), false, &argument, &error));
    assert_int_equal(argument.low, 1);
    assert_int_equal(argument.high, 1);
    assert_true(param_parse(&word, SPAN("spared"), false, &argument, &error));
    assert_int_equal(argument.low, 0);
}

static void test_bad_values_are_refused_with_a_reason(void **state)
{
    static const struct {
        const struct param *param;
        const char *value;
        const char *error;
    } cases[] = {
        { &count, "five", "max: \"five\" is not a number" },
        { &count, "1..", "max: \"1..\" is not a number" },
        { &count, "..1", "max: \"..1\" is not a number" },
        { &count, "-1", "max: \"-1\" is not a number" },
        { &count, "18446744073709551616", "max: \"18446744073709551616\" is not a number" },
        { &count, "0", "max: \"0\" is out of range; the least is 1, the most is 100" },
        { &count, "5..101", "max: \"5..101\" is out of range; the least is 1, the most is 100" },
        { &count, "9..5", "max: \"9..5\" runs backwards; the smaller number stands first" },
        { &least, "2", "least: \"2\" is out of range; the least is 3" },
        { &wait, "5", "time: \"5\" has no unit; write 5s or 5ms" },
        { &wait, "5..6", "time: \"5..6\" has no unit; write 5s or 5ms" },
        { &wait, "soon", "time: \"soon\" is not a time; write 5s, 400ms or 200ms..900ms" },
        { &wait, "5days", "time: \"5days\" is not a time; write 5s, 400ms or 200ms..900ms" },
        { &wait, "2h", "time: \"2h\" is out of range; the least is 0s, the most is 1h" },
        { &wait, "forever", "time: \"forever\" is out of range; the least is 0s, the most is 1h" },
        { &stall, "5s..forever",
          "stall: \"5s..forever\" is no range to draw from; forever stands alone" },
        { &size, "5X", "size: \"5X\" is not a size; write 512B, 2KB or 1MiB" },
        { &size, "0", "size: \"0\" is out of range; the least is 1B" },
        { &rate, "2KB", "rate: \"2KB\" is not a rate; write 2KB/s" },
        { &rate, "/s", "rate: \"/s\" is not a rate; write 2KB/s" },
        { &rate, "0KB/s", "rate: \"0KB/s\" is out of range; the least is 1B/s" },
        { &text, "451 {recipent}", "reply: unknown name {recipent}; did you mean {recipient}?" },
        { &text, "451 {hex.17}", "reply: unknown name {hex.17}; did you mean {hex.N}?" },
        { &text, "451 {nonsense}",
          "reply: unknown name {nonsense}; braces themselves are written {{ and }}" },
        { &names, "SIZE,,DSN", "remove: a name is missing in \"SIZE,,DSN\"" },
        { &names, "SIZE,", "remove: a name is missing in \"SIZE,\"" },
        { &word, "spard", "upstream: \"spard\" is none of spared|told; did you mean \"spared\"?" },
        { &word, "x\r\n", "upstream: \"x\\r\\n\" is none of spared|told" },
        { &pattern, "/a(b/", "match: missing closing parenthesis, at offset 3 of the pattern" },
        { &pattern, "a", "match: \"a\" is no pattern; write /.../, or /(?i).../ to ignore case" },
        { &pattern, "/a/i",
          "match: \"/a/i\" is no pattern; write /.../, or /(?i).../ to ignore case" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct argument argument;
        struct text error = { 0 };
        assert_false(
            param_parse(cases[i].param, span_of(cases[i].value), false, &argument, &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
    }
}

static void test_presets_stand_for_what_was_not_given(void **state)
{
    const struct param number = { .kind = PARAM_TIME, .preset = MS(100) };
    const struct param reply = { .kind = PARAM_TEXT, .preset_text = "421 {host}" };
    const struct param match = { .kind = PARAM_PATTERN, .preset_text = "^a" };
    struct argument argument;
    (void)state;
    param_preset(&number, &argument);
    assert_false(argument.given);
    assert_int_equal(argument.low, MS(100));
    assert_int_equal(argument.high, MS(100));
    param_preset(&reply, &argument);
    assert_string_equal((const char *)argument.text.ptr, "421 {host}");
    argument_deinit(&argument);
    assert_null(argument.text.ptr);
    param_preset(&match, &argument);
    assert_true(pattern_matches(argument.pattern, SPAN("abc")));
    argument_deinit(&argument);
    param_preset(&text, &argument);
    assert_null(argument.text.ptr);
}

static void test_drawn_numbers_are_written_in_their_unit(void **state)
{
    static const struct {
        const struct param *param;
        uint64_t drawn;
        const char *text;
    } cases[] = {
        { &count, 7, "7" },           { &wait, MS(400), "400ms" },
        { &stall, NEVER, "forever" }, { &size, 2000, "2KB" },
        { &rate, 2048, "2KiB/s" },    { &word, 1, "told" },
        { &word, 0, "spared" },       { &text, 1, "" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text out = { 0 };
        param_format(cases[i].param, cases[i].drawn, &out);
        assert_string_equal(text_string(&out), cases[i].text);
        text_deinit(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_are_ranges),
        cmocka_unit_test(test_texts_are_kept),
        cmocka_unit_test(test_words_are_choices),
        cmocka_unit_test(test_bad_values_are_refused_with_a_reason),
        cmocka_unit_test(test_presets_stand_for_what_was_not_given),
        cmocka_unit_test(test_drawn_numbers_are_written_in_their_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
