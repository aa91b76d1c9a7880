/* test_journal_text: the journal in words, line by line, and its colours. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "journal_example.h"

static void expect(struct journal_entry entry, const char *expected)
{
    struct text out = { 0 };
    journal_text_entry(&entry, false, &out);
    assert_string_equal(text_string(&out), expected);
    text_deinit(&out);
}

static void test_what_was_said(void **state)
{
    (void)state;
    expect(example_entry(JOURNAL_CONNECT),
           "23:54:00.000001 #12  *  192.0.2.1:40000 connects, bound for 198.51.100.2:25\n");
    struct journal_entry entry = example_command(VERB_EHLO, SPAN("EHLO me.test\r\n"));
    expect(entry, "23:54:00.000001 #12 --> EHLO me.test\n");
    entry.event = JOURNAL_REPLY;
    entry.direction = TO_CLIENT;
    entry.line = SPAN("250-mx.test\r\n250 SIZE 1000\r\n");
    expect(entry, "23:54:00.000001 #12 <-- 250-mx.test\n"
                  "23:54:00.000001 #12 <-- 250 SIZE 1000\n");
    entry.line = SPAN("421 4.3.2 later\r\n");
    entry.local = true;
    expect(entry, "23:54:00.000001 #12 <-- 421 4.3.2 later   (said by the proxy)\n");
    entry.event = JOURNAL_BODY;
    entry.direction = TO_SERVER;
    entry.bytes = 1234;
    expect(entry, "23:54:00.000001 #12 --> (mail, 1234 bytes)\n");
}

static void test_what_a_rule_did(void **state)
{
    (void)state;
    struct journal_entry entry = example_firing((struct span){ 0 });
    expect(entry, "23:54:00.000001 #12  *  rule 2 (greylist-variants) answer: the proxy answers "
                  "for the server: 451 4.7.1 no\\r\\n\n");
    entry.local = false;
    entry.dry_run = true;
    entry.parameters = SPAN("time=5s");
    entry.after = entry.before;
    expect(entry, "23:54:00.000001 #12  *  rule 2 (greylist-variants) answer time=5s, dry run: "
                  "RCPT TO:<b@x.test>\\r\\n\n");
    entry.dry_run = false;
    entry.after = (struct span){ 0 };
    expect(entry, "23:54:00.000001 #12  *  rule 2 (greylist-variants) answer time=5s: "
                  "RCPT TO:<b@x.test>\\r\\n is dropped\n");
    entry.after = SPAN("NOOP\r\n");
    expect(entry, "23:54:00.000001 #12  *  rule 2 (greylist-variants) answer time=5s: "
                  "RCPT TO:<b@x.test>\\r\\n becomes NOOP\\r\\n\n");
}

static void test_how_it_ended(void **state)
{
    (void)state;
    struct journal_entry entry = example_entry(JOURNAL_CLOSE);
    entry.how = "client-closed";
    entry.why = "the client ended its direction first";
    entry.commands = 5;
    entry.replies = 6;
    entry.messages = 1;
    entry.rules_fired = 2;
    entry.lasted = MS(1500);
    expect(entry, "23:54:00.000001 #12  *  client-closed: the client ended its direction first; "
                  "5 commands, 6 replies, 1 message, 2 decisions of rules, 1.500s\n");
    entry.event = JOURNAL_ERROR;
    entry.how = "opaque";
    entry.why = "not SMTP";
    entry.line = SPAN("\x16\x03");
    expect(entry, "23:54:00.000001 #12  *  opaque: not SMTP: \\x16\\x03\n");
}

static void test_colours_only_when_asked(void **state)
{
    (void)state;
    struct journal_entry entry = example_command(VERB_NOOP, SPAN("NOOP\r\n"));
    struct text out = { 0 };
    journal_text_entry(&entry, true, &out);
    assert_string_equal(text_string(&out), "\x1b[36m23:54:00.000001 #12 --> NOOP\x1b[0m\n");
    text_deinit(&out);
}

static void test_the_head_lists_the_rules(void **state)
{
    (void)state;
    const struct rule *rules[] = { example_rule() };
    const struct journal_head head = { .seed = 7, .rules = rules, .rule_count = 1 };
    struct text out = { 0 };
    journal_text_head(&head, &out);
    assert_non_null(strstr(text_string(&out), ", seed 7, rules: 1;"));
    assert_non_null(strstr(text_string(&out), "\nrule 2: to server command RCPT always answer"));
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_was_said),
        cmocka_unit_test(test_what_a_rule_did),
        cmocka_unit_test(test_how_it_ended),
        cmocka_unit_test(test_colours_only_when_asked),
        cmocka_unit_test(test_the_head_lists_the_rules),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
