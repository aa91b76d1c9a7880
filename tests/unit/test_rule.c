/* test_rule: lines of the rule language that are right, and what they say. What is wrong with
 * others is in test_rule_errors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "event_fixture.h"
#include "session/rule.h"

static void parse(struct rule *rule, const char *line)
{
    struct text error = { 0 };
    bool fine = rule_parse(rule, span_of(line), (struct place){ 0 }, &error);
    if (!fine)
        print_message("%s\n%s\n", line, text_string(&error));
    assert_true(fine);
    assert_int_equal(error.len, 0);
}

static void test_directions_and_events(void **state)
{
    static const struct {
        const char *line;
        unsigned directions;
        enum smtp_event_kind event;
        unsigned reaches;
    } cases[] = {
        { "to client connect delay", ONLY_TO_CLIENT, SMTP_CONNECT, ONLY_TO_CLIENT },
        { "to client greeting delay", ONLY_TO_CLIENT, SMTP_GREETING, ONLY_TO_CLIENT },
        { "to server command delay", ONLY_TO_SERVER, SMTP_COMMAND, ONLY_TO_SERVER },
        { "both ways command delay", BOTH_WAYS, SMTP_COMMAND, ONLY_TO_SERVER },
        { "to client reply delay", ONLY_TO_CLIENT, SMTP_REPLY, ONLY_TO_CLIENT },
        { "both ways reply delay", BOTH_WAYS, SMTP_REPLY, ONLY_TO_CLIENT },
        { "to server body delay", ONLY_TO_SERVER, SMTP_BODY, ONLY_TO_SERVER },
        { "to server body-end delay", ONLY_TO_SERVER, SMTP_BODY_END, ONLY_TO_SERVER },
        { "to client close reset", ONLY_TO_CLIENT, SMTP_CLOSE, ONLY_TO_CLIENT },
        { "both ways close reset", BOTH_WAYS, SMTP_CLOSE, BOTH_WAYS },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule rule;
        parse(&rule, cases[i].line);
        assert_int_equal(rule.directions, cases[i].directions);
        assert_int_equal(rule.event, cases[i].event);
        assert_int_equal(rule_reaches(&rule), cases[i].reaches);
        rule_deinit(&rule);
    }
}

#define BIT(verb) (UINT32_C(1) << VERB_##verb)

static void test_verbs_and_codes(void **state)
{
    static const struct {
        const char *line;
        uint32_t verbs;
        unsigned code;
        enum verb after;
        bool is_class;
    } cases[] = {
        { "to server command RCPT drop", BIT(RCPT), 0, VERB_NONE, false },
        { "to server command RCPT,DATA drop", BIT(RCPT) | BIT(DATA), 0, VERB_NONE, false },
        { "to server command rcpt,Unknown drop", BIT(RCPT) | BIT(UNKNOWN), 0, VERB_NONE, false },
        { "to server command X-ANONYMOUSTLS drop", BIT(X_ANONYMOUSTLS), 0, VERB_NONE, false },
        { "to server command ehlo drop", BIT(EHLO), 0, VERB_NONE, false },
        { "to server command drop", 0, 0, VERB_NONE, false },
        { "to server command once drop", 0, 0, VERB_NONE, false },
        { "to client reply 250 drop", 0, 250, VERB_NONE, false },
        { "to client reply 4xx drop", 0, 400, VERB_NONE, true },
        { "to client reply 5XX after RCPT drop", 0, 500, VERB_RCPT, true },
        { "to client reply after DATA drop", 0, 0, VERB_DATA, false },
        { "to client reply after UNKNOWN drop", 0, 0, VERB_UNKNOWN, false },
        { "to client reply after mail after 3 drop", 0, 0, VERB_MAIL, false },
        { "to client reply after 2 drop", 0, 0, VERB_NONE, false },
        { "to client reply after EHLO ehlo remove=DSN", 0, 0, VERB_EHLO, false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule rule;
        parse(&rule, cases[i].line);
        assert_int_equal(rule.verbs, cases[i].verbs);
        assert_int_equal(rule.code, cases[i].code);
        assert_int_equal(rule.code_is_class, cases[i].is_class);
        assert_int_equal(rule.after, cases[i].after);
        rule_deinit(&rule);
    }
}

static void test_how_often(void **state)
{
    static const struct {
        const char *how;
        enum rule_when when;
        enum rule_per per;
        uint64_t n;
        uint64_t of;
    } cases[] = {
        { "", WHEN_ALWAYS, PER_DEFAULT, 0, 0 },
        { "always", WHEN_ALWAYS, PER_DEFAULT, 1, 0 },
        { "once", WHEN_FIRST, PER_DEFAULT, 1, 0 },
        { "once per run", WHEN_FIRST, PER_RUN, 1, 0 },
        { "first 3", WHEN_FIRST, PER_DEFAULT, 3, 0 },
        { "first 1 per triplet", WHEN_FIRST, PER_TRIPLET, 1, 0 },
        { "after 0", WHEN_AFTER, PER_DEFAULT, 0, 0 },
        { "after 2 per message", WHEN_AFTER, PER_MESSAGE, 2, 0 },
        { "every 3", WHEN_EVERY, PER_DEFAULT, 3, 0 },
        { "every 1st", WHEN_EVERY, PER_DEFAULT, 1, 0 },
        { "every 2nd", WHEN_EVERY, PER_DEFAULT, 2, 0 },
        { "every 3rd per client", WHEN_EVERY, PER_CLIENT, 3, 0 },
        { "every 14th", WHEN_EVERY, PER_DEFAULT, 14, 0 },
        { "chance 1/4", WHEN_CHANCE, PER_DEFAULT, 1, 4 },
        { "chance 0/1 per sender", WHEN_CHANCE, PER_SENDER, 0, 1 },
        { "chance 7/7 per recipient", WHEN_CHANCE, PER_RECIPIENT, 7, 7 },
        { "chance 1/2 tls=no per session", WHEN_CHANCE, PER_SESSION, 1, 2 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule rule;
        struct text line = { 0 };
        text_addf(&line, "to server command RCPT %s drop", cases[i].how);
        parse(&rule, text_string(&line));
        assert_int_equal(rule.when, cases[i].when);
        assert_int_equal(rule.per, cases[i].per);
        if (rule.when != WHEN_ALWAYS)
            assert_int_equal(rule.n, cases[i].n);
        assert_int_equal(rule.of, cases[i].of);
        rule_deinit(&rule);
        text_deinit(&line);
    }
}

static void test_filters(void **state)
{
    static const uint8_t ten[16] = { [10] = 0xff, [11] = 0xff, [12] = 10 };
    static const uint8_t doc[16] = { 0x20, 0x01, 0x0d, 0xb8 };
    struct rule rule;
    (void)state;
    parse(&rule, "to server body client=10.0.0.0/8 size>1KiB once helo=*.a.test drop");
    assert_int_equal(rule.filter_count, 3);
    assert_int_equal(rule.filters[0].kind, FILTER_CLIENT);
    assert_memory_equal(rule.filters[0].address, ten, 16);
    assert_int_equal(rule.filters[0].prefix, 104);
    assert_int_equal(rule.filters[1].number, 1024);
    assert_true(span_equal(rule.filters[2].text, SPAN("*.a.test")));
    rule_deinit(&rule);
    parse(&rule, "to server body client=2001:db8::/32 tls=yes sender=<> drop");
    assert_memory_equal(rule.filters[0].address, doc, 16);
    assert_int_equal(rule.filters[0].prefix, 32);
    assert_true(rule.filters[1].yes);
    assert_int_equal(rule.filters[2].text.len, 0);
    rule_deinit(&rule);
    parse(&rule, "to server body client=10.0.0.0 recipient=\"a b\\x40c\" matches=/a \"#b/ drop");
    assert_int_equal(rule.filters[0].prefix, 128);
    assert_true(span_equal(rule.filters[1].text, SPAN("a b@c")));
    assert_non_null(rule.filters[2].pattern);
    rule_deinit(&rule);
}

static void test_parameters(void **state)
{
    struct rule rule;
    (void)state;
    parse(&rule, "to server command RCPT answer upstream=told reply=\"451 4.7.1 \\x41 # {host}\"");
    assert_string_equal(rule.mutator->name, "answer");
    assert_string_equal((const char *)rule.arguments[0].text.ptr, "451 4.7.1 A # {host}");
    assert_int_equal(rule.arguments[1].low, 1);
    assert_true(rule.arguments[1].given);
    rule_deinit(&rule);
    parse(&rule, "to server command RCPT answer reply=451");
    assert_string_equal((const char *)rule.arguments[0].text.ptr, "451");
    assert_false(rule.arguments[1].given);
    rule_deinit(&rule);
    parse(&rule, "to server command EHLO rewrite match=/^(EHLO) .*\\/ #/ with=\"$1 x\"");
    assert_true(span_equal(rule.arguments[1].text, SPAN("^(EHLO) .*\\/ #")));
    rule_deinit(&rule);
    parse(&rule, "to server body-end terminator as=\"\\n.\\r\\n\"");
    assert_true(span_equal(rule.arguments[0].text, SPAN("\n.\r\n")));
    rule_deinit(&rule);
}

static void test_the_line_is_kept_without_its_comment(void **state)
{
    static const struct {
        const char *line;
        const char *kept;
    } cases[] = {
        { "\t to client  greeting mask keep=\"20 \" \t # as ASA does\r\n",
          "to client  greeting mask keep=\"20 \"" },
        { "to client greeting mask keep=\"# \\\" #\"#", NULL },
        { "to client greeting mask keep=a#b", "to client greeting mask keep=a#b" },
        { "to client greeting mask keep=/a #b", "to client greeting mask keep=/a" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule rule;
        struct text error = { 0 };
        bool fine = rule_parse(&rule, span_of(cases[i].line), (struct place){ 0 }, &error);
        assert_int_equal(fine, cases[i].kept != NULL);
        if (fine)
            assert_true(span_equal(text_span(&rule.line), span_of(cases[i].kept)));
        if (fine)
            rule_deinit(&rule);
        text_deinit(&error);
    }
}

/* -- does a rule speak of an event ---------------------------------------------------------- */

