/* test_player: transcripts that hold are played to the end; those that do not fail at the right
 * line and show what was heard instead; blessed ones hold. How sessions behave is
 * tests/transcripts'. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "play/performance.h"
#include "play/player.h"

#define DELAY "rule to client  reply 250 after RCPT  once  delay time=400ms\n"

static struct transcript *must_read(const char *text)
{
    struct text errors = { 0 };
    struct transcript *transcript = transcript_parse("x", span_of(text), &errors);
    assert_string_equal(text_string(&errors), "");
    text_deinit(&errors);
    return transcript;
}

static void expect_fine(const char *text)
{
    struct transcript *transcript = must_read(text);
    struct text report = { 0 };
    bool fine = player_run_all(transcript, PLAY_CUTS_ALL, &report);
    assert_string_equal(text_string(&report), "");
    assert_true(fine);
    text_deinit(&report);
    transcript_free(transcript);
}

/* Fails, and the report begins with `wanted`. */
static void expect_report(enum play_cuts cuts, const char *text, const char *wanted)
{
    struct transcript *transcript = must_read(text);
    struct text report = { 0 };
    assert_false(player_run_all(transcript, PLAY_CUT(cuts), &report));
    if (!span_starts(text_span(&report), span_of(wanted)))
        fail_msg("expected\n%sbut the report is\n%s", wanted, text_string(&report));
    text_deinit(&report);
    transcript_free(transcript);
}

/* -- what holds ----------------------------------------------------------------------------- */

static void test_wire(void **state)
{
    (void)state;
    expect_fine("S= 220 mx.test\nC= QUIT\nS= 221 bye\nS= \\FIN\nC= \\FIN\n! close server-closed\n");
}

static void test_time(void **state)
{
    (void)state;
    expect_fine(DELAY "S= 220 mx.test\nC= RCPT TO:<b@x>\nC= RCPT TO:<c@x>\nS> 250 b\nS> 250 c\n"
                      "! rule 1 delay time=400ms\n@ +399ms\n@ +1ms\nC< 250 b\nC< 250 c\n");
}

/* What a step does not claim may be claimed later, as long as the clock stands. */
static void test_late_claims(void **state)
{
    (void)state;
    expect_fine("S> 220 a\nS> 250 b\nC> NOOP\nC< 220 a\nC< 250 b\nS< NOOP\n");
    expect_fine("S> 220 first \\\nS> line\nC< 220 fi\\\nC< rst line\n");
}

static void test_rest_of_line(void **state)
{
    (void)state;
    expect_fine("S> 220 mx.test\nS> 250 x\nC< 220 \\*\nC< 250\\*\n! connect\\*\n! greeting \\*\n");
    expect_report(PLAY_WHOLE, "S> 220 mx.test\\\nC< 220 \\*\n",
                  "x:2: the client did not hear this (whole)\n"
                  "    - 220 \\*\n"
                  "    + 220 mx.test\n"
                  "          ^\n");
}

/* Sessions share the memory of rules, and the clock. */
static void test_sessions(void **state)
{
    (void)state;
    expect_fine("rule to server  command NOOP  first 1 per run  answer reply=\"250 spared\"\n"
                "S= 220 mx.test\nC> NOOP\nC< 250 spared\n@ +5s\n"
                "session 2\nS= 220 mx.test\nC= NOOP\n! connect\n! greeting 220 mx.test\n");
}

static void test_options(void **state)
{
    (void)state;
    expect_fine("option for 5s\nrule to server  command NOOP  drop\n"
                "S= 220 mx.test\nC> NOOP\n@ +5s\nC= NOOP\n");
    expect_fine("server refuses\nC< 421 \\*\nC< \\FIN\n");
}

/* -- what does not -------------------------------------------------------------------------- */

static void test_other_bytes(void **state)
{
    (void)state;
    expect_report(PLAY_WHOLE, "S= 220 mx.test\nC> QUIT\nC> RSET\nS< NOOP\n",
                  "x:4: the server did not hear this (whole)\n"
                  "    - NOOP\\r\\n\n"
                  "    + QUIT\\r\\n\n"
                  "      ^\n"
                  "    + RSET\\r\\n\n"
                  "  the journal's last lines:\n"
                  "    connect\n"
                  "    greeting 220 mx.test\n"
                  "    command QUIT\n"
                  "    command RSET\n");
    expect_report(PLAY_BYTES, "S= 220 mx.test\nC> QUIT\nS< QUIT\\n\n",
                  "x:3: the server did not hear this (byte by byte)\n"
                  "    - QUIT\\n\n"
                  "    + QUIT\\r\\n\n"
                  "          ^\n");
}

