/* test_mutators_commands: answer, rewrite, drop, repeat, insert and mask, each on every form of
 * event that it may meet. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "mutation_fixture.h"

static void test_answer(void **state)
{
    static const struct mutation_case cases[] = {
        { "reply=\"451 4.7.1 later\"", "command", BYTES("RCPT TO:<b@x.test>\r\n"),
          BYTES("answer 451 4.7.1 later\r\n") },
        { "reply=\"451 later\"", "command", BYTES("RCPT TO:<b@x.test>\n"),
          BYTES("answer 451 later\r\n") },
        { "reply=\"451 later\"", "command", BYTES("\r\n"), BYTES("answer 451 later\r\n") },
        { "reply=\"250-a\\r\\n250 b\"", "command", BYTES("EHLO x\r\n"),
          BYTES("answer 250-a\r\n250 b\r\n") },
        { "reply=\"250 ok\\n\"", "command", BYTES("NOOP\r\n"), BYTES("answer 250 ok\n") },
        { "reply=\"250 \\0\"", "command", BYTES("NOOP\0\r\n"), BYTES("answer 250 \0\r\n") },
        { "reply=\"550 no <{recipient}>\"", "command", BYTES("RCPT TO:<b@x.test>\r\n"),
          BYTES("answer 550 no <b@x.test>\r\n") },
        { "reply=\"550 no\" upstream=told", "command", BYTES("RCPT TO:<b@x.test>\r\n"),
          BYTES("told 550 no\r\n") },
        { "reply=\"554 no\"", "body-end", BYTES("\r\n.\r\n"), BYTES("answer 554 no\r\n") },
        { "reply=\"554 no\" upstream=told", "body-end", BYTES("\r\n.\r\n"),
          BYTES("told 554 no\r\n") },
        { "reply=\"554 no\"", "connect to client", BYTES(""), BYTES("answer 554 no\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_answer, cases);
}

static void test_answer_then(void **state)
{
    static const struct mutation_case cases[] = {
        { "reply=\"421 bye\" then=go-on", "command", BYTES("NOOP\r\n"),
          BYTES("answer 421 bye\r\n") },
        { "reply=\"421 bye\" then=finish", "command", BYTES("NOOP\r\n"),
          BYTES("answer 421 bye\r\n; finish after 0") },
        { "reply=\"421 bye\" then=reset", "command", BYTES("NOOP\r\n"),
          BYTES("answer 421 bye\r\n; reset after 0") },
        { "reply=\"421 bye\" then=mute", "body-end", BYTES("\r\n.\r\n"),
          BYTES("answer 421 bye\r\n; mute after 0") },
        /* The server is to hear all of what it is told. */
        { "reply=\"421 bye\" upstream=told then=finish", "command", BYTES("NOOP\r\n"),
          BYTES("told 421 bye\r\n; finish") },
    };
    (void)state;
    EXPECT_CASES(mutator_answer, cases);
}

