/* test_rule_errors: every message about a rule that is wrong: which word, what is known instead. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/rule.h"

struct wrong {
    const char *line;
    const char *error; /* behind "x.profile:3:" */
};

static void expect_errors(const struct wrong *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct place place = { "x.profile", 3, 1 };
        struct text error = { 0 };
        struct text expected = { 0 };
        struct rule rule;
        text_addf(&expected, "x.profile:3:%s", cases[i].error);
        assert_false(rule_parse(&rule, span_of(cases[i].line), place, &error));
        assert_string_equal(text_string(&error), text_string(&expected));
        text_deinit(&error);
        text_deinit(&expected);
    }
}

#define EXPECT_ERRORS(cases) expect_errors((cases), sizeof(cases) / sizeof((cases)[0]))

static void test_rules_that_end_early(void **state)
{
    static const struct wrong cases[] = {
        { "", "1: the rule is empty" },
        { "  # nothing but a comment", "1: the rule is empty" },
        { "to", "3: the rule ends where \"server\" or \"client\" should stand" },
        { "to client", "10: the rule ends where an event should stand" },
        { "to client reply", "16: the rule ends where a mutator should stand" },
        { "to client reply 250", "20: the rule ends where a mutator should stand" },
        { "to client reply once", "21: the rule ends where a mutator should stand" },
        { "to client reply once per",
          "25: the rule ends where what \"per\" is about should stand" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_directions(void **state)
{
    static const struct wrong cases[] = {
        { "too client reply drop", "1: unknown direction \"too\"; did you mean \"to\"?" },
        { "from server reply drop", "1: a rule begins with \"to server\", \"to client\" or \"both "
                                    "ways\", not with \"from\"" },
        { "to sever command drop", "4: unknown direction \"sever\"; did you mean \"server\"?" },
        { "to mars command drop", "4: unknown direction \"mars\"; known are server, client" },
        { "both way command drop", "6: unknown direction \"way\"; did you mean \"ways\"?" },
        { "both sides command drop", "6: unknown direction \"sides\"; known are ways" },
        { "To client reply drop", "1: unknown direction \"To\"; did you mean \"to\"?" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_events(void **state)
{
    static const struct wrong cases[] = {
        { "to client command once", "11: \"command\" only goes to server" },
        { "to client comand drop", "11: unknown event \"comand\"; did you mean \"command\"?" },
        { "to client mail drop", "11: unknown event \"mail\"; known are connect, greeting, "
                                 "command, reply, body, body-end, tls, close, "
                                 "idle" },
        { "to client idle", "15: the rule ends where the length of the silence should stand" },
        { "to client idle finish",
          "16: \"idle\" is followed by a time, such as 60s, not by \"finish\"" },
        { "to client command drop", "11: \"command\" only goes to server" },
        { "to client body drop", "11: \"body\" only goes to server" },
        { "to server reply drop", "11: \"reply\" only goes to client" },
        { "to server greeting mask", "11: \"greeting\" only goes to client" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_verbs_and_codes(void **state)
{
    static const struct wrong cases[] = {
        { "to server command RCTP drop", "19: unknown verb \"RCTP\"; did you mean \"RCPT\"?" },
        { "to server command rctp drop", "19: unknown verb \"rctp\"; did you mean \"RCPT\"?" },
        { "to server command RCPT,DTA drop", "24: unknown verb \"DTA\"; did you mean \"DATA\"?" },
        { "to server command XYZZY drop",
          "19: unknown verb \"XYZZY\"; UNKNOWN stands for every verb that is not known" },
        { "to server command RCPT, drop", "24: a verb is missing in \"RCPT,\"" },
        { "to server command ,RCPT drop", "19: a verb is missing in \",RCPT\"" },
        { "to client reply 25 drop", "17: \"25\" is no reply code; write 250 or 4xx" },
        { "to client reply 25x drop", "17: \"25x\" is no reply code; write 250 or 4xx" },
        { "to client reply 099 drop", "17: \"099\" is no reply code; write 250 or 4xx" },
        { "to client reply 0xx drop", "17: \"0xx\" is no reply code; write 250 or 4xx" },
        { "to client reply 250,251 drop", "17: \"250,251\" is no reply code; write 250 or 4xx" },
        { "to client reply 250 after RPCT drop",
          "27: unknown verb \"RPCT\"; did you mean \"RCPT\"?" },
        { "to client reply 250 after drop",
          "27: unknown verb \"drop\"; UNKNOWN stands for every verb that is not known" },
        { "to client reply once after DATA drop",
          "22: \"after\" and a verb must stand right behind the event" },
        { "to client reply sender=a after DATA drop",
          "26: \"after\" and a verb must stand right behind the event" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_how_often(void **state)
{
    static const struct wrong cases[] = {
        { "to client reply after", "22: \"after\" is followed by a count" },
        { "to client reply after DATA after", "33: \"after\" is followed by a count" },
        { "to client reply always once drop", "24: \"once\": how often has been said already" },
        { "to client reply first 1 chance 1/2 drop",
          "25: \"chance\": how often has been said already" },
        { "to client reply first drop", "23: \"first\" is followed by a count, not by \"drop\"" },
        { "to client reply first", "22: \"first\" is followed by a count" },
        { "to client reply first 0 drop",
          "23: \"first\" is followed by a count above 0, not by \"0\"" },
        { "to client reply first -1 drop", "23: \"first\" is followed by a count, not by \"-1\"" },
        { "to client reply first 18446744073709551616 drop",
          "23: \"first\" is followed by a count, not by \"18446744073709551616\"" },
        { "to client reply every drop",
          "23: \"every\" is followed by a count, such as 3rd, not by \"drop\"" },
        { "to client reply every 0th drop",
          "23: \"every\" is followed by a count above 0, not by \"0th\"" },
        { "to client reply every third drop",
          "23: \"every\" is followed by a count, such as 3rd, not by \"third\"" },
        { "to client reply every 3xx drop",
          "23: \"every\" is followed by a count, such as 3rd, not by \"3xx\"" },
        { "to client reply first 3rd drop",
          "23: \"first\" is followed by a count, not by \"3rd\"" },
        { "to client reply chance drop",
          "24: \"chance\" is followed by N/M, such as 1/4, not by \"drop\"" },
        { "to client reply chance 5 drop",
          "24: \"chance\" is followed by N/M, such as 1/4, not by \"5\"" },
        { "to client reply chance 5/4 drop",
          "24: \"chance\" is followed by N/M, N at most M and M at least 1, not by \"5/4\"" },
        { "to client reply chance 0/0 drop",
          "24: \"chance\" is followed by N/M, N at most M and M at least 1, not by \"0/0\"" },
        { "to client reply chance 1/4/2 drop",
          "24: \"chance\" is followed by N/M, such as 1/4, not by \"1/4/2\"" },
        { "to client reply chance 25% drop",
          "24: \"chance\" is followed by N/M, such as 1/4, not by \"25%\"" },
        { "to client reply per session drop",
          "17: \"per\" must stand behind once, first, after, every, chance or weight" },
        { "to client reply always per session drop",
          "24: \"per\" must stand behind once, first, after, every, chance or weight" },
        { "to client reply once per sesion drop",
          "26: unknown scope \"sesion\"; did you mean \"session\"?" },
        { "to client reply once per galaxy drop",
          "26: unknown scope \"galaxy\"; known are session, message, client, sender, recipient, "
          "triplet, run" },
        { "to client reply once per run per client drop", "30: \"per\" is said twice" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_filters(void **state)
{
    static const struct wrong cases[] = {
        { "to client reply sendr=a drop",
          "17: unknown filter \"sendr\"; did you mean \"sender\"?" },
        { "to client reply keep=\"20 \" mask",
          "17: unknown filter \"keep\"; known are client, "
          "helo, sender, recipient, tls, size, matches, "
          "length, offset, part, said, unsaid, early, parted, "
          "quiet, split, joined, listed, contains, last-line, domain" },
        { "to server body part=middle drop", "21: part: \"middle\" is no answer; write "
                                             "part=header or part=text" },
        { "to server command split=end drop", "25: split: \"end\" is no answer here; split=end is "
                                              "about body-end" },
        { "to server command said=RSTE drop", "24: unknown verb \"RSTE\"; did you mean \"RSET\"?" },
        { "to server command quiet>5 drop", "25: quiet: \"5\" is no time; write 5s, 400ms or 5m" },
        { "to server command early=maybe drop",
          "25: early: \"maybe\" is no answer; write early=yes or early=no" },
        { "to client reply sender>a drop", "17: write sender=VALUE" },
        { "to client reply size=5 drop", "17: write size>VALUE" },
        { "to client reply size>5X drop", "22: size: \"5X\" is no size; write 512B, 2KB or 1MiB" },
        { "to client reply size> drop", "22: size: the value is missing" },
        { "to client reply sender= drop", "24: sender: the value is missing" },
        { "to client reply client=300.0.0.1 drop",
          "24: client: \"300.0.0.1\" is no network; write 192.0.2.0/24 or 2001:db8::/32" },
        { "to client reply client=10.0.0.0/33 drop",
          "24: client: \"10.0.0.0/33\" is no network; write 192.0.2.0/24 or 2001:db8::/32" },
        { "to client reply client=::/129 drop",
          "24: client: \"::/129\" is no network; write 192.0.2.0/24 or 2001:db8::/32" },
        { "to client reply client=fe80::1%lo drop",
          "24: client: \"fe80::1%lo\" is no network; write 192.0.2.0/24 or 2001:db8::/32" },
        { "to client reply client=example.org drop",
          "24: client: \"example.org\" is no network; write 192.0.2.0/24 or 2001:db8::/32" },
        { "to client reply tls=maybe drop",
          "21: tls: \"maybe\" is no answer; write tls=yes or tls=no" },
        { "to client reply matches=/a(b/ drop",
          "25: matches: missing closing parenthesis, at offset 3 of the pattern" },
        { "to client reply matches=a drop",
          "25: matches: \"a\" is no pattern; write /.../, or /(?i).../ to ignore case" },
        { "to client reply matches=/a/i drop",
          "25: matches: \"/a/i\" is no pattern; write /.../, or /(?i).../ to ignore case" },
        { "to client reply helo=a helo=b helo=c helo=d helo=e helo=f helo=g helo=h helo=i drop",
          "73: more than 8 filters" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_values(void **state)
{
    static const struct wrong cases[] = {
        { "to client reply helo=\"a drop", "22: the quote has no end" },
        { "to client reply helo=\"a\"b drop", "25: a blank is missing behind the closing quote" },
        { "to client reply helo=\"a\\qb\" drop",
          "24: unknown escape \\q; known are \\r \\n \\t \\0 \\\\ \\\" \\xHH" },
        { "to client reply helo=\"a\\x4g\" drop",
          "24: unknown escape \\x; known are \\r \\n \\t \\0 \\\\ \\\" \\xHH" },
        { "to client reply delay time=", "28: time: the value is missing" },
        { "to client reply delay time=5", "28: time: \"5\" has no unit; write 5s or 5ms" },
        { "to client reply delay time=9s..1s",
          "28: time: \"9s..1s\" runs backwards; the smaller number stands first" },
        { "to client reply delay time=2000h",
          "28: time: \"2000h\" is out of range; the least is 0s, the most is 24h" },
        { "to client reply delay time=\"5s", "28: the quote has no end" },
        { "to server command answer reply=\"451 {recipent}\"",
          "32: reply: unknown name {recipent}; did you mean {recipient}?" },
        { "to server command answer reply=451 upstream=spard",
          "45: upstream: \"spard\" is none of spared|told|dropped; did you mean \"spared\"?" },
        { "to client reply after EHLO ehlo remove=A,,B",
          "40: remove: a name is missing in \"A,,B\"" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_mutators(void **state)
{
    static const struct wrong cases[] = {
        { "to server command resett", "19: unknown mutator \"resett\"; did you mean \"reset\"?" },
        { "to client reply dely time=1s", "17: unknown mutator \"dely\"; did you mean \"delay\"?" },
        { "to client reply dealy time=1s",
          "17: unknown mutator \"dealy\"; did you mean \"delay\"?" },
        { "to client reply onec delay", "17: unknown mutator \"onec\"; did you mean \"once\"?" },
        { "to client reply frobnicate",
          "17: unknown mutator \"frobnicate\"; \"smtpchaos list mutators\" names all" },
        { "to client reply \"delay\"",
          "17: unknown mutator \"\\\"delay\\\"\"; did you mean \"delay\"?" },
        { "to client reply = delay",
          "17: unknown mutator \"=\"; \"smtpchaos list mutators\" names all" },
        { "to client reply strip-crr",
          "17: unknown mutator \"strip-crr\"; did you mean \"strip-cr\"?" },
        { "to client reply terminator as=x",
          "17: \"terminator\" does not act on reply; it acts on body-end" },
        { "to server connect strip-cr",
          "19: \"strip-cr\" does not act on connect; it acts on greeting, command, reply, body" },
        { "to server command lose-ack",
          "19: \"lose-ack\" does not act on command; it acts on reply" },
        { "to client reply answer reply=\"451 no\"",
          "17: \"answer\" does not act on reply; it acts on connect, command, body, body-end" },
        { "both ways close answer reply=\"451 no\"",
          "17: \"answer\" does not act on close; it acts on connect, command, body, body-end" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

static void test_parameters(void **state)
{
    static const struct wrong cases[] = {
        { "to client reply delay tme=1s",
          "23: unknown parameter \"tme\" of \"delay\"; did you mean \"time\"?" },
        { "to client reply delay colour=red",
          "23: unknown parameter \"colour\" of \"delay\"; it has time=" },
        { "to client reply delay 5s", "23: unknown parameter \"5s\" of \"delay\"; it has time=" },
        { "to client reply drop now", "22: unknown parameter \"now\" of \"drop\"; it has none" },
        { "to client reply delay time", "23: write time=VALUE" },
        { "to client reply delay time>1s", "23: write time=VALUE" },
        { "to client reply delay time=1s time=2s", "31: \"time\" is given twice" },
        { "to client reply delay time=1s once",
          "31: \"once\" must stand before the mutator \"delay\"" },
        { "to client reply delay time=1s chance 1/2",
          "31: \"chance\" must stand before the mutator \"delay\"" },
        { "to client reply delay time=1s sender=a",
          "31: \"sender\" must stand before the mutator \"delay\"" },
        { "to server command answer", "19: \"answer\" needs reply=" },
        { "to server command rewrite with=x",
          "19: rewrite: either line= or both match= and with= are needed" },
        { "to server body header",
          "16: header: add=, remove=, refold= or rename= with to= is needed" },
    };
    (void)state;
    EXPECT_ERRORS(cases);
}

/* A line that is far too long, and bytes that no line should have. */
static void test_strange_bytes_are_shown_in_one_line(void **state)
{
    static const struct {
        const char *line;
        size_t len;
        const char *error;
    } cases[] = {
        { "to client reply \0\n\xff", 19,
          "rule:17: unknown mutator \"\\0\\n\\xff\"; \"smtpchaos list mutators\" names all" },
        { "to client reply delay\0", 22,
          "rule:17: unknown mutator \"delay\\0\"; did you mean \"delay\"?" },
        { "to client reply aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 83,
          "rule:17: unknown mutator "
          "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
          "a...\"; \"smtpchaos list mutators\" names all" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text error = { 0 };
        struct rule rule;
        assert_false(
            rule_parse(&rule, span_make(cases[i].line, cases[i].len), (struct place){ 0 }, &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
    }
}

static void test_a_rule_is_bounded(void **state)
{
    struct text line = { 0 };
    struct text error = { 0 };
    struct rule rule;
    (void)state;
    text_add(&line, SPAN("to client greeting greeting text="));
    while (line.len < RULE_LINE_MAX)
        text_add_byte(&line, 'x');
    assert_true(rule_parse(&rule, text_span(&line), (struct place){ 0 }, &error));
    rule_deinit(&rule);
    text_add_byte(&line, 'x');
    assert_false(rule_parse(&rule, text_span(&line), (struct place){ 0 }, &error));
    assert_string_equal(text_string(&error), "rule:8193: the rule is longer than 8192 bytes");
    text_deinit(&line);
    text_deinit(&error);
}

static void test_places_are_as_exact_as_known(void **state)
{
    static const struct {
        struct place place;
        const char *line;
        const char *error;
    } cases[] = {
        { { NULL, 0, 0 }, "to client reply 250 dely", "rule:21: unknown mutator" },
        { { "--rule", 2, 1 }, "to client reply 250 dely", "--rule:2:21: unknown mutator" },
        { { "x.profile", 3, 5 }, "to client reply 250 dely", "x.profile:3:25: unknown mutator" },
        { { "x.profile", 0, 1 }, "\t to client reply dely", "x.profile:19: unknown mutator" },
        { { "x.profile", 7, 3 }, " # nothing", "x.profile:7:3: the rule is empty" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text error = { 0 };
        struct rule rule;
        assert_false(rule_parse(&rule, span_of(cases[i].line), cases[i].place, &error));
        assert_true(span_starts(text_span(&error), span_of(cases[i].error)));
        text_deinit(&error);
    }
}

static void test_a_place_without_numbers_is_a_file(void **state)
{
    struct text out = { 0 };
    const struct place place = { .file = "x.profile" };
    (void)state;
    place_add(&place, &out);
    assert_string_equal(text_string(&out), "x.profile: ");
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_that_end_early),
        cmocka_unit_test(test_directions),
        cmocka_unit_test(test_events),
        cmocka_unit_test(test_verbs_and_codes),
        cmocka_unit_test(test_how_often),
        cmocka_unit_test(test_filters),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_mutators),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_strange_bytes_are_shown_in_one_line),
        cmocka_unit_test(test_a_rule_is_bounded),
        cmocka_unit_test(test_places_are_as_exact_as_known),
        cmocka_unit_test(test_a_place_without_numbers_is_a_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
