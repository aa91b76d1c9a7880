/* The sender: what it says to servers of every kind, and how messages end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "peers/sender.h"
#include "text_source.h"

/* A sender, what it has said that nobody has looked at yet, and the message it is given. */
struct bench {
    struct sender_options options;
    struct pool pool;
    struct sender sender;
    struct text said;
    struct span recipients[3];
    struct text_source source;
    struct sender_message message;
};

static struct bench *bench_new(struct sender_options options, size_t recipients)
{
    struct bench *bench = test_calloc(1, sizeof *bench);
    bench->options = options;
    bench->options.helo = SPAN("me");
    bench->recipients[0] = SPAN("b@y");
    bench->recipients[1] = SPAN("c@y");
    bench->recipients[2] = SPAN("d@y");
    bench->message = (struct sender_message){ .from = SPAN("a@x"),
                                              .recipients = bench->recipients,
                                              .recipient_count = recipients,
                                              .size = 4 };
    sender_init(&bench->sender, &bench->options, &bench->pool, 0);
    return bench;
}

static void bench_free(struct bench *bench)
{
    sender_deinit(&bench->sender);
    pool_deinit(&bench->pool);
    text_deinit(&bench->said);
    test_free(bench);
}

static void bench_send(struct bench *bench)
{
    bench->source = text_source(SPAN("hi\n"), 0);
    bench->message.source = &bench->source.source;
    sender_send(&bench->sender, &bench->message, 0);
}

static void bench_hear(struct bench *bench)
{
    struct chain *out = sender_out(&bench->sender, 0);
    text_add(&bench->said, chain_pull(out, out->len));
    sender_consume(&bench->sender, out->len, 0);
}

static void bench_feed(struct bench *bench, struct span line, size_t cut)
{
    struct text bytes = { 0 };
    text_add(&bytes, line);
    text_add(&bytes, SPAN("\r\n"));
    for (size_t at = 0; at < bytes.len; at += cut ? cut : bytes.len)
        sender_feed(&bench->sender,
                    span_take(span_drop(text_span(&bytes), at), cut ? cut : bytes.len), 0);
    text_deinit(&bytes);
}

/* The sender must have said this line next. */
static void bench_expect(struct bench *bench, struct span line)
{
    bench_hear(bench);
    struct cut said = span_cut(text_span(&bench->said), '\n');
    struct text rest = { 0 };
    if (!said.found || !span_equal(span_chomp(span_drop_last(said.before, 1)), line))
        fail_msg("wanted \"%.*s\", heard \"%.*s\"", (int)line.len, (const char *)line.ptr,
                 (int)said.before.len, (const char *)said.before.ptr);
    text_add(&rest, said.after);
    text_deinit(&bench->said);
    bench->said = rest;
}

/* Plays lines `S …` (the server says) and `C …` (the sender must say); M gives it a message, Q lets
 * it quit, X ends the connection. */
static void bench_play(struct bench *bench, const char *script, size_t cut)
{
    struct span rest = span_of(script);
    while (rest.len > 0) {
        struct cut line = span_cut(rest, '\n');
        struct span words = span_drop(line.before, 2);
        switch (line.before.ptr[0]) {
        case 'S': bench_feed(bench, words, cut); break;
        case 'C': bench_expect(bench, words); break;
        case 'M': bench_send(bench); break;
        case 'Q': sender_quit(&bench->sender, 0); break;
        default: sender_closed(&bench->sender, "the server closed the connection");
        }
        rest = line.after;
    }
    bench_hear(bench);
    assert_string_equal(text_string(&bench->said), "");
}

struct row {
    const char *what;
    const char *script;
    enum sender_end end;
    enum sender_phase phase;
    unsigned code;
    unsigned codes[3]; /* the last word on each recipient; all zero after a loss */
    struct sender_options options;
    bool over; /* the connection is of no more use */
};

#define PLAIN "S 220 mx\nC EHLO me\nS 250 mx\n"
#define PIPED "S 220 mx\nC EHLO me\nS 250-mx\nS 250 PIPELINING\n"
#define CHUNKED "S 220 mx\nC EHLO me\nS 250-mx\nS 250-PIPELINING\nS 250 CHUNKING\n"
#define MAIL "C MAIL FROM:<a@x>\n"
#define GROUP MAIL "C RCPT TO:<b@y>\nC RCPT TO:<c@y>\nC RCPT TO:<d@y>\nC DATA\n"

