/* test_options: options out of a table: values, defaults, order, what is said about mistakes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/instant.h"
#include "proxy/exits.h"
#include "proxy/options.h"

enum { LISTEN, RULE, COUNT, TIME, SIZE, RATE, FORMAT, DRY_RUN, TOKEN, NAME };

static const struct option_row rows[] = {
    [LISTEN] = { "listen", OPTION_ADDRESS, "ADDR", .preset = "127.0.0.1:2525", .repeatable = true },
    [RULE] = { "rule", OPTION_TEXT, "LINE", .repeatable = true, .is_rule = true },
    [COUNT] = { "count", OPTION_COUNT, "N", .preset = "1", .min = 1, .max = 100 },
    [TIME] = { "time", OPTION_TIME, "TIME", .preset = "30s" },
    [SIZE] = { "size", OPTION_SIZE, "SIZE", .min = 64, .max = 1048576 },
    [RATE] = { "rate", OPTION_RATE, "RATE", .help = "how fast" },
    [FORMAT] = { "format", OPTION_WORD, "WORD", .preset = "json", .choices = "json|text" },
    [DRY_RUN] = { "dry-run", OPTION_FLAG, .help = "does nothing" },
    [TOKEN] = { "token", OPTION_TEXT, "TEXT", .secret = true },
    [NAME] = { "name", OPTION_TEXT, "TEXT", .help = "a name" },
};

static const struct usage usage = {
    .name = "test",
    .operands = "FILE…",
    .operands_max = 2,
    OPTION_TABLE(rows),
};

#define WORDS_MAX 16

/* Parses a command line that ends with NULL; answers the exit status. */
static int parse(struct options *options, const struct usage *command, const char *const *words)
{
    char *argv[WORDS_MAX] = { NULL };
    int argc = 1;
    int status;
    for (; words[argc - 1]; argc++)
        argv[argc] = (char *)(uintptr_t)words[argc - 1];
    options_parse(options, command, argc, argv, &status);
    return status;
}

#define PARSE(options, ...) parse(options, &usage, (const char *const[]){ __VA_ARGS__, NULL })

static void test_defaults(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(parse(&options, &usage, (const char *const[]){ NULL }), 0);
    assert_int_equal(options_number(&options, COUNT), 1);
    assert_int_equal(options_number(&options, TIME), SECONDS(30));
    assert_int_equal(options_number(&options, SIZE), 0);
    assert_int_equal(options_number(&options, FORMAT), 0);
    assert_int_equal(options_address(&options, LISTEN)->port, 2525);
    assert_false(options_flag(&options, DRY_RUN));
    assert_null(options_text(&options, NAME));
    assert_false(options_given(&options, COUNT));
    assert_int_equal(options.operand_count, 0);
    options_deinit(&options);
}

static void test_both_ways_to_write_a_value(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "--count", "7", "--name=a=b", "--time=2m", "--size", "64KiB",
                           "--rate=2KB/s", "--format", "text", "--dry-run"),
                     0);
    assert_int_equal(options_number(&options, COUNT), 7);
    assert_string_equal(options_text(&options, NAME), "a=b");
    assert_int_equal(options_number(&options, TIME), MINUTES(2));
    assert_int_equal(options_number(&options, SIZE), 65536);
    assert_int_equal(options_number(&options, RATE), 2000);
    assert_int_equal(options_number(&options, FORMAT), 1);
    assert_true(options_flag(&options, DRY_RUN));
    assert_true(options_given(&options, COUNT));
    options_deinit(&options);
}

static void test_bare_numbers_are_seconds_and_bytes(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "--time", "90", "--size", "1000", "--rate", "50"), 0);
    assert_int_equal(options_number(&options, TIME), SECONDS(90));
    assert_int_equal(options_number(&options, SIZE), 1000);
    assert_int_equal(options_number(&options, RATE), 50);
    options_deinit(&options);
}

static void test_numbers_may_be_hexadecimal(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "--count", "0x5A"), 0);
    assert_int_equal(options_number(&options, COUNT), 0x5a);
    options_deinit(&options);
    assert_int_equal(PARSE(&options, "--count", "0x65"), EX_USAGE);
    assert_int_equal(PARSE(&options, "--count", "0x"), EX_USAGE);
    assert_int_equal(PARSE(&options, "--count", "0x10000000000000001"), EX_USAGE);
}

static void test_the_last_of_several_counts(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "--count", "2", "--count", "3", "--dry-run", "--dry-run=no"),
                     0);
    assert_int_equal(options_number(&options, COUNT), 3);
    assert_false(options_flag(&options, DRY_RUN));
    options_deinit(&options);
}

