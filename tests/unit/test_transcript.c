/* test_transcript: a transcript is read as docs/transcripts.md says; each mistake in one is told
 * with its place, its reason and the word that was meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "play/transcript.h"
#include "play/transcript_text.h"

static struct transcript *must_read(const char *text)
{
    struct text errors = { 0 };
    struct transcript *transcript = transcript_parse("x", span_of(text), &errors);
    assert_string_equal(text_string(&errors), "");
    assert_non_null(transcript);
    text_deinit(&errors);
    return transcript;
}

static void expect_errors(const char *text, const char *wanted)
{
    struct text errors = { 0 };
    assert_false(transcript_check("x", span_of(text), &errors));
    assert_string_equal(text_string(&errors), wanted);
    text_deinit(&errors);
}

static void expect_bytes(const struct play_step *step, struct span wanted)
{
    assert_int_equal(step->bytes.len, wanted.len);
    if (wanted.len)
        assert_memory_equal(step->bytes.ptr, wanted.ptr, wanted.len);
}

/* -- steps ---------------------------------------------------------------------------------- */

static void test_marks(void **state)
{
    (void)state;
    static const struct {
        enum play_step_kind kind;
        enum side side;
    } wanted[] = {
        { PLAY_PASS, CLIENT }, { PLAY_SAY, CLIENT }, { PLAY_HEAR, CLIENT },
        { PLAY_PASS, SERVER }, { PLAY_SAY, SERVER }, { PLAY_HEAR, SERVER },
    };
    struct transcript *made = must_read("C= x\nC> x\nC< x\r\nS= x\n\n# nothing\nS> x\n  S< x");
    assert_int_equal(made->step_count, 6);
    for (size_t i = 0; i < made->step_count; i++) {
        assert_int_equal(made->steps[i].kind, wanted[i].kind);
        assert_int_equal(made->steps[i].side, wanted[i].side);
        expect_bytes(&made->steps[i], SPAN("x\r\n"));
    }
    assert_int_equal(made->steps[3].line, 4);
    assert_int_equal(made->steps[5].line, 8);
    transcript_free(made);
}

/* One step's text and the bytes it stands for. */
static void expect_text(const char *shown, struct span wanted)
{
    struct text line = { 0 };
    text_addf(&line, "C<%s\n", shown);
    struct transcript *made = must_read(text_string(&line));
    expect_bytes(&made->steps[0], wanted);
    transcript_free(made);
    text_deinit(&line);
}

static void test_endings_and_escapes(void **state)
{
    (void)state;
    expect_text("", SPAN("\r\n"));
    expect_text(" ", SPAN("\r\n"));
    expect_text("  two blanks", SPAN(" two blanks\r\n"));
    expect_text(" blank at the end ", SPAN("blank at the end \r\n"));
    expect_text(" a\\n", SPAN("a\n"));
    expect_text(" a\\r", SPAN("a\r"));
    expect_text(" a\\r\\n", SPAN("a\r\n"));
    expect_text(" a\\r\\r\\n", SPAN("a\r\r\n"));
    expect_text(" a\\", SPAN("a"));
    expect_text(" a\\\\", SPAN("a\\\r\n"));
    expect_text(" a\\\\\\", SPAN("a\\"));
    expect_text(" \\", SPAN(""));
    expect_text(" \\0\\x00\\xfF\\t\\\"", SPAN("\0\0\xff\t\"\r\n"));
    expect_text(" a\\{3}b", SPAN("aaab\r\n"));
    expect_text(" a\\\\{3}", SPAN("a\\{3}\r\n"));
    expect_text(" \\x41\\{2}\\n\\{2}", SPAN("AA\n\n"));
    expect_text(" \xc3\xa9", SPAN("\xc3\xa9\r\n"));
}

static void test_comments(void **state)
{
    (void)state;
    expect_text(" a  # said", SPAN("a\r\n"));
    expect_text(" a\t\t#", SPAN("a\r\n"));
    expect_text("  # said", SPAN("\r\n"));
    expect_text(" a # part", SPAN("a # part\r\n"));
    expect_text(" a  #part", SPAN("a  #part\r\n"));
    expect_text(" a  \\x23 part", SPAN("a  # part\r\n"));
    expect_text(" a\\  # open", SPAN("a"));
}