static void expect_names(const char *line, struct smtp_event event, bool expected)
{
    struct rule rule;
    parse(&rule, line);
    if (rule_names_event(&rule, &event) != expected)
        print_message("%s\n", line);
    assert_int_equal(rule_names_event(&rule, &event), expected);
    rule_deinit(&rule);
}

static void test_commands_are_named(void **state)
{
    (void)state;
    expect_names("to server command drop", event_command("NOOP"), true);
    expect_names("both ways command drop", event_command("NOOP"), true);
    expect_names("to server command RCPT,NOOP drop", event_command("noop"), true);
    expect_names("to server command RCPT drop", event_command("NOOP"), false);
    expect_names("to server command UNKNOWN drop", event_command("XYZZY"), true);
    expect_names("to server command UNKNOWN drop", event_command("NOOP"), false);
    expect_names("to server body drop", event_command("NOOP"), false);
}

static void test_replies_are_named(void **state)
{
    struct smtp_event greeting = event_of(SMTP_GREETING, TO_CLIENT);
    struct smtp_event broken = event_reply("hello\r\n", VERB_RCPT);
    (void)state;
    expect_names("to client reply drop", event_reply("250 ok\r\n", VERB_RCPT), true);
    expect_names("to client reply drop", greeting, false);
    expect_names("to client reply 250 drop", event_reply("250 ok\r\n", VERB_RCPT), true);
    expect_names("to client reply 251 drop", event_reply("250 ok\r\n", VERB_RCPT), false);
    expect_names("to client reply 4xx drop", event_reply("451 no\r\n", VERB_RCPT), true);
    expect_names("to client reply 4xx drop", event_reply("550 no\r\n", VERB_RCPT), false);
    expect_names("to client reply 5xx after RCPT drop", event_reply("550 no\r\n", VERB_RCPT), true);
    expect_names("to client reply 5xx after RCPT drop", event_reply("550 no\r\n", VERB_MAIL),
                 false);
    expect_names("to client reply after RCPT drop", event_reply("550 no\r\n", VERB_NONE), false);
    expect_names("to client reply drop", broken, true);
    expect_names("to client reply 2xx drop", broken, false);
}

