/* test_journal: how a line of SMTP is shown in every format: escaped, bounded, secrets hidden; and
 * the short form that transcripts quote. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "journal_example.h"

static void expect_text(struct text *text, const char *expected)
{
    assert_string_equal(text_string(text), expected);
    text_deinit(text);
}

static void expect_line(struct journal_entry entry, const char *expected)
{
    struct text out = { 0 };
    journal_add_line(&entry, &out);
    expect_text(&out, expected);
}

static void expect_brief(struct journal_entry entry, const char *expected)
{
    struct text out = { 0 };
    journal_brief(&entry, &out);
    expect_text(&out, expected);
}

static void test_a_line_is_shown_without_crlf_only(void **state)
{
    (void)state;
    expect_line(example_command(VERB_NOOP, SPAN("NOOP\r\n")), "NOOP");
    expect_line(example_command(VERB_NOOP, SPAN("NOOP\n")), "NOOP\\n");
    expect_line(example_command(VERB_NOOP, SPAN("NOOP")), "NOOP");
    expect_line(example_command(VERB_NOOP, SPAN("NOOP \"\\\0\xff\t\r\r\n")),
                "NOOP \\\"\\\\\\0\\xff\\t\\r");
}

static void test_a_long_line_is_bounded(void **state)
{
    (void)state;
    char line[JOURNAL_LINE_MAX + 7];
    memset(line, 'a', sizeof line);
    struct journal_entry entry = example_command(VERB_UNKNOWN, span_make(line, sizeof line));
    struct text out = { 0 };
    journal_add_line(&entry, &out);
    assert_int_equal(out.len, JOURNAL_LINE_MAX + strlen("[+7 bytes]"));
    assert_true(span_ends(text_span(&out), SPAN("a[+7 bytes]")));
    text_deinit(&out);
}

static void test_auth_keeps_its_mechanism_only(void **state)
{
    (void)state;
    expect_line(example_command(VERB_AUTH, SPAN("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n")),
                "AUTH PLAIN ***");
    expect_line(example_command(VERB_AUTH, SPAN("auth  scram-sha-256\tbiwsbj1h\r\n")),
                "auth  scram-sha-256\\t***");
    expect_line(example_command(VERB_AUTH, SPAN("AUTH LOGIN\r\n")), "AUTH LOGIN");
    expect_line(example_command(VERB_AUTH, SPAN("AUTH AGFubgBzZWNyZXQ=\r\n")), "AUTH ***");
    expect_line(example_command(VERB_UNKNOWN, SPAN("AUTHOR PLAIN x\r\n")), "AUTHOR PLAIN x");
}

static void test_a_secret_line_is_hidden(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_NONE, SPAN("AGFubgBzZWNyZXQ=\r\n"));
    entry.secret = true;
    expect_line(entry, "***");
    entry.line = SPAN("334 VXNlcm5hbWU6\r\n");
    expect_line(entry, "334 ***");
    entry.line = SPAN("\r\n");
    expect_line(entry, "");
}

static void test_xclient_hides_the_login(void **state)
{
    (void)state;
    expect_line(example_command(VERB_XCLIENT, SPAN("XCLIENT ADDR=192.0.2.7 login=ann NAME=mx\r\n")),
                "XCLIENT ADDR=192.0.2.7 LOGIN=*** NAME=mx");
    expect_line(example_command(VERB_XCLIENT, SPAN("XCLIENT LOGIN=ann\r\n")), "XCLIENT LOGIN=***");
    expect_line(example_command(VERB_XCLIENT, SPAN("XCLIENT ADDR=192.0.2.7\r\n")),
                "XCLIENT ADDR=192.0.2.7");
}

static void test_before_and_after_are_exact_but_for_secrets(void **state)
{
    (void)state;
    struct journal_entry entry = example_firing((struct span){ 0 });
    struct text out = { 0 };
    journal_add_before(&entry, &out);
    expect_text(&out, "RCPT TO:<b@x.test>\\r\\n");
    entry.secret = true;
    entry.before = SPAN("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n");
    journal_add_before(&entry, &out);
    expect_text(&out, "AUTH PLAIN ***\\r\\n");
    journal_add_after(&entry, &out);
    expect_text(&out, "451 4.7.1 no\\r\\n");
    entry.local = false;
    entry.after = SPAN("XXXX PLAIN AGFubgBzZWNyZXQ=\n");
    journal_add_after(&entry, &out);
    expect_text(&out, "***\\n");
}

/* A line of mail may begin with AUTH and is no secret for that. */
static void test_mail_is_not_mistaken_for_auth(void **state)
{
    (void)state;
    struct rule rule = *example_rule();
    rule.event = SMTP_BODY;
    struct journal_entry entry = example_firing((struct span){ 0 });
    entry.rule = &rule;
    entry.before = SPAN("auth is a word\r\n");
    struct text out = { 0 };
    journal_add_before(&entry, &out);
    expect_text(&out, "auth is a word\\r\\n");
}

static void test_brief_is_what_transcripts_quote(void **state)
{
    (void)state;
    expect_brief(example_firing(SPAN("time=400ms chunk=1")), "rule 2 answer time=400ms chunk=1");
    expect_brief(example_firing((struct span){ 0 }), "rule 2 answer");
    expect_brief(example_command(VERB_NOOP, SPAN("NOOP\r\n")), "command NOOP");
    struct journal_entry entry = example_entry(JOURNAL_CLOSE);
    entry.how = "server-closed";
    expect_brief(entry, "close server-closed");
    entry.event = JOURNAL_ERROR;
    entry.how = "opaque";
    expect_brief(entry, "error opaque");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_line_is_shown_without_crlf_only),
        cmocka_unit_test(test_a_long_line_is_bounded),
        cmocka_unit_test(test_auth_keeps_its_mechanism_only),
        cmocka_unit_test(test_a_secret_line_is_hidden),
        cmocka_unit_test(test_xclient_hides_the_login),
        cmocka_unit_test(test_before_and_after_are_exact_but_for_secrets),
        cmocka_unit_test(test_mail_is_not_mistaken_for_auth),
        cmocka_unit_test(test_brief_is_what_transcripts_quote),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
