/* The receiver: what it answers to whole sessions, and what mail it makes of them, whole and
 * byte by byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/limits.h"
#include "memory_store.h"
#include "peers/receiver.h"
#include "smtp/parse.h"

#define HELLO "EHLO me\r\n"
#define ENVELOPE HELLO "MAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\n"

/* A receiver with its store, and all it has said. */
struct bench {
    struct receiver_options options;
    struct pool pool;
    struct memory_store store;
    struct receiver receiver;
    struct text said;
};

static struct bench *bench_new(struct receiver_options options)
{
    struct bench *bench = test_calloc(1, sizeof *bench);
    bench->options = options;
    bench->options.host = SPAN("mx");
    memory_store_init(&bench->store);
    receiver_init(&bench->receiver, &bench->options, &bench->store.store, &bench->pool, 0);
    return bench;
}

static void bench_free(struct bench *bench)
{
    receiver_deinit(&bench->receiver);
    memory_store_deinit(&bench->store);
    pool_deinit(&bench->pool);
    text_deinit(&bench->said);
    test_free(bench);
}

static void bench_hear(struct bench *bench)
{
    struct chain *out = receiver_out(&bench->receiver);
    text_add(&bench->said, chain_pull(out, out->len));
    chain_drop(out, out->len);
}

/* Feeds the bytes at most `cut` at a time; 0 is all at once. */
static void bench_say(struct bench *bench, struct span bytes, size_t cut)
{
    while (bytes.len > 0) {
        struct span part = span_take(bytes, cut ? cut : bytes.len);
        receiver_feed(&bench->receiver, part, 0);
        bytes = span_drop(bytes, part.len);
    }
    bench_hear(bench);
}

/* The codes of all replies, one blank between: "220 250 354". */
static void add_codes(struct text *codes, struct span said)
{
    while (said.len > 0) {
        struct cut line = span_cut(said, '\n');
        assert_true(line.found && smtp_is_reply_line(line.before));
        assert_int_equal(line.before.ptr[line.before.len - 1], '\r');
        if (!smtp_is_reply_continued(line.before))
            text_addf(codes, "%s%.3s", codes->len ? " " : "", (const char *)line.before.ptr);
        said = line.after;
    }
}

static void assert_codes(struct bench *bench, const char *expected)
{
    struct text codes = { 0 };
    add_codes(&codes, text_span(&bench->said));
    assert_string_equal(text_string(&codes), expected);
    text_deinit(&codes);
}

static void assert_text(struct text *text, struct span expected)
{
    assert_int_equal(text->len, expected.len);
    assert_memory_equal(text_string(text), expected.ptr ? expected.ptr : (const uint8_t *)"",
                        expected.len);
}

struct session_row {
    const char *what;
    const char *in;
    const char *codes;
    bool lmtp;
    uint64_t size_max;
};

