/* test_mutators_endings: lines that end otherwise, and mail that ends otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

static void test_strip_cr(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("NOOP\n") },
        { "", "command", BYTES("\r\n"), BYTES("\n") },
        { "", "reply after EHLO", BYTES("250-a\r\n250-b\n250 c\r\n"),
          BYTES("250-a\n250-b\n250 c\n") },
        { "", "greeting", BYTES("220 a\rb\r\r\n"), BYTES("220 ab\n") },
        { "", "text", BYTES("a\0\rb\r\n"), BYTES("a\0b\n") },
        { "", "text", BYTES("\r"), BYTES("dropped") },
        { "", "text", BYTES("a\n"), BYTES("untouched") },
        { "", "text", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_strip_cr, cases);
}

static void test_strip_lf(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("NOOP\r") },
        { "", "command", BYTES("NOOP\n"), BYTES("NOOP") },
        { "", "command", BYTES("\n"), BYTES("dropped") },
        { "", "reply after EHLO", BYTES("250-a\r\n250-b\n250 c\r\n"),
          BYTES("250-a\r250-b250 c\r") },
        { "", "greeting", BYTES("220 a\r\n"), BYTES("220 a\r") },
        { "", "text", BYTES("a\0b\r\n"), BYTES("a\0b\r") },
        { "", "text", BYTES("a\r"), BYTES("untouched") },
        { "", "text", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_strip_lf, cases);
}

static void test_bare_lf(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("NOOP\n") },
        { "", "command", BYTES("\r\n"), BYTES("\n") },
        { "", "command", BYTES("NO\rOP\r\r\n"), BYTES("NO\rOP\r\n") },
        { "", "reply after EHLO", BYTES("250-a\r\n250-b\n250 c\r\n"),
          BYTES("250-a\n250-b\n250 c\n") },
        { "", "greeting", BYTES("220 a\r\n"), BYTES("220 a\n") },
        { "", "text", BYTES("a\0b\r\n"), BYTES("a\0b\n") },
        { "", "text", BYTES("a\n"), BYTES("untouched") },
        { "", "text", BYTES("a\rb"), BYTES("untouched") },
        { "", "text", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_bare_lf, cases);
}

static void test_terminator(void **state)
{
    static const struct mutation_case cases[] = {
        { "as=\"\\n.\\r\\n\"", "body-end", BYTES("\r\n.\r\n"), BYTES("\n.\r\n") },
        { "as=\"\\r\\n.\\n\"", "body-end", BYTES("\n.\n"), BYTES("\r\n.\n") },
        { "as=\"\\r\\n\\0.\\r\\n\"", "body-end", BYTES("\r\n.\r\n"), BYTES("\r\n\0.\r\n") },
        { "as=\"\\r.\\r\"", "body-end", BYTES(".\r\n"), BYTES("\r.\r") },
        { "as=\"\\r\\n.\\r\\n.\\r\\n\"", "body-end", BYTES("\r\n.\r\n"), BYTES("\r\n.\r\n.\r\n") },
        { "as=\"\"", "body-end", BYTES("\r\n.\r\n"), BYTES("") },
        /* Nothing is expanded, nothing is added. */
        { "as=\"{date}\"", "body-end", BYTES("\r\n.\r\n"), BYTES("{date}") },
        { "as=\"\\n.\\r\\n\"", "chunked body-end", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_terminator, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_strip_cr),
        cmocka_unit_test(test_strip_lf),
        cmocka_unit_test(test_bare_lf),
        cmocka_unit_test(test_terminator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
