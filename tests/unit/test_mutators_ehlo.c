/* test_mutators_ehlo: the list of extensions as it is edited on the way, and other greetings. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"
#include "mutators/names.h"

#define OFFER "250-mx.test Hello\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250-8BITMIME\r\n250 DSN\r\n"

static void test_ehlo_leaves_other_events_alone(void **state)
{
    static const struct mutation_case cases[] = {
        { "remove=STARTTLS", "reply after HELO", BYTES(OFFER), BYTES("untouched") },
        { "remove=STARTTLS", "reply after NOOP", BYTES(OFFER), BYTES("untouched") },
        { "remove=STARTTLS", "reply", BYTES(OFFER), BYTES("untouched") },
        { "remove=STARTTLS", "reply after EHLO", BYTES("550-no\r\n550 STARTTLS\r\n"),
          BYTES("untouched") },
        { "remove=CHUNKING", "reply after EHLO", BYTES(OFFER), BYTES("untouched") },
        { "remove=DSN", "reply after EHLO", BYTES("250 DSN\r\n"), BYTES("untouched") },
        { "order=SIZE", "reply after EHLO", BYTES(OFFER), BYTES("untouched") },
        { "remove=X", "reply after EHLO", BYTES("250\r\n"), BYTES("untouched") },
        { "remove=X", "reply after EHLO", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_ehlo, cases);
}

static void test_ehlo_removes(void **state)
{
    static const struct mutation_case cases[] = {
        { "remove=STARTTLS", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 DSN\r\n") },
        { "remove=starttls", "reply after LHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250 DSN\r\n") },
        { "remove=DSN", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250 8BITMIME\r\n") },
        { "remove=SIZE,DSN,8BITMIME,STARTTLS", "reply after EHLO", BYTES(OFFER),
          BYTES("250 mx.test Hello\r\n") },
        /* Whole words only. */
        { "remove=AUTH", "reply after EHLO",
          BYTES("250-mx\r\n250-AUTH=PLAIN\r\n250-AUTH PLAIN\r\n250 AUTHX\r\n"),
          BYTES("250-mx\r\n250-AUTH=PLAIN\r\n250 AUTHX\r\n") },
        /* Each line keeps its own end. */
        { "remove=DSN", "reply after EHLO", BYTES("250-mx\n250-SIZE\n250 DSN\r\n"),
          BYTES("250-mx\n250 SIZE\n") },
        { "remove=X", "reply after EHLO", BYTES("250-mx\r\n250-X\0Y\r\n250-X\r\n250 Z\0\r\n"),
          BYTES("250-mx\r\n250-X\0Y\r\n250 Z\0\r\n") },
        { "remove=X", "reply after EHLO", BYTES("250-mx\r\n250-X\r\n250\r\n"),
          BYTES("250-mx\r\n250\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_ehlo, cases);
}

/* What a Cisco ASA made of the reply of Exchange 2003. */
#define EXCHANGE_OFFER                                                                             \
    "250-mx.test Hello [192.0.2.1]\r\n250-TURN\r\n250-SIZE\r\n250-ETRN\r\n250-PIPELINING\r\n"      \
    "250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-8bitmime\r\n250-BINARYMIME\r\n250-CHUNKING\r\n"     \
    "250-VRFY\r\n250-X-EXPS GSSAPI NTLM LOGIN\r\n250-X-EXPS=LOGIN\r\n"                             \
    "250-AUTH GSSAPI NTLM LOGIN\r\n250-AUTH=LOGIN\r\n250-X-LINK2STATE\r\n250-XEXCH50\r\n"          \
    "250 OK\r\n"
#define EXCHANGE_MASKED                                                                            \
    "250-mx.test Hello [192.0.2.1]\r\n250-XXXA\r\n250-SIZE\r\n250-ETRN\r\n250-PIPELINING\r\n"      \
    "250-DSN\r\n250-ENHANCEDSTATUSCODES\r\n250-8bitmime\r\n250-BINARYMIME\r\n250-XXXXXXXB\r\n"     \
    "250-XXXC\r\n250-XXXXXXXXXXXXXXXXXXXXXXXD\r\n250-XXXXXXXXXXXE\r\n"                             \
    "250-AUTH GSSAPI NTLM LOGIN\r\n250-XXXXXXXXXF\r\n250-XXXXXXXXXXXG\r\n250-XXXXXXH\r\n"          \
    "250 XI\r\n"
#define EXCHANGE_KEPT                                                                              \
    "others=mask keep=SIZE,ETRN,PIPELINING,DSN,ENHANCEDSTATUSCODES,8BITMIME,BINARYMIME,AUTH"

static void test_ehlo_masks(void **state)
{
    static const struct mutation_case cases[] = {
        { "mask=STARTTLS", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 1000\r\n250-XXXXXXXA\r\n250-8BITMIME\r\n"
                "250 DSN\r\n") },
        { "mask=SIZE,DSN", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-XXXXXXXXA\r\n250-STARTTLS\r\n250-8BITMIME\r\n"
                "250 XXB\r\n") },
        { EXCHANGE_KEPT, "reply after EHLO", BYTES(EXCHANGE_OFFER), BYTES(EXCHANGE_MASKED) },
        { "keep=SIZE", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250 SIZE 1000\r\n") },
        { "keep=NONE others=mask", "reply after EHLO", BYTES("250-mx\r\n250-\r\n250 OK\n"),
          BYTES("250-mx\r\n250-\r\n250 XA\n") },
        { "mask=X", "reply after EHLO", BYTES("250-mx\r\n250 X \0Y\r\n"),
          BYTES("250-mx\r\n250 XXXA\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_ehlo, cases);
}

static void test_ehlo_runs_out_of_letters(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    struct text offer = { 0 };
    fixture_begin(&fixture, &mutator_ehlo, "mask=KEY");
    text_add(&offer, SPAN("250-mx\r\n"));
    for (int i = 0; i < 26; i++)
        text_add(&offer, SPAN("250-KEY\r\n"));
    text_add(&offer, SPAN("250 KEY\r\n"));
    struct span got = fixture_hears(&fixture, "reply after EHLO", text_span(&offer));
    assert_true(span_ends(got, SPAN("250-XXZ\r\n250 XXA\r\n")));
    text_deinit(&offer);
    fixture_end(&fixture);
}

static void test_ehlo_adds_and_replaces(void **state)
{
    static const struct mutation_case cases[] = {
        { "add=CHUNKING", "reply after EHLO", BYTES("250 mx.test\r\n"),
          BYTES("250-mx.test\r\n250 CHUNKING\r\n") },
        { "add=CHUNKING", "reply after EHLO", BYTES("250\r\n"), BYTES("250-\r\n250 CHUNKING\r\n") },
        { "add=\"SIZE 1000, DSN\"", "reply after EHLO", BYTES("250-mx\n250 HELP\n"),
          BYTES("250-mx\n250-HELP\n250-SIZE 1000\n250 DSN\n") },
        { "add=\"SIZE 5\\n\"", "reply after EHLO", BYTES("250 mx\r\n"),
          BYTES("250-mx\r\n250 SIZE 5\n") },
        { "replace=SIZE with=\"SIZE 10485760\"", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 10485760\r\n250-STARTTLS\r\n250-8BITMIME\r\n"
                "250 DSN\r\n") },
        { "replace=DSN with=dsn", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-SIZE 1000\r\n250-STARTTLS\r\n250-8BITMIME\r\n"
                "250 dsn\r\n") },
        { "replace=NONE with=X", "reply after EHLO", BYTES(OFFER), BYTES("untouched") },
        { "order=DSN,STARTTLS", "reply after EHLO", BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-DSN\r\n250-STARTTLS\r\n250-SIZE 1000\r\n"
                "250 8BITMIME\r\n") },
        { "order=dsn remove=8BITMIME mask=SIZE replace=STARTTLS with=X add=NEW", "reply after EHLO",
          BYTES(OFFER),
          BYTES("250-mx.test Hello\r\n250-DSN\r\n250-XXXXXXXXA\r\n250-X\r\n250 NEW\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_ehlo, cases);
}

static void test_ehlo_refuses(void **state)
{
    (void)state;
    expect_refused(&mutator_ehlo, "", "is needed");
    expect_refused(&mutator_ehlo, "replace=A", "go together");
    expect_refused(&mutator_ehlo, "with=A", "go together");
    expect_refused(&mutator_ehlo, "remove=A others=mask", "keep= is missing");
}

static void test_greeting(void **state)
{
    static const struct mutation_case cases[] = {
        { "text=\"Postini ready\"", "greeting", BYTES("220 mx.test ESMTP\r\n"),
          BYTES("220 Postini ready\r\n") },
        { "text=\"Postini ready\"", "greeting", BYTES("220-mx.test\n220 ESMTP\n"),
          BYTES("220 Postini ready\r\n") },
        { "text=\"no\"", "greeting", BYTES("554 mx.test\r\n"), BYTES("554 no\r\n") },
        { "text=\"452 4.3.1 Insufficient system resources\"", "greeting", BYTES("220 mx\r\n"),
          BYTES("452 4.3.1 Insufficient system resources\r\n") },
        { "text=\"220-a\\r\\n220 b\"", "greeting", BYTES("220 mx\r\n"),
          BYTES("220-a\r\n220 b\r\n") },
        { "text=\"a\\r\\nb\\nc\"", "greeting", BYTES("220 mx\r\n"),
          BYTES("220-a\r\n220-b\n220 c\r\n") },
        { "text=\"a\\n\"", "greeting", BYTES("220 mx\r\n"), BYTES("220 a\n") },
        { "text=\"\"", "greeting", BYTES("220 mx\r\n"), BYTES("220 \r\n") },
        { "text=\"\\0\"", "greeting", BYTES("220 mx\0\r\n"), BYTES("220 \0\r\n") },
        { "text=\"2200 rooms\"", "greeting", BYTES("220 mx\r\n"), BYTES("220 2200 rooms\r\n") },
        { "text=\"{host} ready\"", "greeting", BYTES("220 mx\r\n"),
          BYTES("220 proxy.test ready\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_greeting, cases);
}

static void test_names(void **state)
{
    (void)state;
    struct span names = SPAN(" a ,,B, ,c d");
    struct span name;
    assert_true(names_has(names, SPAN("A")));
    assert_true(names_has(names, SPAN("b")));
    assert_true(names_has(names, SPAN("c d")));
    assert_false(names_has(names, SPAN("c")));
    assert_false(names_has(names, SPAN("")));
    assert_false(names_has(SPAN(""), SPAN("a")));
    assert_true(names_next(&names, &name));
    expect_bytes(name, SPAN("a"), "the first name");
    assert_true(names_next(&names, &name));
    expect_bytes(name, SPAN("B"), "the second name");
    assert_true(names_next(&names, &name));
    assert_false(names_next(&names, &name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ehlo_leaves_other_events_alone),
        cmocka_unit_test(test_ehlo_removes),
        cmocka_unit_test(test_ehlo_masks),
        cmocka_unit_test(test_ehlo_runs_out_of_letters),
        cmocka_unit_test(test_ehlo_adds_and_replaces),
        cmocka_unit_test(test_ehlo_refuses),
        cmocka_unit_test(test_greeting),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