static const struct row rows[] = {
    { "one command at a time",
      "M\n" PLAIN MAIL "S 250 ok\nC RCPT TO:<b@y>\nS 250 ok\nC RCPT TO:<c@y>\nS 251 ok\n"
      "C RCPT TO:<d@y>\nS 250 ok\nC DATA\nS 354 go\nC hi\nC .\nS 250 ok\n",
      SENDER_DELIVERED,
      SENDER_END,
      0,
      { 250, 250, 250 },
      { 0 },
      false },
    { "a pipelined group",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 250 ok\nS 250 ok\nS 354 go\nC hi\nC .\nS 250 ok\n",
      SENDER_DELIVERED,
      SENDER_END,
      0,
      { 250, 250, 250 },
      { 0 },
      false },
    { "pipelining that is not wanted",
      "M\n" PIPED MAIL "X\n",
      SENDER_LOST,
      SENDER_MAIL,
      0,
      { 0 },
      { .no_pipelining = true },
      true },
    { "parameters that are offered",
      "M\nS 220 mx\nC EHLO me\nS 250-mx\nS 250-size 10\nS 250 8BITMIME\n"
      "C MAIL FROM:<a@x> SIZE=4\nX\n",
      SENDER_LOST,
      SENDER_MAIL,
      0,
      { 0 },
      { 0 },
      true },
    { "a greeting of many lines",
      "M\nS 220-mx\nS 220-250 x\nS 220 mx\nC EHLO me\nX\n",
      SENDER_LOST,
      SENDER_EHLO,
      0,
      { 0 },
      { 0 },
      true },
    { "HELO after EHLO",
      "M\nS 220 mx\nC EHLO me\nS 501 what\nC HELO me\nS 250 mx\n" MAIL "X\n",
      SENDER_LOST,
      SENDER_MAIL,
      0,
      { 0 },
      { 0 },
      true },
    { "a greeting that refuses",
      "M\nS 554 no\n",
      SENDER_REFUSED,
      SENDER_GREETING,
      554,
      { 554, 554, 554 },
      { 0 },
      true },
    { "EHLO put off",
      "M\nS 220 mx\nC EHLO me\nS 450 later\n",
      SENDER_REFUSED,
      SENDER_EHLO,
      450,
      { 450, 450, 450 },
      { 0 },
      true },
    { "HELO refused too",
      "M\nS 220 mx\nC EHLO me\nS 500 no\nC HELO me\nS 550 no\n",
      SENDER_REFUSED,
      SENDER_HELO,
      550,
      { 550, 550, 550 },
      { 0 },
      true },
    { "MAIL refused",
      "M\n" PLAIN MAIL "S 451 later\n",
      SENDER_REFUSED,
      SENDER_MAIL,
      451,
      { 451, 451, 451 },
      { 0 },
      false },
    { "MAIL refused in a group",
      "M\n" PIPED GROUP "S 451 later\nS 503 no\nS 503 no\nS 503 no\nS 503 no\n",
      SENDER_REFUSED,
      SENDER_MAIL,
      451,
      { 451, 451, 451 },
      { 0 },
      false },
    { "one recipient refused",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 550 no\nS 250 ok\nS 354 go\nC hi\nC .\nS 250 ok\n",
      SENDER_PARTLY,
      SENDER_RCPT,
      550,
      { 250, 550, 250 },
      { 0 },
      false },
    { "one recipient refused, then the message",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 550 no\nS 250 ok\nS 354 go\nC hi\nC .\nS 452 full\n",
      SENDER_REFUSED,
      SENDER_END,
      452,
      { 452, 550, 452 },
      { 0 },
      false },
    { "all recipients refused, singly",
      "M\n" PLAIN MAIL "S 250 ok\nC RCPT TO:<b@y>\nS 450 later\nC RCPT TO:<c@y>\nS 550 no\n"
      "C RCPT TO:<d@y>\nS 550 no\n",
      SENDER_REFUSED,
      SENDER_RCPT,
      450,
      { 450, 550, 550 },
      { 0 },
      false },
    { "all recipients refused in a group",
      "M\n" PIPED GROUP "S 250 ok\nS 450 later\nS 550 no\nS 550 no\nS 554 no\n",
      SENDER_REFUSED,
      SENDER_RCPT,
      450,
      { 450, 550, 550 },
      { 0 },
      false },
    { "354 although there is nobody",
      "M\n" PIPED GROUP "S 250 ok\nS 450 later\nS 550 no\nS 550 no\nS 354 go\nC .\nS 250 ok\n",
      SENDER_REFUSED,
      SENDER_RCPT,
      450,
      { 450, 550, 550 },
      { 0 },
      false },
    { "DATA refused",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 250 ok\nS 550 no\nS 451 later\n",
      SENDER_REFUSED,
      SENDER_DATA,
      451,
      { 451, 451, 550 },
      { 0 },
      false },
    { "the next message begins with RSET when the last had no end",
      "M\n" PLAIN MAIL "S 451 later\nO\nM\nC RSET\nS 250 ok\n" MAIL "S 421 bye\n",
      SENDER_REFUSED,
      SENDER_MAIL,
      421,
      { 421, 421, 421 },
      { 0 },
      true },
    { "421 in the middle of a group",
      "M\n" PIPED GROUP "S 250 ok\nS 550 no\nS 421 bye\n",
      SENDER_REFUSED,
      SENDER_RCPT,
      421,
      { 550, 421, 421 },
      { 0 },
      true },
    { "lost behind the dot",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 550 no\nS 250 ok\nS 354 go\nC hi\nC .\nX\n",
      SENDER_LOST,
      SENDER_END,
      0,
      { 0, 550, 0 },
      { 0 },
      true },
    { "out of step",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 250 ok\nS 354 go\n",
      SENDER_LOST,
      SENDER_RCPT,
      0,
      { 0 },
      { 0 },
      true },
    { "DATA answered with 250",
      "M\n" PIPED GROUP "S 250 ok\nS 250 ok\nS 250 ok\nS 250 ok\nS 250 x\n",
      SENDER_LOST,
      SENDER_DATA,
      0,
      { 0 },
      { 0 },
      true },
    { "no reply at all", "M\nS hello\n", SENDER_LOST, SENDER_GREETING, 0, { 0 }, { 0 }, true },
    { "LMTP",
      "M\nS 220 mx\nC LHLO me\nS 250 PIPELINING\n" GROUP
      "S 250 ok\nS 250 ok\nS 550 no\nS 250 ok\nS 354 go\nC hi\nC .\nS 250 ok\nS 452 full\n",
      SENDER_PARTLY,
      SENDER_RCPT,
      550,
      { 250, 550, 452 },
      { .lmtp = true },
      false },
    { "LMTP lost between the replies",
      "M\nS 220 mx\nC LHLO me\nS 250 PIPELINING\n" GROUP
      "S 250 ok\nS 250 ok\nS 250 ok\nS 250 ok\nS 354 go\nC hi\nC .\nS 250 ok\nS 452 full\nX\n",
      SENDER_LOST,
      SENDER_END,
      0,
      { 250, 452, 0 },
      { .lmtp = true },
      true },
    { "LMTP has no HELO",
      "M\nS 220 mx\nC LHLO me\nS 500 no\n",
      SENDER_REFUSED,
      SENDER_EHLO,
      500,
      { 500, 500, 500 },
      { .lmtp = true },
      true },
    { "BDAT",
      "M\n" CHUNKED MAIL "C RCPT TO:<b@y>\nC RCPT TO:<c@y>\nC RCPT TO:<d@y>\nS 250 ok\nS 250 ok\n"
      "S 250 ok\nS 550 no\nC BDAT 4 LAST\nC hi\nS 250 ok\n",
      SENDER_PARTLY,
      SENDER_RCPT,
      550,
      { 250, 250, 550 },
      { .chunking = true },
      false },
    { "BDAT with nobody to deliver to",
      "M\n" CHUNKED MAIL "C RCPT TO:<b@y>\nC RCPT TO:<c@y>\nC RCPT TO:<d@y>\nS 250 ok\nS 550 no\n"
      "S 550 no\nS 550 no\n",
      SENDER_REFUSED,
      SENDER_RCPT,
      550,
      { 550, 550, 550 },
      { .chunking = true },
      false },
    { "BDAT that is not offered",
      "M\n" PIPED GROUP "X\n",
      SENDER_LOST,
      SENDER_MAIL,
      0,
      { 0 },
      { .chunking = true },
      true },
};