static const struct session_row sessions[] = {
    { "a whole session", ENVELOPE "DATA\r\nhi\r\n.\r\nQUIT\r\n", "220 250 250 250 354 250 221",
      false, 0 },
    { "letters of any case, blanks around", "ehlo me\r\nmail from: <a@x> \r\nrcpt to:b@y\r\n",
      "220 250 250 250", false, 0 },
    { "lines that end in LF", "HELO me\nMAIL FROM:<a@x>\nRCPT TO:<b@y>\n", "220 250 250 250", false,
      0 },
    { "the null sender", HELLO "MAIL FROM:<>\r\n", "220 250 250", false, 0 },
    { "MAIL before EHLO", "MAIL FROM:<a@x>\r\n", "220 503", false, 0 },
    { "nested MAIL", ENVELOPE "MAIL FROM:<a@x>\r\n", "220 250 250 250 503", false, 0 },
    { "RCPT before MAIL", HELLO "RCPT TO:<b@y>\r\n", "220 250 503", false, 0 },
    { "DATA before MAIL", HELLO "DATA\r\n", "220 250 503", false, 0 },
    { "DATA before RCPT", HELLO "MAIL FROM:<a@x>\r\nDATA\r\n", "220 250 250 554", false, 0 },
    { "DATA with an argument", ENVELOPE "DATA now\r\n", "220 250 250 250 501", false, 0 },
    { "RSET forgets", ENVELOPE "RSET\r\nDATA\r\n", "220 250 250 250 250 503", false, 0 },
    { "EHLO forgets", ENVELOPE HELLO "DATA\r\n", "220 250 250 250 250 503", false, 0 },
    { "a message forgets", ENVELOPE "DATA\r\n.\r\nDATA\r\n", "220 250 250 250 354 250 503", false,
      0 },
    { "hello without a name", "EHLO\r\nHELO\r\n", "220 501 501", false, 0 },
    { "syntax", HELLO "MAIL <a@x>\r\nMAIL FROM:<a@x>\r\nRCPT <b@y>\r\nRCPT TO:<>\r\nRCPT\r\n",
      "220 250 501 250 501 501 501", false, 0 },
    { "control characters", HELLO "MAIL FROM:<a\tb@x>\r\n", "220 250 501", false, 0 },
    { "parameters",
      HELLO "MAIL FROM:<a@x> SIZE=9 body=8bitmime SMTPUTF8\r\nRSET\r\n"
            "MAIL FROM:<a@x> BODY=BINARYMIME\r\nMAIL FROM:<a@x> SIZE=x\r\n"
            "MAIL FROM:<a@x> RET=FULL\r\n",
      "220 250 250 250 501 501 555", false, 0 },
    { "parameters of RCPT", HELLO "MAIL FROM:<a@x>\r\nRCPT TO:<b@y> NOTIFY=NEVER\r\n",
      "220 250 250 555", false, 0 },
    { "the other verbs", "NOOP x\r\nVRFY a\r\nVRFY\r\nHELP\r\nEXPN l\r\nSTARTTLS\r\nAUTH PLAIN\r\n",
      "220 250 252 501 214 502 502 502", false, 0 },
    { "no verbs", "FOO\r\n\r\n \r\n\x01\xff\r\nLHLO me\r\n", "220 500 500 500 500 500", false, 0 },
    { "nothing behind QUIT", "QUIT\r\nNOOP\r\n", "220 221", false, 0 },
    { "SIZE announces too much", HELLO "MAIL FROM:<a@x> SIZE=11\r\nMAIL FROM:<a@x> SIZE=10\r\n",
      "220 250 552 250", false, 10 },
    { "a message too big", ENVELOPE "DATA\r\n123456789\r\n.\r\nNOOP\r\n",
      "220 250 250 250 354 552 250", false, 10 },
    { "a message as big as may be", ENVELOPE "DATA\r\n12345678\r\n.\r\n", "220 250 250 250 354 250",
      false, 10 },
    { "BDAT", ENVELOPE "BDAT 3\r\nab\nBDAT 0\r\nBDAT 2 LAST\r\n\r\nQUIT\r\n",
      "220 250 250 250 250 250 250 221", false, 0 },
    { "BDAT without recipients swallows its chunk",
      HELLO "MAIL FROM:<a@x>\r\nBDAT 6\r\nQUIT\r\nRSET\r\n", "220 250 250 503 250", false, 0 },
    { "after a refused chunk all are",
      ENVELOPE "BDAT 2\r\nabBDAT x\r\nRSET\r\nBDAT 2 LAST\r\nab"
               "BDAT 1\r\nc",
      "220 250 250 250 250 501 250 503 503", false, 0 },
    { "nothing else within BDAT", ENVELOPE "BDAT 1\r\naRCPT TO:<c@y>\r\nDATA\r\nMAIL FROM:<>\r\n",
      "220 250 250 250 250 503 503 503", false, 0 },
    { "BDAT too big", ENVELOPE "BDAT 9\r\n123456789BDAT 2 LAST\r\n01", "220 250 250 250 250 552",
      false, 10 },
    { "LMTP answers for each recipient",
      "LHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<>\r\nRCPT TO:<c@y>\r\n"
      "DATA\r\n.\r\n",
      "220 250 250 250 501 250 354 250 250", true, 0 },
    { "LMTP and BDAT",
      "LHLO me\r\nMAIL FROM:<a@x>\r\nRCPT TO:<b@y>\r\nRCPT TO:<c@y>\r\n"
      "BDAT 1 LAST\r\na",
      "220 250 250 250 250 250 250", true, 0 },
    { "LMTP knows no EHLO", "EHLO me\r\nHELO me\r\nMAIL FROM:<a@x>\r\n", "220 500 500 503", true,
      0 },
};