static void test_rest_and_ends(void **state)
{
    (void)state;
    struct transcript *made = must_read("C< 250 \\*\nC< 250 \\\\*\nS= \\FIN\nC> \\RST\n");
    assert_true(made->steps[0].rest);
    expect_bytes(&made->steps[0], SPAN("250 "));
    assert_false(made->steps[1].rest);
    expect_bytes(&made->steps[1], SPAN("250 \\*\r\n"));
    assert_int_equal(made->steps[2].end, PLAY_FIN);
    assert_int_equal(made->steps[3].end, PLAY_RST);
    assert_int_equal(made->steps[3].bytes.len, 0);
    transcript_free(made);
}

static void test_journal_and_clock(void **state)
{
    (void)state;
    struct transcript *made =
        must_read("!  rule 1 delay time=400ms  # drawn\n! body-end\\*\n@ +400ms  # wait\n@\t+2m\n");
    assert_int_equal(made->steps[0].journal, JOURNAL_RULE);
    expect_bytes(&made->steps[0], SPAN("rule 1 delay time=400ms"));
    assert_int_equal(made->steps[1].journal, JOURNAL_BODY_END);
    assert_true(made->steps[1].rest);
    assert_true(made->steps[2].wait == MS(400));
    assert_true(made->steps[3].wait == MINUTES(2));
    transcript_free(made);
}

/* -- directives ----------------------------------------------------------------------------- */

static void test_rules_and_seed(void **state)
{
    (void)state;
    struct transcript *made = must_read("rule to server command NOOP drop # a comment\n"
                                        "profile  to client  greeting  delay time=1s\n"
                                        "profile both ways  body  pace rate=1KB/s\n"
                                        "profile exchange-lf-dot\n"
                                        "seed 0x5eed\nC> x\n");
    assert_true(made->rules->count >= 4);
    assert_string_equal(text_string(&made->rules->rules[0]->line), "to server command NOOP drop");
    assert_string_equal(made->rules->rules[3]->profile, "exchange-lf-dot");
    assert_true(made->options.seed == 0x5eed);
    transcript_free(made);
}

static void test_options(void **state)
{
    (void)state;
    struct transcript *made = must_read("option max-line 100\noption dry-run\n"
                                        "option only-recipient *@x.test  # some\n"
                                        "option idle-timeout 5s\noption connect-timeout forever\n"
                                        "option for 5m\nseed 7\nC> x\n");
    assert_int_equal(made->options.max_line, 100);
    assert_true(made->options.dry_run);
    assert_true(span_equal(made->options.only_recipient, SPAN("*@x.test")));
    assert_true(made->options.idle_timeout == SECONDS(5));
    assert_true(made->options.connect_timeout == NEVER);
    assert_true(made->rules_for == MINUTES(5));
    assert_true(made->options.seed == 7);
    transcript_free(made);
}

static void test_sessions(void **state)
{
    (void)state;
    struct transcript *made = must_read("server refuses\nC> a\nC> \\FIN\n"
                                        "session 3\nclient [2001:db8::1]:7\nC> b\n@ +1s\n");
    assert_int_equal(made->session_count, 2);
    assert_int_equal(made->sessions[0].number, 1);
    assert_int_equal(made->sessions[0].server, PLAY_SERVER_REFUSES);
    assert_string_equal(text_string(&made->sessions[0].client), "192.0.2.1:40000");
    assert_int_equal(made->sessions[0].step_count, 2);
    assert_int_equal(made->sessions[1].number, 3);
    assert_int_equal(made->sessions[1].server, PLAY_SERVER_ACCEPTS);
    assert_string_equal(text_string(&made->sessions[1].client), "[2001:db8::1]:7");
    assert_int_equal(made->sessions[1].first_step, 2);
    assert_int_equal(made->sessions[1].step_count, 2);
    transcript_free(made);
}

/* -- mistakes ------------------------------------------------------------------------------- */