static void test_rewrite_a_line(void **state)
{
    static const struct mutation_case cases[] = {
        { "line=\"NOOP\"", "command", BYTES("STARTTLS\r\n"), BYTES("NOOP\r\n") },
        { "line=\"NOOP\"", "command", BYTES("STARTTLS\n"), BYTES("NOOP\r\n") },
        { "line=\"NOOP\\n\"", "command", BYTES("STARTTLS\r\n"), BYTES("NOOP\n") },
        { "line=\"NOOP\\r\"", "command", BYTES("STARTTLS\r\n"), BYTES("NOOP\r") },
        { "line=\"\"", "command", BYTES("NOOP\r\n"), BYTES("\r\n") },
        { "line=\"451 4.3.0 try later\"", "reply after DATA", BYTES("354 go\r\n"),
          BYTES("451 4.3.0 try later\r\n") },
        { "line=\"250 one\"", "reply after EHLO", BYTES("250-a\r\n250-b\n250 c\r\n"),
          BYTES("250 one\r\n") },
        { "line=\"421 no\"", "greeting", BYTES("220 mx.test ESMTP\r\n"), BYTES("421 no\r\n") },
        { "line=\"\\0\"", "text", BYTES("a\0b\r\n"), BYTES("\0\r\n") },
        { "line=\"x\"", "text", BYTES("\r\n"), BYTES("x\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_rewrite, cases);
}

static void test_rewrite_a_match(void **state)
{
    static const struct mutation_case cases[] = {
        { "match=/ESMTP/ with=\"SMTP\"", "greeting", BYTES("220 mx.test ESMTP\r\n"),
          BYTES("220 mx.test SMTP\r\n") },
        { "match=/ESMTP$/ with=\"\"", "greeting", BYTES("220 mx.test ESMTP\n"),
          BYTES("220 mx.test \n") },
        { "match=/<(.*)@(.*)>/ with=\"<$2@$1>\"", "command", BYTES("RCPT TO:<b@x.test>\r\n"),
          BYTES("RCPT TO:<x.test@b>\r\n") },
        { "match=/250-SIZE (\\d+)/ with=\"250-SIZE 1$1\"", "reply after EHLO",
          BYTES("250-mx\r\n250-SIZE 10\r\n250 DSN\r\n"),
          BYTES("250-mx\r\n250-SIZE 110\r\n250 DSN\r\n") },
        { "match=/o/ with=\"0\"", "text", BYTES("foo\0boo\r\n"), BYTES("f00\0b00\r\n") },
        { "match=/o/ with=\"0\"", "text", BYTES("no end"), BYTES("n0 end") },
        { "match=/^$/ with=\"x\"", "text", BYTES("\r\n"), BYTES("x\r\n") },
        /* Not its event: nothing matches, least of all a line ending. */
        { "match=/zzz/ with=\"\"", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
        { "match=/\\r\\n/ with=\"\"", "command", BYTES("NOOP\r\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_rewrite, cases);
    expect_refused(&mutator_rewrite, "", "either line= or both");
    expect_refused(&mutator_rewrite, "match=/x/", "either line= or both");
    expect_refused(&mutator_rewrite, "with=\"x\"", "either line= or both");
    expect_refused(&mutator_rewrite, "line=\"x\" match=/x/ with=\"y\"", "either line= or both");
    expect_refused(&mutator_rewrite, "line=\"x\" with=\"y\"", "either line= or both");
}

static void test_drop(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("NOOP\r\n"), BYTES("dropped") },
        { "", "command", BYTES("\n"), BYTES("dropped") },
        { "", "reply after EHLO", BYTES("250-a\r\n250 b\r\n"), BYTES("dropped") },
        { "", "greeting", BYTES("220 hi\r\n"), BYTES("dropped") },
        { "", "text", BYTES("a\0b\r\n"), BYTES("dropped") },
        { "", "body-end", BYTES("\r\n.\r\n"), BYTES("dropped") },
        { "", "close to client", BYTES(""), BYTES("dropped") },
    };
    (void)state;
    EXPECT_CASES(mutator_drop, cases);
}

static void test_repeat(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "command", BYTES("RCPT TO:<b@x.test>\r\n"),
          BYTES("RCPT TO:<b@x.test>\r\n|+RCPT TO:<b@x.test>\r\n") },
        { "count=3", "command", BYTES("NOOP\n"), BYTES("NOOP\n|+NOOP\nNOOP\nNOOP\n") },
        { "count=1", "reply after EHLO", BYTES("250-a\r\n250 b\r\n"),
          BYTES("250-a\r\n250 b\r\n|+250-a\r\n250 b\r\n") },
        { "count=1", "text", BYTES("a\0\r\n"), BYTES("a\0\r\n|+a\0\r\n") },
        { "count=1", "text", BYTES("\r\n"), BYTES("\r\n|+\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_repeat, cases);
}

static void test_repeat_draws_and_is_bounded(void **state)
{
    (void)state;
    struct mutation_fixture fixture;
    struct text line = { 0 };
    fixture_begin(&fixture, &mutator_repeat, "count=2..5");
    for (int i = 0; i < 20; i++) {
        fixture_hears(&fixture, "command", SPAN("NOOP\r\n"));
        assert_in_range(fixture.mutation.content.len, 3 * 6, 6 * 6);
        assert_true(span_starts(text_span(&fixture.mutation.drawn), SPAN("count=")));
    }
    fixture_end(&fixture);

    fixture_begin(&fixture, &mutator_repeat, "count=100");
    for (size_t i = 0; i < MAX_LINE_DEFAULT; i++)
        text_add_byte(&line, 'a');
    fixture_hears(&fixture, "text", text_span(&line));
    assert_int_equal(fixture.mutation.content.len, REPEAT_BYTES_MAX);
    fixture_end(&fixture);
    text_deinit(&line);
}

static void test_insert(void **state)
{
    static const struct mutation_case cases[] = {
        { "line=\"NOOP\"", "command", BYTES("DATA\r\n"), BYTES("+NOOP\r\n|DATA\r\n") },
        { "line=\"NOOP\" where=after", "command", BYTES("DATA\n"), BYTES("DATA\n|+NOOP\r\n") },
        { "line=\"NOOP\\n\"", "command", BYTES("\r\n"), BYTES("+NOOP\n|\r\n") },
        { "line=\"\"", "command", BYTES("DATA\r\n"), BYTES("+\r\n|DATA\r\n") },
        { "line=\"250-a\\r\\n250 b\"", "reply after MAIL", BYTES("250-x\r\n250 y\r\n"),
          BYTES("+250-a\r\n250 b\r\n|250-x\r\n250 y\r\n") },
        { "line=\"220-wait\"", "greeting", BYTES("220 hi\r\n"), BYTES("+220-wait\r\n|220 hi\r\n") },
        { "line=\"x\\0y\"", "text", BYTES("a\0b\r\n"), BYTES("+x\0y\r\n|a\0b\r\n") },
        { "line=\"421 bye\"", "close to client", BYTES(""), BYTES("+421 bye\r\n|") },
        { "line=\"421 bye\" where=after", "close to client", BYTES(""), BYTES("|+421 bye\r\n") },
        { "line=\"220-hold on\"", "connect to client", BYTES(""), BYTES("+220-hold on\r\n|") },
    };
    (void)state;
    EXPECT_CASES(mutator_insert, cases);
}

static void test_insert_at_the_end_of_mail(void **state)
{
    static const struct mutation_case cases[] = {
        { "line=\"x\"", "body-end", BYTES("\r\n.\r\n"), BYTES("\r\nx\r\n.\r\n") },
        { "line=\"x\"", "body-end", BYTES("\n.\n"), BYTES("\nx\r\n.\n") },
        { "line=\"x\"", "body-end", BYTES(".\r\n"), BYTES("x\r\n.\r\n") },
        { "line=\"x\"", "chunked body-end", BYTES(""), BYTES("x\r\n") },
        { "line=\"NOOP\" where=after", "body-end", BYTES("\r\n.\r\n"),
          BYTES("\r\n.\r\n|+NOOP\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_insert, cases);
}

static void test_mask_commands_but_for_a_list(void **state)
{
    static const struct mutation_case cases[] = {
        { "char=X allow=NOOP,EHLO", "command", BYTES("NOOP a\r\n"), BYTES("untouched") },
        { "char=X allow=NOOP,EHLO", "command", BYTES("ehlo a\r\n"), BYTES("untouched") },
        { "char=X allow=NOOP,EHLO", "command", BYTES("STARTTLS\r\n"), BYTES("XXXXXXXX\r\n") },
        { "char=X allow=NOOP,EHLO", "command", BYTES("X-EXPS GSSAPI\r\n"),
          BYTES("XXXXXX GSSAPI\r\n") },
        /* What does not end in CRLF is no command to a firewall. */
        { "char=X allow=NOOP,EHLO", "command", BYTES("NOOP\n"), BYTES("XXXX\n") },
        { "char=X allow=NOOP what=text", "command", BYTES("AUTH PLAIN x\r\n"),
          BYTES("AUTH XXXXXXX\r\n") },
        { "char=\" \" what=line lead=NOOP", "command", BYTES("EHLO me.test\r\n"),
          BYTES("NOOP        \r\n") },
        { "char=\" \" what=line lead=NOOP", "command", BYTES("HI\r\n"), BYTES("NO\r\n") },
        { "lead=ab", "greeting", BYTES("220 mx.test\r\n"), BYTES("220 ab*****\r\n") },
    };
    (void)state;
    EXPECT_CASES(mutator_mask, cases);
}

static void test_mask_replies(void **state)
{
    static const struct mutation_case cases[] = {
        { "", "greeting", BYTES("220 mx.test ESMTP\r\n"), BYTES("220 *************\r\n") },
        { "", "greeting", BYTES("220 mx\n"), BYTES("220 **\n") },
        { "", "greeting", BYTES("220-a 0\r\n220 b\r\n"), BYTES("220-***\r\n220 *\r\n") },
        { "", "greeting", BYTES("220 a\0\xff\r\n"), BYTES("220 ***\r\n") },
        { "", "greeting", BYTES("220 a\rb\r\n"), BYTES("220 *\r*\r\n") },
        { "keep=\"20 \"", "greeting", BYTES("220 mx 2.0 x\r\n"), BYTES("220 ** 2*0 *\r\n") },
        { "keep=\"20\" keep-pairs=\"0 \"", "greeting", BYTES("220 mx 200 2 x\r\n"),
          BYTES("220 ***200 2**\r\n") },
        { "char=X", "reply after EHLO", BYTES("250-mx\r\n250 DSN\r\n"),
          BYTES("250-XX\r\n250 XXX\r\n") },
        { "what=line", "reply after NOOP", BYTES("250 ok\r\n"), BYTES("******\r\n") },
        /* Nothing to mask, so not its event. */
        { "", "reply after NOOP", BYTES("250\r\n"), BYTES("untouched") },
        { "", "reply after NOOP", BYTES("250 \r\n"), BYTES("untouched") },
        { "", "reply after NOOP", BYTES("250 **\r\n"), BYTES("untouched") },
        { "what=verb", "reply after NOOP", BYTES("250 ok\r\n"), BYTES("untouched") },
        { "", "reply after NOOP", BYTES(""), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_mask, cases);
}

static void test_mask_commands_and_mail(void **state)
{
    static const struct mutation_case cases[] = {
        { "char=X", "command", BYTES("STARTTLS\r\n"), BYTES("XXXXXXXX\r\n") },
        { "char=X", "command", BYTES("EHLO me.test\n"), BYTES("XXXX me.test\n") },
        { "char=X what=verb", "command", BYTES("EHLO me.test\r\n"), BYTES("XXXX me.test\r\n") },
        { "char=X what=text", "command", BYTES("EHLO me.test\r\n"), BYTES("EHLO XXXXXXX\r\n") },
        { "char=X what=line", "command", BYTES("EHLO me\0\r\n"), BYTES("XXXXXXXX\r\n") },
        { "char=X", "command", BYTES("\r\n"), BYTES("untouched") },
        { "", "text", BYTES("a\0b c\r\n"), BYTES("*****\r\n") },
        { "", "text", BYTES("no end"), BYTES("******") },
        { "", "text", BYTES("\n"), BYTES("untouched") },
    };
    (void)state;
    EXPECT_CASES(mutator_mask, cases);
    expect_refused(&mutator_mask, "char=XY", "one character");
    expect_refused(&mutator_mask, "char=\"\"", "one character");
    expect_refused(&mutator_mask, "keep-pairs=abc", "pairs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_answer),
        cmocka_unit_test(test_answer_then),
        cmocka_unit_test(test_rewrite_a_line),
        cmocka_unit_test(test_rewrite_a_match),
        cmocka_unit_test(test_drop),
        cmocka_unit_test(test_repeat),
        cmocka_unit_test(test_repeat_draws_and_is_bounded),
        cmocka_unit_test(test_insert),
        cmocka_unit_test(test_insert_at_the_end_of_mail),
        cmocka_unit_test(test_mask_commands_but_for_a_list),
        cmocka_unit_test(test_mask_replies),
        cmocka_unit_test(test_mask_commands_and_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
