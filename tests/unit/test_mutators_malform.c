/* test_mutators_malform: every way in which a reply or a command can be ill-formed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

#define EHLO "250-mx.test\r\n250-SIZE\r\n250 HELP\r\n"

static void test_lines_that_end_otherwise(void **state)
{
    static const struct mutation_case cases[] = {
        { "kind=bare-lf", "reply after EHLO", BYTES(EHLO),
          BYTES("250-mx.test\n250-SIZE\n250 HELP\n") },
        { "kind=bare-lf", "command", BYTES("NOOP\r\n"), BYTES("NOOP\n") },
        { "kind=bare-cr", "reply after EHLO", BYTES(EHLO),
          BYTES("250-mx.test\r250-SIZE\r250 HELP\r") },
        { "kind=no-line-end", "reply after EHLO", BYTES(EHLO),
          BYTES("250-mx.test\r\n250-SIZE\r\n250 HELP") },
        { "kind=no-line-end", "command", BYTES("NOOP\r\n"), BYTES("NOOP") },
        { "kind=blank", "reply", BYTES("250 ok\r\n"), BYTES("+\r\n|250 ok\r\n") },
        { "kind=blank", "command", BYTES("NOOP\r\n"), BYTES("+\r\n|NOOP\r\n") },
        { "kind=broken", "reply", BYTES("250 okay\r\n"), BYTES("250 ok\r\nay\r\n") },
        { "kind=split gap=5s", "reply", BYTES("250 ok\r\n"), BYTES("25|(5s)0 ok\r\n") },
        { "kind=split", "command", BYTES("NOOP\r\n"), BYTES("NO|(1s)OP\r\n") },
        { "kind=glued", "reply", BYTES("250 ok\r\n"), BYTES("250 ok250 ok\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_malform, cases);
}

static void test_codes(void **state)
{
    static const struct mutation_case cases[] = {
        { "kind=no-code", "reply after EHLO", BYTES(EHLO), BYTES("mx.test\r\nSIZE\r\nHELP\r\n") },
        { "kind=code-only", "reply", BYTES("250 ok\r\n"), BYTES("250\r\n") },
        { "kind=code-only", "reply after EHLO", BYTES(EHLO), BYTES("250-\r\n250-\r\n250\r\n") },
        { "kind=two-digits", "reply", BYTES("250 ok\r\n"), BYTES("25 ok\r\n") },
        { "kind=four-digits", "reply", BYTES("250 ok\r\n"), BYTES("2250 ok\r\n") },
        { "kind=odd-code", "greeting", BYTES("220 mx\r\n"), BYTES("620 mx\r\n") },
        { "kind=tab", "reply", BYTES("250 ok\r\n"), BYTES("250\tok\r\n") },
        { "kind=mixed-codes", "reply after EHLO", BYTES(EHLO),
          BYTES("550-mx.test\r\n550-SIZE\r\n250 HELP\r\n") },
        { "kind=mixed-codes", "reply", BYTES("550 no\r\n"), BYTES("250-no\r\n550 no\r\n") },
        { "kind=wrong-continuation", "reply after EHLO", BYTES(EHLO),
          BYTES("250 mx.test\r\n250 SIZE\r\n250-HELP\r\n") },
        { "kind=unfinished", "reply", BYTES("250 ok\r\n"), BYTES("250-ok\r\n") },
        { "kind=wrong-enhanced", "reply", BYTES("250 2.1.5 ok\r\n"), BYTES("250 5.1.5 ok\r\n") },
        { "kind=wrong-enhanced", "reply", BYTES("550 no\r\n"), BYTES("550 2.0.0 no\r\n") },
        { "kind=no-code", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
        { "kind=unfinished", "command", BYTES("250-\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_malform, cases);
}

static void test_too_much(void **state)
{
    static const struct mutation_case cases[] = {
        { "kind=over-long length=20B", "reply", BYTES("250 ok\r\n"),
          BYTES("250 okxxxxxxxxxxxxxxxxxxxx\r\n") },
        { "kind=over-long length=1B", "command", BYTES("NOOP\r\n"), BYTES("NOOPx\r\n") },
        { "kind=many-lines length=90B", "reply", BYTES("250 ok\r\n"),
          BYTES("250- one more line of a reply that has a great many of them, and all say "
                "nothing\r\n250- one more line of a reply that has a great many of them, and all "
                "say nothing\r\n250 ok\r\n") },
        { "kind=nul", "reply", BYTES("250 okay\r\n"), BYTES("250 ok\0ay\r\n") },
        { "kind=nul", "command", BYTES("NOOP\r\n"), BYTES("NOO\0P\r\n") },
        { "kind=many-lines", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_malform, cases);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_that_end_otherwise),
        cmocka_unit_test(test_codes),
        cmocka_unit_test(test_too_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