static void test_bad_words(void **state)
{
    (void)state;
    expect_errors("profil x\nC> x\n",
                  "x:1:1: unknown word \"profil\"; did you mean \"profile\"?\n");
    expect_errors("C: x\n", "x:1:1: unknown word \"C:\"; known are rule, profile, seed, option, "
                            "client, server, handshake, smtps, session, C=, C>, C<, S=, S>, S<, !, "
                            "@\n");
    expect_errors("option max-lines 100\nC> x\n",
                  "x:1:8: unknown option \"max-lines\"; did you mean \"max-line\"?\n");
    expect_errors("server refused\nC> x\n",
                  "x:1:8: unknown behaviour of a server \"refused\"; did you mean \"refuses\"?\n");
    expect_errors("! ruel 1\n", "x:1:3: unknown event \"ruel\"; did you mean \"rule\"?\n");
    expect_errors("! ??\n", "x:1:3: unknown event \"??\"; known are connect, greeting, command, "
                            "reply, body, body-end, rule, tls, close, error\n");
}

static void test_bad_text(void **state)
{
    (void)state;
    expect_errors("C= a\\{0}\n",
                  "x:1:5: \\{N} repeats the byte before it, at most 1048576 times\n");
    expect_errors("C= \\{5}\n", "x:1:4: \\{N} repeats the byte before it, at most 1048576 times\n");
    expect_errors("C= a\\{5\n", "x:1:5: \\{N} repeats the byte before it, at most 1048576 times\n");
    expect_errors("C= a\\{9999999}\n",
                  "x:1:5: \\{N} repeats the byte before it, at most 1048576 times\n");
    expect_errors("C= a\\{3}\\q\n",
                  "x:1:9: \"\\q\" is no escape; there are \\r \\n \\t \\0 \\\\ \\\" "
                  "and \\xHH\n");
    expect_errors("C= a\\qb\n", "x:1:5: \"\\q\" is no escape; there are \\r \\n \\t \\0 \\\\ \\\" "
                                "and \\xHH\n");
    expect_errors("C= \\x4\n", "x:1:4: \\x takes two hexadecimal digits\n");
    expect_errors("C= ab\\*\n", "x:1:6: \\* is for what is heard; what is said is said in full\n");
    expect_errors("C< a\\*b\n", "x:1:5: \\* stands for the rest of a line and only at its end\n");
    expect_errors("C= x\\FIN\n", "x:1:5: \\FIN, \\CUT and \\RST stand alone\n");
    expect_errors("\nC=x\n", "x:2:3: a blank goes behind C=\n");
    expect_errors("C> \\FIN\nC< a\nC= b\n",
                  "x:3:1: the client has ended already; it cannot say anything\n");
}

static void test_bad_values(void **state)
{
    (void)state;
    expect_errors("@ 5s\n", "x:1:3: \"5s\" is no time to wait; write @ +400ms or @ +5s\n");
    expect_errors("@ +forever\n",
                  "x:1:3: \"+forever\" is no time to wait; write @ +400ms or @ +5s\n");
    expect_errors("seed x\nC> x\n", "x:1:6: seed \"x\" is no number\n");
    expect_errors("option max-line 1\nC> x\n",
                  "x:1:17: max-line is a number of bytes, 64 to 1048576\n");
    expect_errors("option dry-run yes\nC> x\n", "x:1:16: dry-run takes no value\n");
    expect_errors("option for 5\nC> x\n", "x:1:12: \"5\" is no time; write 5s, 400ms or forever\n");
    expect_errors("option only-recipient\nC> x\n",
                  "x:1:22: only-recipient takes a pattern such as *@example.org\n");
    expect_errors("client 192.0.2.1\nC> x\n",
                  "x:1:8: \"192.0.2.1\" is no address; write 192.0.2.1:40000\n");
}

static void test_bad_rules(void **state)
{
    (void)state;
    struct text errors = { 0 };
    assert_false(transcript_check("x", SPAN("rule to server command NOOP dorp\nC> x\n"), &errors));
    assert_true(span_starts(text_span(&errors), SPAN("x:1:29: ")));
    assert_true(span_ends(text_span(&errors), SPAN("did you mean \"drop\"?\n")));
    text_deinit(&errors);
    expect_errors(
        "profile exchange-lf-dott\nC> x\n",
        "x:1:9: unknown profile \"exchange-lf-dott\"; did you mean \"exchange-lf-dot\"?\n");
}