static void run_session(const struct session_row *row, size_t cut)
{
    struct bench *bench =
        bench_new((struct receiver_options){ .lmtp = row->lmtp, .size_max = row->size_max });
    bench_say(bench, span_of(row->in), cut);
    print_message("%s\n", row->what);
    assert_codes(bench, row->codes);
    bench_free(bench);
}

static void test_sessions(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof sessions / sizeof sessions[0]; i++) {
        run_session(&sessions[i], 0);
        run_session(&sessions[i], 1);
        run_session(&sessions[i], 7);
    }
}

struct mail_row {
    struct span sent; /* behind DATA, the end included */
    struct span kept;
};

static void assert_mail(struct span sent, struct span kept, size_t cut)
{
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    bench_say(bench, SPAN(ENVELOPE "DATA\r\n"), cut);
    bench_say(bench, sent, cut);
    assert_codes(bench, "220 250 250 250 354 250");
    assert_int_equal(bench->store.finished, 1);
    assert_text(&bench->store.mail, kept);
    assert_text(&bench->store.sender, SPAN("a@x"));
    assert_text(&bench->store.recipients, SPAN("b@y,"));
    assert_int_equal(bench->receiver.counters.bytes, kept.len);
    bench_free(bench);
}

static void test_mail_is_kept_byte_for_byte(void **state)
{
    (void)state;
    const struct mail_row rows[] = {
        { SPAN(".\r\n"), SPAN("") },
        { SPAN("a\r\n.\r\n"), SPAN("a\r\n") },
        { SPAN("..\r\n.\r\n"), SPAN(".\r\n") },
        { SPAN("..a\r\n.b\r\n...\r\n.\r\n"), SPAN(".a\r\nb\r\n..\r\n") },
        { SPAN("a.b\r\nc.\r\n.\r\n"), SPAN("a.b\r\nc.\r\n") },
        { SPAN("\n.\n.\r\n\r\n.\r\n"), SPAN("\n.\n.\r\n\r\n") },
        { SPAN("\n.\r\n\r\n.\r\n"), SPAN("\n.\r\n\r\n") },
        { SPAN("a\r.\r\n\r\n.\r\n"), SPAN("a\r.\r\n\r\n") },
        { SPAN("\r\r\n.\r\n"), SPAN("\r\r\n") },
        { SPAN("a\r\n.\r\r\n\r\n.\r\n"), SPAN("a\r\n\r\r\n\r\n") },
        { SPAN("a\r\n.\rb\r\n.\r\n"), SPAN("a\r\n\rb\r\n") },
        { SPAN("a\r\n.\nb\r\n.\r\n"), SPAN("a\r\n\nb\r\n") },
        { SPAN("\0\xff\x80.\0\r\n.\r\n"), SPAN("\0\xff\x80.\0\r\n") },
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_mail(rows[i].sent, rows[i].kept, 0);
        assert_mail(rows[i].sent, rows[i].kept, 1);
        assert_mail(rows[i].sent, rows[i].kept, 2);
    }
}

static void test_chunks_are_kept_byte_for_byte(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    bench_say(bench, SPAN(ENVELOPE "BDAT 6\r\n.\r\n.\0\nBDAT 3 LAST\r\n\r\n."), 1);
    assert_text(&bench->store.mail, SPAN(".\r\n.\0\n\r\n."));
    bench_free(bench);
}

static void test_a_store_that_fails(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    bench->store.is_full = true;
    bench_say(bench, SPAN(ENVELOPE "DATA\r\na\r\n.\r\n"), 0);
    assert_int_equal(bench->store.abandoned, 1);
    bench->store.is_full = false;
    bench->store.cannot_finish = true;
    bench_say(bench, SPAN(ENVELOPE "DATA\r\na\r\n.\r\n"), 0);
    assert_int_equal(bench->store.abandoned, 1);
    assert_codes(bench, "220 250 250 250 354 452 250 250 250 354 452");
    assert_int_equal(bench->receiver.counters.refused, 2);
    assert_int_equal(bench->store.finished, 0);
    bench_free(bench);
}