static void assert_outcome(struct bench *bench, const struct row *row)
{
    struct sender_outcome outcome;
    assert_true(sender_take_outcome(&bench->sender, &outcome));
    assert_int_equal(outcome.end, row->end);
    assert_string_equal(sender_phase_name(outcome.phase), sender_phase_name(row->phase));
    assert_int_equal(outcome.code, row->code);
    assert_int_equal(outcome.text.len > 0, row->end != SENDER_DELIVERED);
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(sender_recipient_code(&bench->sender, i), row->codes[i]);
    assert_int_equal(sender_is_over(&bench->sender), row->over);
    assert_int_equal(sender_is_ready(&bench->sender), !row->over);
}

/* `O` in a script takes an outcome and forgets it. */
static void play_parts(struct bench *bench, const char *script, size_t cut)
{
    const char *part = strstr(script, "O\n");
    if (!part) {
        bench_play(bench, script, cut);
        return;
    }
    struct text first = { 0 };
    struct sender_outcome outcome;
    text_add(&first, span_make(script, (size_t)(part - script)));
    bench_play(bench, text_string(&first), cut);
    assert_true(sender_take_outcome(&bench->sender, &outcome));
    text_deinit(&first);
    bench_play(bench, part + 2, cut);
}

static void run_row(const struct row *row, size_t cut)
{
    struct bench *bench = bench_new(row->options, 3);
    print_message("%s\n", row->what);
    play_parts(bench, row->script, cut);
    assert_outcome(bench, row);
    bench_free(bench);
}

