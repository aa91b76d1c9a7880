/* test_config: files of options: lines, comments, places of mistakes, and what wins over what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proxy/config.h"

enum { COUNT, NAME, RULE, DRY_RUN, CONFIG };

static const struct option_row rows[] = {
    [COUNT] = { "count", OPTION_COUNT, "N", .preset = "1", .min = 1, .max = 9 },
    [NAME] = { "name", OPTION_TEXT, "TEXT", .help = "a name" },
    [RULE] = { "rule", OPTION_TEXT, "LINE", .repeatable = true, .is_rule = true },
    [DRY_RUN] = { "dry-run", OPTION_FLAG, .help = "does nothing" },
    [CONFIG] = { "config", OPTION_CONFIG, "FILE", .help = "more options" },
};

static const struct usage usage = { .name = "test", OPTION_TABLE(rows) };

static bool take(struct options *options, const char *text, struct text *errors)
{
    *options = (struct options){ .usage = &usage };
    return config_take(options, "a.conf", span_of(text), errors);
}

static void test_lines(void **state)
{
    struct options options;
    struct text errors = { 0 };
    (void)state;
    assert_true(take(&options,
                     "# all there is\n"
                     "\n"
                     "  count 3   # a comment\n"
                     "name = two words#no comment\r\n"
                     "dry-run\n"
                     "rule to server body # for the rule language\n"
                     "rule last line without its end",
                     &errors));
    assert_int_equal(errors.len, 0);
    assert_int_equal(options_number(&options, COUNT), 3);
    assert_string_equal(options_text(&options, NAME), "two words#no comment");
    assert_true(options_flag(&options, DRY_RUN));
    const struct option_value *rule = options_next(&options, RULE, NULL);
    assert_string_equal(rule->text, "to server body # for the rule language");
    rule = options_next(&options, RULE, rule);
    assert_string_equal(rule->text, "last line without its end");
    options_deinit(&options);
}

static void test_a_value_knows_its_place(void **state)
{
    struct options options;
    struct text errors = { 0 };
    (void)state;
    assert_true(take(&options, "\n  rule = x\n", &errors));
    const struct option_value *rule = options_value(&options, RULE);
    assert_string_equal(rule->place.file, "a.conf");
    assert_int_equal(rule->place.line, 2);
    assert_int_equal(rule->place.column, 10);
    options_deinit(&options);
}

static void test_every_mistake_is_named(void **state)
{
    struct options options;
    struct text errors = { 0 };
    (void)state;
    assert_false(take(&options,
                      "cuont 1\n"
                      "count\n"
                      "name fine\n"
                      "count 10\n"
                      "dry-run perhaps\n"
                      "config other.conf\n",
                      &errors));
    assert_string_equal(text_string(&errors),
                        "a.conf:1: unknown option cuont; did you mean count?\n"
                        "a.conf:2: count needs a value: N\n"
                        "a.conf:4: count: \"10\" is out of range; the least is 1, the most is 9\n"
                        "a.conf:5: dry-run: \"perhaps\" is neither yes nor no\n"
                        "a.conf:6: config cannot stand in a configuration file\n");
    text_deinit(&errors);
    options_deinit(&options);
}

static void give(struct options *options, const char *name, const char *value)
{
    struct span text = span_of(value);
    struct text error = { 0 };
    struct place command_line = { 0 };
    assert_true(options_take(options, span_of(name), &text, command_line, &error));
    text_deinit(&error);
}

static void test_the_command_line_wins(void **state)
{
    struct options options = { .usage = &usage };
    struct text errors = { 0 };
    (void)state;
    give(&options, "count", "2");
    give(&options, "rule", "before");
    assert_true(
        config_take(&options, "a.conf", span_of("count 3\nrule within\nname x\n"), &errors));
    give(&options, "rule", "behind");
    assert_int_equal(options_number(&options, COUNT), 2);
    assert_string_equal(options_text(&options, NAME), "x");
    const struct option_value *rule = options_next(&options, RULE, NULL);
    assert_string_equal(rule->text, "before");
    rule = options_next(&options, RULE, rule);
    assert_string_equal(rule->text, "within");
    rule = options_next(&options, RULE, rule);
    assert_string_equal(rule->text, "behind");
    options_deinit(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines),
        cmocka_unit_test(test_a_value_knows_its_place),
        cmocka_unit_test(test_every_mistake_is_named),
        cmocka_unit_test(test_the_command_line_wins),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