static void test_repeatable_values_keep_their_order(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "--rule", "one", "--listen", ":1", "--rule", "two"), 0);
    const struct option_value *value = options_next(&options, RULE, NULL);
    assert_string_equal(value->text, "one");
    value = options_next(&options, RULE, value);
    assert_string_equal(value->text, "two");
    assert_null(options_next(&options, RULE, value));
    value = options_next(&options, LISTEN, NULL);
    assert_int_equal(value->address.port, 1);
    assert_null(options_next(&options, LISTEN, value));
    options_deinit(&options);
}

static void test_operands(void **state)
{
    struct options options;
    (void)state;
    assert_int_equal(PARSE(&options, "a", "--count", "2", "--", "--name"), 0);
    assert_int_equal(options.operand_count, 2);
    assert_string_equal(options.operands[1], "--name");
    options_deinit(&options);
    assert_int_equal(PARSE(&options, "-"), 0);
    assert_string_equal(options.operands[0], "-");
    options_deinit(&options);
    assert_int_equal(PARSE(&options, "a", "b", "c"), EX_USAGE);
}

static void test_what_is_required(void **state)
{
    static const struct option_row needed[] = {
        { "upstream", OPTION_ADDRESS, "ADDR", .required = true },
    };
    static const struct usage command = {
        .name = "test",
        .operands = "FILE…",
        .operands_min = 1,
        .operands_max = SIZE_MAX,
        OPTION_TABLE(needed),
    };
    struct options options;
    (void)state;
    assert_int_equal(parse(&options, &command, (const char *const[]){ "a", NULL }), EX_USAGE);
    const char *const no_operand[] = { "--upstream", "a:1", NULL };
    assert_int_equal(parse(&options, &command, no_operand), EX_USAGE);
    const char *const whole[] = { "--upstream", "a:1", "a", NULL };
    assert_int_equal(parse(&options, &command, whole), 0);
    options_deinit(&options);
}

static void test_mistakes_are_named(void **state)
{
    static const struct {
        const char *name;
        const char *value;
        const char *error;
    } cases[] = {
        { "cuont", "1", "unknown option --cuont; did you mean --count?" },
        { "zzz", "1", "unknown option --zzz" },
        { "count", NULL, "--count needs a value: N" },
        { "count", "x", "--count: \"x\" is not a number" },
        { "count", "0", "--count: \"0\" is out of range; the least is 1, the most is 100" },
        { "count", "1..2", "--count: \"1..2\" is a range; an option takes one value" },
        { "size", "63", "--size: \"63B\" is out of range; the least is 64B, the most is 1MiB" },
        { "format", "xml", "--format: \"xml\" is none of json|text" },
        { "dry-run", "perhaps", "--dry-run: \"perhaps\" is neither yes nor no" },
        { "listen", "here", "--listen: \"here\" has no port; write HOST:PORT" },
        { "name", "", "--name: \"\" is empty" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct options options = { .usage = &usage };
        struct text error = { 0 };
        struct span value = span_of(cases[i].value ? cases[i].value : "");
        struct place command_line = { 0 };
        assert_false(options_take(&options, span_of(cases[i].name), cases[i].value ? &value : NULL,
                                  command_line, &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
        options_deinit(&options);
    }
}

static void test_what_was_given_can_be_typed_again(void **state)
{
    struct options options;
    struct text described = { 0 };
    (void)state;
    assert_int_equal(PARSE(&options, "--rule", "it's a rule", "--dry-run", "--count=2", "--token",
                           "hush", "--dry-run=no"),
                     0);
    options_describe(&options, &described);
    assert_string_equal(text_string(&described), "--rule 'it'\\''s a rule' --dry-run --count 2 "
                                                 "--token *** --dry-run=no");
    text_deinit(&described);
    options_deinit(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_defaults),
        cmocka_unit_test(test_both_ways_to_write_a_value),
        cmocka_unit_test(test_bare_numbers_are_seconds_and_bytes),
        cmocka_unit_test(test_numbers_may_be_hexadecimal),
        cmocka_unit_test(test_the_last_of_several_counts),
        cmocka_unit_test(test_repeatable_values_keep_their_order),
        cmocka_unit_test(test_operands),
        cmocka_unit_test(test_what_is_required),
        cmocka_unit_test(test_mistakes_are_named),
        cmocka_unit_test(test_what_was_given_can_be_typed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