static void test_a_message_that_never_ends_is_abandoned(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    bench_say(bench, SPAN(ENVELOPE "DATA\r\na\r\n.\r"), 0);
    receiver_shut_down(&bench->receiver);
    bench_hear(bench);
    assert_codes(bench, "220 250 250 250 354 421");
    assert_true(receiver_is_over(&bench->receiver));
    assert_int_equal(bench->store.begun, 1);
    assert_int_equal(bench->store.abandoned, 1);
    bench_free(bench);
}

static void test_silence_ends_a_session(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ .timeout = SECONDS(10) });
    assert_int_equal(receiver_deadline(&bench->receiver), SECONDS(10));
    receiver_feed(&bench->receiver, SPAN("NO"), SECONDS(4));
    receiver_tick(&bench->receiver, SECONDS(10));
    assert_false(receiver_is_over(&bench->receiver));
    receiver_tick(&bench->receiver, SECONDS(14));
    assert_true(receiver_is_over(&bench->receiver));
    assert_true(receiver_deadline(&bench->receiver) == NEVER);
    bench_hear(bench);
    assert_codes(bench, "220 421");
    bench_free(bench);
}

static void say_long_line(struct bench *bench, size_t length, size_t cut)
{
    struct text line = { 0 };
    text_add(&line, SPAN("NOOP "));
    while (line.len < length)
        text_add_byte(&line, 'x');
    text_add(&line, SPAN("\r\n"));
    bench_say(bench, text_span(&line), cut);
    text_deinit(&line);
}

static void test_a_command_line_has_a_bound(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    say_long_line(bench, RECEIVER_LINE_MAX - 2, 0);
    say_long_line(bench, RECEIVER_LINE_MAX - 2, 1000);
    say_long_line(bench, RECEIVER_LINE_MAX - 1, 0);
    say_long_line(bench, RECEIVER_LINE_MAX * 3, 1000);
    bench_say(bench, SPAN("NOOP\r\n"), 0);
    assert_codes(bench, "220 250 250 500 500 250");
    bench_free(bench);
}

static void test_recipients_have_a_bound(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    bench_say(bench, SPAN(ENVELOPE), 0);
    for (size_t i = 1; i < RECIPIENTS_MAX; i++)
        bench_say(bench, SPAN("RCPT TO:<b@y>\r\n"), 0);
    text_clear(&bench->said);
    bench_say(bench, SPAN("RCPT TO:<b@y>\r\nDATA\r\n.\r\n"), 0);
    assert_codes(bench, "452 354 250");
    assert_int_equal(bench->receiver.counters.recipients, RECIPIENTS_MAX);
    bench_free(bench);
}

static void test_replies_that_nobody_reads_stop_the_reading(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ 0 });
    while (receiver_out(&bench->receiver)->len < RECEIVER_HIGH_WATER) {
        assert_true(receiver_wants_bytes(&bench->receiver));
        receiver_feed(&bench->receiver, SPAN("NOOP\r\n"), 0);
    }
    assert_false(receiver_wants_bytes(&bench->receiver));
    bench_hear(bench);
    assert_true(receiver_wants_bytes(&bench->receiver));
    bench_free(bench);
}

static void test_what_it_offers(void **state)
{
    (void)state;
    struct bench *bench = bench_new((struct receiver_options){ .size_max = 1000 });
    bench_say(bench, SPAN("EHLO me\r\n"), 0);
    assert_text(&bench->said, SPAN("220 mx ESMTP smtpchaos\r\n250-mx\r\n250-PIPELINING\r\n"
                                   "250-8BITMIME\r\n250-SIZE 1000\r\n250-SMTPUTF8\r\n"
                                   "250-CHUNKING\r\n250 ENHANCEDSTATUSCODES\r\n"));
    bench_free(bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_mail_is_kept_byte_for_byte),
        cmocka_unit_test(test_chunks_are_kept_byte_for_byte),
        cmocka_unit_test(test_a_store_that_fails),
        cmocka_unit_test(test_a_message_that_never_ends_is_abandoned),
        cmocka_unit_test(test_silence_ends_a_session),
        cmocka_unit_test(test_a_command_line_has_a_bound),
        cmocka_unit_test(test_recipients_have_a_bound),
        cmocka_unit_test(test_replies_that_nobody_reads_stop_the_reading),
        cmocka_unit_test(test_what_it_offers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