static void test_bad_places(void **state)
{
    (void)state;
    expect_errors("C> x\nseed 1\n", "x:2:1: \"seed\" stands before the first step\n");
    expect_errors("C> x\nsession 2\nclient a:1\nC> y\nserver silent\n",
                  "x:5:1: \"server\" stands before the first step of its session\n");
    expect_errors("C> x\nsession 1\nC> y\n", "x:2:9: session \"1\" is no number above 1\n");
    expect_errors("C> x\nsession 2\n", "x:2:1: nothing is said in session 2\n");
    expect_errors("# only a comment\n", "x:1:1: nothing is said in session 1\n");
    expect_errors("", "x:1:1: nothing is said in session 1\n");
}

static void test_silence(void **state)
{
    (void)state;
    assert_true(transcript_is_silent(SPAN("")));
    assert_true(transcript_is_silent(SPAN("C> x\nsession 2\n")));
    assert_false(transcript_is_silent(SPAN("C> x\n")));
    assert_false(transcript_is_silent(SPAN("seed x\n")));
}

/* Every mistake is told, not only the first. */
static void test_all_mistakes(void **state)
{
    (void)state;
    expect_errors("seed x\nC> \\FIN\n@ 5s\n", "x:1:6: seed \"x\" is no number\n"
                                              "x:3:3: \"5s\" is no time to wait; write @ +400ms or "
                                              "@ +5s\n");
}

static void test_too_large(void **state)
{
    (void)state;
    struct text text = { 0 };
    while (text.len <= TRANSCRIPT_SIZE_MAX)
        text_add(&text, SPAN("# 0123456789012345678901234567890123456789012345678901234567890\n"));
    struct text errors = { 0 };
    assert_null(transcript_parse("x", text_span(&text), &errors));
    assert_string_equal(text_string(&errors), "x:1:1: a transcript has at most 8388608 bytes\n");
    text_deinit(&errors);
    text_deinit(&text);
}

/* -- writing -------------------------------------------------------------------------------- */

/* What is written reads as the same bytes. */
static void expect_written(struct span bytes, const char *wanted)
{
    struct text line = { 0 };
    step_text_add(&line, bytes);
    assert_string_equal(text_string(&line), wanted);
    struct text step = { 0 };
    text_addf(&step, " %s", wanted);
    expect_text(text_string(&step), bytes);
    text_deinit(&step);
    text_deinit(&line);
}

static void test_writing(void **state)
{
    (void)state;
    expect_written(SPAN("250 ok\r\n"), "250 ok");
    expect_written(SPAN("\r\n"), "");
    expect_written(SPAN("a\n"), "a\\n");
    expect_written(SPAN("a\r"), "a\\r");
    expect_written(SPAN("a\r\r\n"), "a\\r\\r\\n");
    expect_written(SPAN("\n\r\n"), "\\n\\r\\n");
    expect_written(SPAN("open"), "open\\");
    expect_written(SPAN("open \\"), "open \\\\\\");
    expect_written(SPAN("blank \r\n"), "blank\\x20");
    expect_written(SPAN(" # x  # y#z\r\n"), " \\x23 x  \\x23 y#z");
    expect_written(SPAN("say \"x\"\0\xff\r\n"), "say \"x\"\\0\\xff");
    expect_written(SPAN("\\FIN\r\n"), "\\\\FIN");
    expect_written(SPAN("\\*\r\n"), "\\\\*");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_endings_and_escapes),
        cmocka_unit_test(test_comments),
        cmocka_unit_test(test_rest_and_ends),
        cmocka_unit_test(test_journal_and_clock),
        cmocka_unit_test(test_rules_and_seed),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_bad_words),
        cmocka_unit_test(test_bad_text),
        cmocka_unit_test(test_bad_values),
        cmocka_unit_test(test_bad_rules),
        cmocka_unit_test(test_bad_places),
        cmocka_unit_test(test_silence),
        cmocka_unit_test(test_all_mistakes),
        cmocka_unit_test(test_too_large),
        cmocka_unit_test(test_writing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