static void test_nothing_heard(void **state)
{
    (void)state;
    expect_report(PLAY_SEEDED, DELAY "S= 220 mx.test\nC= RCPT TO:<b@x>\nS= 250 b\n",
                  "x:4: the client did not hear this (cuts of seed 1)\n"
                  "    - 250 b\\r\\n\n"
                  "    + (nothing)\n");
}

static void test_too_much_heard(void **state)
{
    (void)state;
    expect_report(PLAY_WHOLE, "S> 220 mx.test\n@ +1s\nC< 220 mx.test\n",
                  "x:2: the client heard more than this, before the clock moves (whole)\n"
                  "    + 220 mx.test\\r\\n\n");
    expect_report(PLAY_WHOLE, "C> one\n\nC> two\nC> \\FIN\n",
                  "x:4: the server heard more than this, at the end (whole)\n"
                  "    + one\\r\\n\n"
                  "    + two\\r\\n\n"
                  "    + \\FIN\n");
}

static void test_other_end(void **state)
{
    (void)state;
    expect_report(PLAY_WHOLE, "C> \\RST\nS< \\FIN\n",
                  "x:2: the server did not hear this (whole)\n"
                  "    - \\FIN\n"
                  "    + \\RST\n");
    expect_report(PLAY_WHOLE, "C> \\FIN\nS< NOOP\n",
                  "x:2: the server did not hear this (whole)\n"
                  "    - NOOP\\r\\n\n"
                  "    + \\FIN\n");
    expect_report(PLAY_WHOLE, "C> x\nS< \\FIN\n",
                  "x:2: the server did not hear this (whole)\n"
                  "    - \\FIN\n"
                  "    + x\\r\\n\n");
}

static void test_other_journal(void **state)
{
    (void)state;
    expect_report(PLAY_WHOLE, "S= 220 a\nC= QUIT\n! command NOOP\n",
                  "x:3: the journal does not say this (whole)\n"
                  "    - command NOOP\n"
                  "    + command QUIT\n");
    expect_report(PLAY_WHOLE, "S= 220 a\nC= QUIT\n! command QUIT\n! command \\*\n",
                  "x:4: the journal does not say this (whole)\n"
                  "    - command \\*\n"
                  "    + (nothing)\n");
}

static void test_absent_server(void **state)
{
    (void)state;
    expect_report(PLAY_WHOLE, "server silent\nC> x\nS= 220 a\n",
                  "x:3: the server cannot say anything: the proxy has not connected (whole)\n");
}

/* -- the journal over all cuts -------------------------------------------------------------- */

static void test_journal_is_kept(void **state)
{
    (void)state;
    struct transcript *transcript = must_read("S= 220 mx.test\nC= QUIT\n");
    struct text whole = { 0 };
    struct text bytes = { 0 };
    struct text report = { 0 };
    assert_true(player_run(transcript, PLAY_WHOLE, 0, &whole, &report));
    assert_true(player_run(transcript, PLAY_BYTES, 0, &bytes, &report));
    assert_string_equal(text_string(&whole), text_string(&bytes));
    assert_non_null(strstr(text_string(&whole), "\"2026-01-01T00:00:00.000000Z\""));
    assert_non_null(strstr(text_string(&whole), "\"line\":\"QUIT\""));
    text_deinit(&whole);
    text_deinit(&bytes);
    text_deinit(&report);
    transcript_free(transcript);
}

static void test_journals_that_differ(void **state)
{
    (void)state;
    struct transcript *transcript = must_read("C> x\n");
    struct text report = { 0 };
    assert_true(player_compare(transcript, SPAN("a\nb\n"), SPAN("a\nb\n"), &report));
    assert_int_equal(report.len, 0);
    assert_false(player_compare(transcript, SPAN("a\nb\n"), SPAN("a\nc\n"), &report));
    assert_false(player_compare(transcript, SPAN("a\n"), SPAN("a\nc\n"), &report));
    assert_string_equal(text_string(&report),
                        "x: line 2 of the journal depends on how the bytes were cut\n"
                        "    - b\n    + c\n"
                        "x: line 2 of the journal depends on how the bytes were cut\n"
                        "    - \n    + c\n");
    text_deinit(&report);
    transcript_free(transcript);
}

/* -- blessing ------------------------------------------------------------------------------- */

