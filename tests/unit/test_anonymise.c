/* test_anonymise: what becomes other words, and what stays. */
#include "play/anonymise.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static struct anonymiser *anonymiser;

static int begin(void **state)
{
    (void)state;
    anonymiser = anonymiser_new(1);
    return 0;
}

static int end(void **state)
{
    (void)state;
    anonymiser_free(anonymiser);
    return 0;
}

/* The answer lives until the next call but one. */
static const char *other(const char *bytes)
{
    static struct text made[2] = { { .max = 1024 }, { .max = 1024 } };
    static unsigned calls;
    struct text *out = &made[calls++ % 2];
    text_clear(out);
    anonymise_bytes(anonymiser, span_of(bytes), out);
    return text_string(out);
}

static void expect_same(const char *bytes)
{
    assert_string_equal(other(bytes), bytes);
}

static void expect_hidden(const char *bytes, const char *secret)
{
    const char *made = other(bytes);
    assert_int_equal(strlen(made), strlen(bytes));
    if (strstr(made, secret))
        fail_msg("%s is still in %s", secret, made);
}

static void words_of_the_protocol_stay(void **state)
{
    (void)state;
    expect_same("BDAT 1234 LAST\r\n");
    expect_same("250-SIZE 52428800\r\n250-8BITMIME\r\n250 AUTH PLAIN LOGIN CRAM-MD5\r\n");
    expect_same("354 End data with <CR><LF>.<CR><LF>\r\n");
    expect_same("554 5.7.1 relay access denied\r\n");
    expect_same("Content-Type: text/plain; charset=utf-8\r\n");
    expect_same(".\n\r\r\n..\r\n\t \r\n");
}

static void all_else_is_hidden(void **state)
{
    (void)state;
    expect_hidden("MAIL FROM:<ann.smith@corp.example> SIZE=100\r\n", "ann");
    expect_hidden("MAIL FROM:<ann.smith@corp.example> SIZE=100\r\n", "corp");
    expect_hidden("RCPT TO:<\"a b\"@[192.0.2.17]>\r\n", "192");
    expect_hidden("220 10.11.12.13 ESMTP\r\n", "10.11");
    expect_hidden("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n", "AGFubgBzZWNyZXQ");
    expect_hidden("Dear Mr Brown, meet me at the usual place\r\n", "Brown");
    expect_hidden("Gr\xc3\xbc\xc3\x9f"
                  "e\r\n",
                  "\xc3\xbc");
    expect_hidden("250 2.0.0 Ok: queued as 4F1A2B3C4D\r\n", "4F1A2B3C4D");
}

static void lengths_and_kinds_stay(void **state)
{
    (void)state;
    const char *made = other("MAIL FROM:<Ann7@Corp.example>\r\n");
    assert_int_equal(strlen(made), strlen("MAIL FROM:<Ann7@Corp.example>\r\n"));
    assert_true(made[11] >= 'A' && made[11] <= 'Z' && made[12] >= 'a' && made[12] <= 'z');
    assert_true(made[14] >= '0' && made[14] <= '9');
    assert_int_equal(made[15], '@');
}

static void a_word_becomes_the_same_word_everywhere(void **state)
{
    (void)state;
    const char *first = other("smith\r\n");
    assert_string_equal(first, other("smith\r\n"));
    const char *capital = other("Smith\r\n");
    assert_string_equal(capital + 1, first + 1);
    assert_string_not_equal(other("smyth\r\n"), first);
}

static void a_transcript_keeps_its_shape(void **state)
{
    (void)state;
    struct text out = { 0 };
    anonymise_transcript(anonymiser,
                         SPAN("# about corp.example\n"
                              "rule to server command MAIL sender=*@corp.example answer "
                              "reply=\"451 no mail of {sender} from corp.example\"\n"
                              "rule to server command matches=/^MAIL FROM:<(?i)[Bb]oss@corp/ "
                              "drop\n"
                              "rule to server body header remove=X-Corp-Secret\n"
                              "rule to client greeting delay time=20ms\n"
                              "option only-recipient *@corp.example\n"
                              "client 192.0.2.7:4000\n"
                              "S= 220 mx.corp.example ESMTP\n"
                              "C> MAIL FROM:<ann@corp.example>\\r\n"
                              "C< 451 no\n!  command MAIL\n@ +5s\nC> \\FIN\n"),
                         &out);
    const char *made = text_string(&out);
    assert_null(strstr(made, "corp"));
    assert_null(strstr(made, "Corp"));
    assert_non_null(strstr(made, " matches=/^MAIL FROM:<(?i)[Bb]"));
    assert_non_null(strstr(made, " header remove=X-"));
    assert_null(strstr(made, "192"));
    assert_null(strstr(made, "C<"));
    assert_non_null(strstr(made, " of {sender} from "));
    assert_non_null(strstr(made, "rule to client greeting delay time=20ms\n"));
    assert_non_null(strstr(made, "\n@ +5s\nC> \\FIN\n"));
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_of_the_protocol_stay, begin, end),
        cmocka_unit_test_setup_teardown(all_else_is_hidden, begin, end),
        cmocka_unit_test_setup_teardown(lengths_and_kinds_stay, begin, end),
        cmocka_unit_test_setup_teardown(a_word_becomes_the_same_word_everywhere, begin, end),
        cmocka_unit_test_setup_teardown(a_transcript_keeps_its_shape, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