static void test_closes_are_named_by_the_way_they_go(void **state)
{
    (void)state;
    expect_names("to client close reset", event_of(SMTP_CLOSE, TO_CLIENT), true);
    expect_names("to client close reset", event_of(SMTP_CLOSE, TO_SERVER), false);
    expect_names("both ways close reset", event_of(SMTP_CLOSE, TO_SERVER), true);
}

/* -- the examples that people paste --------------------------------------------------------- */

static void test_every_mutators_example_is_right(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++) {
        struct rule rule;
        parse(&rule, mutators[i]->example);
        assert_ptr_equal(rule.mutator, mutators[i]);
        rule_deinit(&rule);
    }
}

static void test_lines_from_the_manual_are_right(void **state)
{
    static const char *const lines[] = {
        "to client   reply 250 after RCPT   chance 1/4            delay      time=200ms..900ms",
        "to server   command RCPT    first 1 per triplet   answer     reply=\"451 4.7.1 Later\"",
        "to server   body-end                                     terminator as=\"\\n.\\r\\n\"",
        "to client   greeting                                     mask       keep=\"20 \"",
        "both ways   body   client=10.0.0.0/8 size>1MB            pace       rate=2KB/s",
        "to client   reply 354               once          rewrite  line=\"451 4.3.0 try later\"",
        "to server   body-end                every 2nd     reset    after=2",
    };
    (void)state;
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct rule rule;
        parse(&rule, lines[i]);
        rule_deinit(&rule);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_directions_and_events),
        cmocka_unit_test(test_verbs_and_codes),
        cmocka_unit_test(test_how_often),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_the_line_is_kept_without_its_comment),
        cmocka_unit_test(test_commands_are_named),
        cmocka_unit_test(test_replies_are_named),
        cmocka_unit_test(test_closes_are_named_by_the_way_they_go),
        cmocka_unit_test(test_every_mutators_example_is_right),
        cmocka_unit_test(test_lines_from_the_manual_are_right),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
