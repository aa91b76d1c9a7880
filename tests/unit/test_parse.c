/* test_parse: the grammar of a command line and of a reply; whatever the bytes, something is made
 * of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "smtp/parse.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void expect(const char *line, const char *what, struct span part, const char *wanted)
{
    if (!span_equal(part, span_of(wanted)))
        fail_msg("%s: %s is \"%.*s\", not \"%s\"", line, what, (int)part.len, part.ptr, wanted);
}

/* -- commands ------------------------------------------------------------------------------- */

static void test_commands(void **state)
{
    static const struct {
        const char *line;
        enum verb verb;
        const char *word;
        const char *argument;
    } cases[] = {
        { "EHLO me.test\r\n", VERB_EHLO, "EHLO", "me.test" },
        { "EHLO me.test\n", VERB_EHLO, "EHLO", "me.test" },
        { "ehlo me.test", VERB_EHLO, "ehlo", "me.test" },
        { "HeLo [192.0.2.1]\r\n", VERB_HELO, "HeLo", "[192.0.2.1]" },
        { " \tNOOP \t x  y \t\r\n", VERB_NOOP, "NOOP", "x  y" },
        { "VRFY\tuser\r\n", VERB_VRFY, "VRFY", "user" },
        { "QUIT\r\n", VERB_QUIT, "QUIT", "" },
        { "QUIT \r\n", VERB_QUIT, "QUIT", "" },
        { "X-ANONYMOUSTLS\r\n", VERB_X_ANONYMOUSTLS, "X-ANONYMOUSTLS", "" },
        { "BDAT 86 LAST\r\n", VERB_BDAT, "BDAT", "86 LAST" },
        { "MAI FROM:<a@b>\r\n", VERB_UNKNOWN, "MAI", "FROM:<a@b>" },
        { "MAILX\r\n", VERB_UNKNOWN, "MAILX", "" },
        { "DATA\r\r\n", VERB_UNKNOWN, "DATA\r", "" },
        { "UNKNOWN\r\n", VERB_UNKNOWN, "UNKNOWN", "" },
        { "\r\n", VERB_UNKNOWN, "", "" },
        { "", VERB_UNKNOWN, "", "" },
        { "\xc3\xa4 x\r\n", VERB_UNKNOWN, "\xc3\xa4", "x" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct smtp_command command = smtp_command_parse(span_of(cases[i].line));
        if (command.verb != cases[i].verb)
            fail_msg("%s: the verb is %s", cases[i].line, verb_name(command.verb));
        expect(cases[i].line, "the word", command.word, cases[i].word);
        expect(cases[i].line, "the argument", command.argument, cases[i].argument);
    }
}

static void test_a_nul_is_a_byte_of_the_word(void **state)
{
    (void)state;
    struct smtp_command command = smtp_command_parse(SPAN("RSET\0\r\n"));
    assert_int_equal(command.verb, VERB_UNKNOWN);
    assert_int_equal(command.word.len, 5);
    command = smtp_command_parse(SPAN("MAIL FROM:<a\0b>\r\n"));
    assert_true(span_equal(command.address, SPAN("a\0b")));
}

static void test_paths(void **state)
{
    static const struct {
        const char *line;
        const char *address;
        const char *parameters;
    } cases[] = {
        { "MAIL FROM:<a@b.test>", "a@b.test", "" },
        { "MAIL FROM:<a@b.test> SIZE=5 BODY=8BITMIME \r\n", "a@b.test", "SIZE=5 BODY=8BITMIME" },
        { "mail from:<>", "", "" },
        { "MAIL FROM:<> SIZE=1", "", "SIZE=1" },
        { "MAIL FROM: \t<a@b.test>\tSIZE=1", "a@b.test", "SIZE=1" },
        { "MAIL FROM :<a@b.test>", "a@b.test", "" },
        { "MAIL FROM:a@b.test SIZE=1", "a@b.test", "SIZE=1" },
        { "MAIL FROM:<a@b.test", "a@b.test", "" },
        { "MAIL FROM:a@b.test>", "a@b.test", "" },
        { "MAIL FROM:<a@b.test>SIZE=1", "a@b.test", "SIZE=1" },
        { "MAIL FROM:", "", "" },
        { "MAIL", "", "" },
        { "RCPT TO:<postmaster>", "postmaster", "" },
        { "RCPT TO:<@a.test,@b.test:u@c.test> NOTIFY=NEVER", "@a.test,@b.test:u@c.test",
          "NOTIFY=NEVER" },
        { "RCPT TO:<u@[IPv6:2001:db8::1]>", "u@[IPv6:2001:db8::1]", "" },
        { "RCPT TO:<\"a b\"@c.test> ORCPT=rfc822;x", "\"a b\"@c.test", "ORCPT=rfc822;x" },
        { "RCPT TO:<\"a>b\"@c.test> X", "\"a>b\"@c.test", "X" },
        { "RCPT TO:<\"a\\\">b\"@c.test> X", "\"a\\\">b\"@c.test", "X" },
        { "RCPT TO:<\"a\\\\\"@c.test> X", "\"a\\\\\"@c.test", "X" },
        { "RCPT TO:<\"a@c.test> X", "\"a@c.test", "X" },
        { "RCPT TO:<\"a\\", "\"a\\", "" },
        { "RCPT <u@c.test> X", "u@c.test", "X" },
        { "RCPT TO:<<u@c.test>>", "<u@c.test", ">" },
        { "RCPT TO:<a@b><c@d>", "a@b", "<c@d>" },
        { "RCPT TO:<\xc3\xa4@b.test>", "\xc3\xa4@b.test", "" },
        { "VRFY <a@b.test>", "", "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct smtp_command command = smtp_command_parse(span_of(cases[i].line));
        expect(cases[i].line, "the address", command.address, cases[i].address);
        expect(cases[i].line, "the rest", command.parameters, cases[i].parameters);
    }
}

/* -- parameters ----------------------------------------------------------------------------- */

static void test_parameters(void **state)
{
    static const struct {
        const char *parameters;
        const char *name;
        const char *value; /* NULL: it is not there */
    } cases[] = {
        { "SIZE=100", "SIZE", "100" },
        { "size=100", "SIZE", "100" },
        { "BODY=8BITMIME \t SIZE=7 SMTPUTF8", "SIZE", "7" },
        { "BODY=8BITMIME SMTPUTF8", "smtputf8", "" },
        { "SIZE= BODY=7BIT", "SIZE", "" },
        { "ENVID=a=b", "ENVID", "a=b" },
        { "SIZE=1 SIZE=2", "SIZE", "1" },
        { "XSIZE=1 SIZEX=2", "SIZE", NULL },
        { "=5", "SIZE", NULL },
        { "", "SIZE", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span value = SPAN("untouched");
        bool found = smtp_parameter(span_of(cases[i].parameters), span_of(cases[i].name), &value);
        assert_int_equal(found, cases[i].value != NULL);
        expect(cases[i].parameters, "the value", value,
               cases[i].value ? cases[i].value : "untouched");
    }
}

static void test_bdat(void **state)
{
    static const struct {
        const char *argument;
        uint64_t size;
        bool good;
        bool last;
    } cases[] = {
        { "0", 0, true, false },
        { "86", 86, true, false },
        { "86 LAST", 86, true, true },
        { "86 \t last", 86, true, true },
        { "0 LAST", 0, true, true },
        { "18446744073709551615", UINT64_MAX, true, false },
        { "18446744073709551616", 0, false, false },
        { "", 0, false, false },
        { "LAST", 0, false, false },
        { "-1", 0, false, false },
        { "0x10", 0, false, false },
        { "86LAST", 0, false, false },
        { "86 LAS", 0, false, false },
        { "86 LAST x", 0, false, false },
        { "86 87", 0, false, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        uint64_t size = 0;
        bool last = false;
        bool good = smtp_bdat_parse(span_of(cases[i].argument), &size, &last);
        if (good != cases[i].good)
            fail_msg("%s is %s", cases[i].argument, good ? "read" : "refused");
        assert_true(!good || (size == cases[i].size && last == cases[i].last));
    }
}

/* -- replies -------------------------------------------------------------------------------- */

static void test_reply_lines(void **state)
{
    static const struct {
        const char *line;
        bool is_reply;
        bool is_continued;
    } cases[] = {
        { "250 ok\r\n", true, false },  { "250 ok\n", true, false },
        { "250 \r\n", true, false },    { "250\r\n", true, false },
        { "250\n", true, false },       { "250", true, false },
        { "250\r\r\n", true, false },   { "250-ok\r\n", true, true },
        { "250-\r\n", true, true },     { "250-\n", true, true },
        { "25\r\n", false, false },     { "2500 x\r\n", false, false },
        { "250x\r\n", false, false },   { "250\tx\r\n", false, false },
        { " 250 x\r\n", false, false }, { "2 50\r\n", false, false },
        { "x50 \r\n", false, false },   { "-250-x\r\n", false, false },
        { "\r\n", false, false },       { "", false, false },
        { "25:\r\n", false, false },    { "25/ x\r\n", false, false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct span line = span_of(cases[i].line);
        if (smtp_is_reply_line(line) != cases[i].is_reply ||
            smtp_is_reply_continued(line) != cases[i].is_continued)
            fail_msg("%s", cases[i].line);
    }
}

static void test_replies(void **state)
{
    static const struct {
        const char *raw;
        unsigned code;
        unsigned lines;
        const char *text;
    } cases[] = {
        { "250 2.0.0 ok\r\n", 250, 1, "2.0.0 ok" },
        { "354\r\n", 354, 1, "" },
        { "250-mx.test\r\n250-SIZE 5\r\n250 PIPELINING\r\n", 250, 3, "mx.test" },
        { "250-a\n250 b\n", 250, 2, "a" },
        { "250-a\r\n550 b\r\n", 250, 2, "a" },
        { "250-\r\nno code\r\n250 b\r\n", 250, 3, "" },
        { "421 bye", 421, 1, "bye" },
        { "no code\r\n250 b\r\n", 0, 2, "" },
        { "", 0, 0, "" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct smtp_reply reply = smtp_reply_parse(span_of(cases[i].raw));
        assert_int_equal(reply.code, cases[i].code);
        assert_int_equal(reply.lines, cases[i].lines);
        assert_int_equal(reply.after, VERB_NONE);
        expect(cases[i].raw, "the text", reply.text, cases[i].text);
    }
}

/* -- names ---------------------------------------------------------------------------------- */

static void test_verbs_are_found_by_their_names(void **state)
{
    static const enum verb forks[] = { VERB_DATA, VERB_AUTH, VERB_STARTTLS, VERB_X_ANONYMOUSTLS };
    unsigned fork_count = 0;
    unsigned hello_count = 0;
    (void)state;
    for (unsigned verb = 0; verb < VERB_UNKNOWN; verb++) {
        assert_int_equal(verb_parse(span_of(verb_name((enum verb)verb))), verb);
        fork_count += verb_is_fork((enum verb)verb);
        hello_count += verb_is_hello((enum verb)verb);
    }
    for (size_t i = 0; i < COUNT(forks); i++)
        assert_true(verb_is_fork(forks[i]));
    assert_int_equal(fork_count, COUNT(forks));
    assert_int_equal(hello_count, 3);
    assert_true(verb_is_hello(VERB_HELO) && verb_is_hello(VERB_EHLO) && verb_is_hello(VERB_LHLO));
    assert_string_equal(verb_name(VERB_UNKNOWN), "UNKNOWN");
    assert_string_equal(verb_name(VERB_NONE), "");
    assert_false(verb_is_fork(VERB_NONE) || verb_is_hello(VERB_UNKNOWN));
}

static enum verb verb_of(struct span word)
{
    unsigned verb = 0;
    while (verb < VERB_UNKNOWN && !span_equal_nocase(word, span_of(verb_name((enum verb)verb))))
        verb++;
    return (enum verb)verb;
}

/* One bit away there is the same word in other letters, another verb, or none. */
static void test_neighbours_of_verbs(void **state)
{
    (void)state;
    for (unsigned verb = 0; verb < VERB_UNKNOWN; verb++) {
        uint8_t bytes[16];
        struct span name = span_of(verb_name((enum verb)verb));
        memcpy(bytes, name.ptr, name.len);
        for (size_t bit = 0; bit < name.len * 8; bit++) {
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
            struct span word = span_make(bytes, name.len);
            assert_int_equal(verb_parse(word), verb_of(word));
            if (!memchr(bytes, ' ', name.len) && !memchr(bytes, '\t', name.len) &&
                !memchr(bytes, '\n', name.len))
                assert_int_equal(smtp_command_parse(word).verb, verb_of(word));
            bytes[bit / 8] ^= (uint8_t)(1U << bit % 8);
        }
    }
}

static void test_directions(void **state)
{
    (void)state;
    assert_int_equal(direction_opposite(TO_SERVER), TO_CLIENT);
    assert_int_equal(direction_opposite(TO_CLIENT), TO_SERVER);
    assert_int_equal(direction_target(TO_SERVER), SERVER);
    assert_int_equal(direction_source(TO_SERVER), CLIENT);
    assert_int_equal(direction_target(TO_CLIENT), CLIENT);
    assert_int_equal(direction_source(TO_CLIENT), SERVER);
    assert_string_equal(direction_name(TO_SERVER), "to server");
    assert_string_equal(direction_name(TO_CLIENT), "to client");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_commands),
        cmocka_unit_test(test_a_nul_is_a_byte_of_the_word),
        cmocka_unit_test(test_paths),
        cmocka_unit_test(test_parameters),
        cmocka_unit_test(test_bdat),
        cmocka_unit_test(test_reply_lines),
        cmocka_unit_test(test_replies),
        cmocka_unit_test(test_verbs_are_found_by_their_names),
        cmocka_unit_test(test_neighbours_of_verbs),
        cmocka_unit_test(test_directions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