static void test_dialogues(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        run_row(&rows[i], 0);
        run_row(&rows[i], 1);
    }
}

static void test_several_messages_and_quit(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    struct sender_outcome outcome;
    bench_play(bench, PIPED, 0);
    for (size_t i = 0; i < 3; i++) {
        assert_true(sender_is_ready(&bench->sender));
        bench_play(bench,
                   "M\nC MAIL FROM:<a@x>\nC RCPT TO:<b@y>\nC DATA\nS 250 ok\nS 250 ok\nS 354 go\n"
                   "C hi\nC .\nS 250 ok\n",
                   0);
        assert_true(sender_take_outcome(&bench->sender, &outcome));
        assert_int_equal(outcome.end, SENDER_DELIVERED);
        assert_false(sender_take_outcome(&bench->sender, &outcome));
    }
    bench_play(bench, "Q\nC QUIT\n", 0);
    assert_false(sender_is_over(&bench->sender));
    bench_play(bench, "S 221 bye\n", 0);
    assert_true(sender_is_over(&bench->sender));
    bench_free(bench);
}

static void test_an_idle_connection_that_ends_loses_nothing(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    struct sender_outcome outcome;
    bench_play(bench, PIPED "S 421 bye\n", 0);
    assert_true(sender_is_over(&bench->sender));
    assert_false(sender_take_outcome(&bench->sender, &outcome));
    bench_free(bench);
}

/* RFC 5321 section 4.5.3.2. */
static void test_patience(void **state)
{
    (void)state;
    static const struct {
        const char *script;
        duration patience;
    } steps[] = {
        { "M\n", MINUTES(5) },
        { "S 220 mx\nC EHLO me\n", MINUTES(5) },
        { "S 250 PIPELINING\nC MAIL FROM:<a@x>\nC RCPT TO:<b@y>\nC DATA\n", MINUTES(5) },
        { "S 250 ok\n", MINUTES(5) },
        { "S 250 ok\n", MINUTES(2) },
        { "S 354 go\nC hi\nC .\n", MINUTES(10) },
    };
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    struct sender_outcome outcome;
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        bench_play(bench, steps[i].script, 0);
        assert_int_equal(sender_deadline(&bench->sender), steps[i].patience);
    }
    sender_tick(&bench->sender, MINUTES(10) - 1);
    assert_false(sender_is_over(&bench->sender));
    sender_tick(&bench->sender, MINUTES(10));
    assert_true(sender_take_outcome(&bench->sender, &outcome));
    assert_int_equal(outcome.end, SENDER_TIMED_OUT);
    assert_int_equal(outcome.phase, SENDER_END);
    assert_true(sender_is_over(&bench->sender));
    assert_true(sender_deadline(&bench->sender) == NEVER);
    bench_free(bench);
}