/* Rewritten as wanted, and what is rewritten holds and stays. */
static void expect_blessed(const char *text, const char *wanted)
{
    struct text errors = { 0 };
    struct text blessed = { 0 };
    struct text again = { 0 };
    assert_true(player_bless("x", span_of(text), &blessed, &errors));
    assert_string_equal(text_string(&blessed), wanted);
    expect_fine(text_string(&blessed));
    assert_true(player_bless("x", text_span(&blessed), &again, &errors));
    assert_string_equal(text_string(&again), wanted);
    text_deinit(&errors);
    text_deinit(&blessed);
    text_deinit(&again);
}

static void test_bless_keeps_what_holds(void **state)
{
    (void)state;
    static const char text[] = "# about\n" DELAY "S= 220 mx.test  # hello\nC> NOOP\n\nC> RSET\n"
                               "# between\nS< NOOP\nS< RSET   # late\n@ +1s\n# behind\n";
    expect_blessed(text, text);
}

static void test_bless_writes_what_was_heard(void **state)
{
    (void)state;
    expect_blessed("rule to client  reply 250  rewrite line=\"250 changed\"\n"
                   "S> 220 \"mx\"\nC= NOOP   # a comment\nS= 250 ok\n# next\nC= QUIT",
                   "rule to client  reply 250  rewrite line=\"250 changed\"\n"
                   "S> 220 \"mx\"\nC= NOOP   # a comment\nS> 250 ok\n"
                   "C< 220 \"mx\"\nC< 250 changed\n# next\nC= QUIT\n");
}

static void test_bless_moves_with_time(void **state)
{
    (void)state;
    expect_blessed(DELAY "S= 220 a\nC= RCPT TO:<b@x>\nS= 250 b\n@ +399ms\nC< 250 c\n"
                         "! rule 1 delay time=1s\n@ +1ms\n",
                   DELAY "S= 220 a\nC= RCPT TO:<b@x>\nS> 250 b\n@ +399ms\n"
                         "! rule 1 delay time=400ms\n@ +1ms\nC< 250 b\n");
}

static void test_bless_ends_and_sessions(void **state)
{
    (void)state;
    expect_blessed(
        "C> x\\\nC> \\FIN\n\n# second\nsession 2\nC> \\RST\n! rule 1\\*\n",
        "C> x\\\nC> \\FIN\nS< x\\\nS< \\FIN\n\n# second\nsession 2\nC> \\RST\nS< \\RST\n");
}

/* What says what a session is stays before all that is heard in it. */
static void test_bless_keeps_the_head(void **state)
{
    (void)state;
    expect_blessed("# about\nserver refuses\n# more\nC< nothing\n",
                   "# about\nserver refuses\n# more\n"
                   "C< 421 4.3.2 proxy.test Service not available, the upstream could not be "
                   "reached\nC< \\FIN\n");
}

static void test_bless_keeps_blanks_before_marks(void **state)
{
    (void)state;
    expect_blessed(" S= 220 a\n\tC= NOOP\n", " S= 220 a\n\tC= NOOP\n");
}

static void test_bless_refuses_what_is_none(void **state)
{
    (void)state;
    struct text errors = { 0 };
    struct text blessed = { 0 };
    assert_false(player_bless("x", SPAN("D= x\n"), &blessed, &errors));
    assert_true(span_starts(text_span(&errors), SPAN("x:1:1: unknown word \"D=\"")));
    assert_int_equal(blessed.len, 0);
    text_deinit(&errors);
    text_deinit(&blessed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_wire),
        cmocka_unit_test(test_time),
        cmocka_unit_test(test_late_claims),
        cmocka_unit_test(test_rest_of_line),
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_options),
        cmocka_unit_test(test_other_bytes),
        cmocka_unit_test(test_nothing_heard),
        cmocka_unit_test(test_too_much_heard),
        cmocka_unit_test(test_other_end),
        cmocka_unit_test(test_other_journal),
        cmocka_unit_test(test_absent_server),
        cmocka_unit_test(test_journal_is_kept),
        cmocka_unit_test(test_journals_that_differ),
        cmocka_unit_test(test_bless_keeps_what_holds),
        cmocka_unit_test(test_bless_writes_what_was_heard),
        cmocka_unit_test(test_bless_moves_with_time),
        cmocka_unit_test(test_bless_ends_and_sessions),
        cmocka_unit_test(test_bless_keeps_the_head),
        cmocka_unit_test(test_bless_keeps_blanks_before_marks),
        cmocka_unit_test(test_bless_refuses_what_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
