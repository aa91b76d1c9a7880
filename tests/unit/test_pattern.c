/* test_pattern: regular expressions: what they match, what they replace, and that neither a hostile
 * pattern nor a hostile line costs much. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mutators/pattern.h"

static struct pattern *make(const char *source)
{
    struct text error = { 0 };
    struct pattern *pattern = pattern_new(span_of(source), &error);
    assert_non_null(pattern);
    assert_int_equal(error.len, 0);
    return pattern;
}

static void test_patterns_match_bytes(void **state)
{
    static const struct {
        const char *pattern;
        struct span subject;
        bool matches;
    } cases[] = {
        { "^RCPT", { (const uint8_t *)"RCPT TO:<a>", 11 }, true },
        { "^RCPT", { (const uint8_t *)"rcpt TO:<a>", 11 }, false },
        { "(?i)^RCPT", { (const uint8_t *)"rcpt TO:<a>", 11 }, true },
        { "a\\/b", { (const uint8_t *)"a/b", 3 }, true },
        { "\\x00b", { (const uint8_t *)"a\0b", 3 }, true },
        { "^\\xc3\\xa4$", { (const uint8_t *)"\xc3\xa4", 2 }, true },
        { "^..$", { (const uint8_t *)"\xc3\xa4", 2 }, true },
        { "^$", { (const uint8_t *)"", 0 }, true },
        { "", { NULL, 0 }, true },
        { "x", { NULL, 0 }, false },
        /* A reply of several lines: CRLF ends a line. */
        { "(?m)^250-B$", { (const uint8_t *)"250-A\r\n250-B\r\n250 C", 19 }, true },
        { "A.", { (const uint8_t *)"250-A\r\n250-B", 12 }, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct pattern *pattern = make(cases[i].pattern);
        assert_int_equal(pattern_matches(pattern, cases[i].subject), cases[i].matches);
        pattern_free(pattern);
    }
}

static void test_all_matches_are_replaced(void **state)
{
    static const struct {
        const char *pattern;
        const char *subject;
        const char *with;
        const char *result; /* NULL: it does not match */
    } cases[] = {
        { "o", "foo bore", "0", "f00 b0re" },
        { "(\\w+)@(\\w+)", "a@b c@d", "$2 at $1", "b at a d at c" },
        { "a", "banana", "<$0>", "b<a>n<a>n<a>" },
        { "(a)|(b)", "ab", "[$1$2$9]", "[a][b]" },
        { "a", "a", "$$ $ $x", "$ $ $x" },
        { "x*", "axb", "-", "-a--b-" },
        { "^", "abc", ">", ">abc" },
        { "$", "abc", "<", "abc<" },
        { "", "", "x", "x" },
        { "SIZE=\\d+ ?", "MAIL FROM:<a> SIZE=5", "", "MAIL FROM:<a> " },
        { "x", "abc", "y", NULL },
        { "(?<=b)c", "abc", "d", "abd" },
        { "a\\Kb", "abab", "c", "acac" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text out = { 0 };
        struct pattern *pattern = make(cases[i].pattern);
        bool matched =
            pattern_replace(pattern, span_of(cases[i].subject), span_of(cases[i].with), &out);
        assert_int_equal(matched, cases[i].result != NULL);
        assert_string_equal(text_string(&out), cases[i].result ? cases[i].result : "");
        text_deinit(&out);
        pattern_free(pattern);
    }
}

static void test_bad_patterns_say_where(void **state)
{
    static const struct {
        const char *pattern;
        const char *error;
    } cases[] = {
        { "a(b", "missing closing parenthesis, at offset 3 of the pattern" },
        { "*", "quantifier does not follow a repeatable item, at offset 0 of the pattern" },
        { "[a", "missing terminating ] for character class, at offset 2 of the pattern" },
        { "(*UTF)a", "using UTF is disabled by the application, at offset 6 of the pattern" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text error = { 0 };
        assert_null(pattern_new(span_of(cases[i].pattern), &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
    }
}

/* The processor's time, so that a busy machine does not decide. */
static double seconds_spent(void)
{
    return (double)clock() / CLOCKS_PER_SEC;
}

static void test_hostile_patterns_and_lines_are_cheap(void **state)
{
    static const struct {
        const char *pattern;
        char filling;
    } cases[] = {
        { "(a+)+$", 'a' },              /* exponential */
        { "(a|aa)+$", 'a' },            /* exponential, deep */
        { "\\s+$", ' ' },               /* square: each blank begins a match that fails late */
        { " +$", ' ' },                 /* the same in a tight loop */
        { "a.{0,300}b.{0,300}c", 'a' }, /* below the match limit at each beginning */
        { "(?:a?){100}a{100}x", 'a' },
    };
    size_t len = 65536;
    char *line = malloc(len);
    (void)state;
    assert_non_null(line);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text out = { 0 };
        struct pattern *pattern = make(cases[i].pattern);
        memset(line, cases[i].filling, len);
        line[len - 1] = 'y';
        double before = seconds_spent();
        assert_false(pattern_matches(pattern, span_make(line, len)));
        assert_false(pattern_replace(pattern, span_make(line, len), SPAN("x"), &out));
        /* Without a bound on the sum these take from ten seconds to longer than the world lasts;
         * with it, milliseconds, or a second where sanitizers watch. */
        assert_true(seconds_spent() - before < 4.0);
        text_deinit(&out);
        pattern_free(pattern);
    }
    free(line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_patterns_match_bytes),
        cmocka_unit_test(test_all_matches_are_replaced),
        cmocka_unit_test(test_bad_patterns_say_where),
        cmocka_unit_test(test_hostile_patterns_and_lines_are_cheap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