static void test_a_reply_that_trickles_is_not_waited_for(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ .timeout = SECONDS(10) }, 1);
    bench_send(bench);
    sender_feed(&bench->sender, SPAN("2"), SECONDS(9));
    assert_int_equal(sender_deadline(&bench->sender), SECONDS(10));
    sender_feed(&bench->sender, SPAN("20-mx\r\n"), SECONDS(9));
    assert_int_equal(sender_deadline(&bench->sender), SECONDS(19));
    bench_free(bench);
}

static void test_replies_have_a_bound(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    struct sender_outcome outcome;
    bench_send(bench);
    for (size_t i = 0; i <= REPLY_MAX / 6 && !sender_is_over(&bench->sender); i++)
        bench_feed(bench, SPAN("220-xx"), 0);
    assert_true(sender_take_outcome(&bench->sender, &outcome));
    assert_int_equal(outcome.end, SENDER_LOST);
    bench_free(bench);
}

static void test_early_replies_in_the_middle_of_mail(void **state)
{
    (void)state;
    const struct {
        struct span reply;
        enum sender_end end;
        unsigned code;
    } early[] = { { SPAN("552 too big\r\n"), SENDER_REFUSED, 552 },
                  { SPAN("250 thanks\r\n"), SENDER_LOST, 0 },
                  { SPAN("354 again\r\n"), SENDER_LOST, 0 } };
    for (size_t i = 0; i < 3; i++) {
        struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
        struct sender_outcome outcome;
        bench_play(bench, "M\n" PIPED "C MAIL FROM:<a@x>\nC RCPT TO:<b@y>\nC DATA\n", 0);
        sender_feed(&bench->sender, SPAN("250 ok\r\n250 ok\r\n354 go\r\n"), 0);
        sender_feed(&bench->sender, early[i].reply, 0);
        assert_true(sender_take_outcome(&bench->sender, &outcome));
        assert_int_equal(outcome.end, early[i].end);
        assert_int_equal(outcome.code, early[i].code);
        assert_true(sender_is_over(&bench->sender));
        bench_hear(bench);
        assert_string_equal(text_string(&bench->said), "");
        bench_free(bench);
    }
}

static void test_a_source_that_breaks_sends_no_dot(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    struct sender_outcome outcome;
    bench_send(bench);
    bench->source.breaks = true;
    bench_play(bench, PIPED "C MAIL FROM:<a@x>\nC RCPT TO:<b@y>\nC DATA\n", 0);
    sender_feed(&bench->sender, SPAN("250 ok\r\n250 ok\r\n354 go\r\n"), 0);
    sender_out(&bench->sender, 0);
    assert_true(sender_take_outcome(&bench->sender, &outcome));
    assert_int_equal(outcome.end, SENDER_LOST);
    assert_int_equal(outcome.phase, SENDER_BODY);
    assert_true(sender_is_over(&bench->sender));
    bench_free(bench);
}

static void test_parameters_of_mail(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct sender_options){ 0 }, 1);
    bench->message.eight_bit = true;
    bench->message.size = 1234;
    bench->recipients[0] = SPAN("b\xc3\xbc@y");
    bench_play(bench,
               "M\nS 220 mx\nC EHLO me\nS 250-mx\nS 250-8BITMIME\nS 250-SIZE\nS 250 SMTPUTF8\n"
               "C MAIL FROM:<a@x> SIZE=1234 BODY=8BITMIME SMTPUTF8\n",
               0);
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialogues),
        cmocka_unit_test(test_several_messages_and_quit),
        cmocka_unit_test(test_an_idle_connection_that_ends_loses_nothing),
        cmocka_unit_test(test_patience),
        cmocka_unit_test(test_a_reply_that_trickles_is_not_waited_for),
        cmocka_unit_test(test_replies_have_a_bound),
        cmocka_unit_test(test_early_replies_in_the_middle_of_mail),
        cmocka_unit_test(test_a_source_that_breaks_sends_no_dot),
        cmocka_unit_test(test_parameters_of_mail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
