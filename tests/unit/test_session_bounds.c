/* test_session_bounds: what a session holds stays bounded, whoever does not read, trickles or never
 * answers; and nothing is lost over it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "session/state.h"
#include "session_driver.h"

/* What waits in a lane and its outbox, in both directions, and the copy of what passed ahead. */
#define HELD_MAX (4 * LANE_HIGH_WATER)
#define MANY (HELD_MAX + LANE_HIGH_WATER)

static void repeat_into(struct text *text, const char *what, size_t len)
{
    while (text->len < len)
        text_add(text, span_of(what));
}

static bool says_in_journal(struct driver *driver, const char *words)
{
    struct span log = text_span(&driver->log);
    return span_search(log, span_of(words)) < log.len;
}

/* -- mail that is kept ---------------------------------------------------------------------- */

/* Whatever was judged last, the refusal is not delayed with it. */
static void test_kept_mail_is_bounded(void **state)
{
    const char *const rules[] = { "to server command DATA hold reply=\"354 go ahead\"",
                                  "to client reply 354 delay time=5s", NULL };
    struct driver driver;
    struct text block = { 0 };
    (void)state;
    driver_begin(&driver, rules, 1);
    driver.session->journal = NULL; /* it would be longer than all else */
    driver_say(&driver, SERVER, SPAN("220 mx\r\n"));
    driver_say(&driver, CLIENT, SPAN("DATA\r\n"));
    driver_pass(&driver, SECONDS(5));
    driver_hears(&driver, CLIENT, "220 mx\r\n354 go ahead\r\n");
    repeat_into(&block, "a line of a mail that is too long to be kept\r\n", MANY);
    for (size_t said = 0; said <= HOLD_BYTES_MAX; said += block.len)
        driver_say(&driver, CLIENT, text_span(&block));
    assert_true(session_held(driver.session) <= HOLD_BYTES_MAX);
    driver_say(&driver, CLIENT, SPAN(".\r\n"));
    driver_hears(&driver, CLIENT, "552 5.3.4 the mail is too long to be kept\r\n");
    driver_hears(&driver, SERVER, "RSET\r\n");
    text_deinit(&block);
    driver_end(&driver);
}

/* -- one read ------------------------------------------------------------------------------- */

/* One call takes what one chunk has room for, and the next goes on behind it. */
static void test_a_read_takes_what_there_is_room_for(void **state)
{
    struct driver driver;
    struct text said = { 0 };
    size_t taken = 0;
    (void)state;
    driver_begin(&driver, NULL, 1);
    repeat_into(&said, "NOOP\r\n", 2 * CHUNK_SIZE);
    assert_int_equal(session_receive(driver.session, TO_SERVER, SPAN(""), driver.now), 0);
    while (taken < said.len) {
        struct span rest = span_drop(text_span(&said), taken);
        size_t once = session_receive(driver.session, TO_SERVER, rest, driver.now);
        assert_in_range(once, 1, rest.len < CHUNK_SIZE ? rest.len : CHUNK_SIZE);
        taken += once;
    }
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    assert_true(span_equal(text_span(&driver.heard[SERVER].bytes), text_span(&said)));
    text_deinit(&said);
    driver_end(&driver);
}

/* -- a receiver that does not read ---------------------------------------------------------- */

struct stop {
    const char *const *rules;
    const char *before_client; /* what both sides say first */
    const char *before_server;
    const char *block; /* what is said over and over */
    enum side speaker;
    unsigned grows; /* what becomes of it is so many times as long */
};

/* The speaker says all it can; then the other side reads, and gets all that was taken. */
static void stop_and_go(const struct stop *stop)
{
    struct driver driver;
    struct text said = { 0 };
    enum side listener = stop->speaker == CLIENT ? SERVER : CLIENT;
    driver_begin(&driver, stop->rules, 1);
    driver.session->journal = NULL; /* it would be longer than all else */
    driver_say(&driver, CLIENT, span_of(stop->before_client));
    driver_say(&driver, SERVER, span_of(stop->before_server));
    text_clear(&driver.heard[listener].bytes);
    repeat_into(&said, stop->block, stop->grows ? 10 * MANY / stop->grows : MANY);
    driver.stopped[listener] = true;
    size_t taken = driver_offer(&driver, stop->speaker, text_span(&said));
    assert_in_range(taken, 1, said.len - 1);
    assert_in_range(session_held(driver.session), LANE_LOW_WATER, HELD_MAX);
    assert_in_range(driver.pool.in_use, 1, HELD_MAX / CHUNK_SIZE);
    driver_resume(&driver, listener);
    taken += driver_offer(&driver, stop->speaker, span_drop(text_span(&said), taken));
    assert_int_equal(taken, said.len);
    assert_in_range(session_held(driver.session), 0, 2 * MAX_LINE_DEFAULT);
    text_deinit(&said);
    driver_end(&driver);
}

static void test_a_wire_that_backs_up(void **state)
{
    static const struct stop stops[] = {
        { NULL, "", "", "NOOP\r\n", CLIENT, 0 },
        { NULL, "", "", "no line at all ", CLIENT, 0 },
        { NULL, "", "220 x\r\n", "250-x\r\n", SERVER, 0 },
        { NULL, "", "220 x\r\n", "250 x\r\n", SERVER, 0 },
        { NULL, "DATA\r\n", "220 x\r\n354 go\r\n", "some text\r\n", CLIENT, 0 },
        { NULL, "DATA\r\n", "220 x\r\n354 go\r\n", ".\r", CLIENT, 0 },
        { NULL, "DATA\r\n", "220 x\r\n354 go\r\n", ".\n", CLIENT, 0 },
        { NULL, "BDAT 99999999\r\n", "", "x", CLIENT, 0 },
        { NULL, "STARTTLS\r\n", "220 x\r\n220 go\r\n", "\x17\x03\x03", SERVER, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        stop_and_go(&stops[i]);
}

static void test_rules_that_back_up(void **state)
{
    static const char *const rules[] = { "to server body bare-lf", "to client reply 250 bare-lf",
                                         "to server command NOOP rewrite line=\"NOOP x\"", NULL };
    static const struct stop stops[] = {
        { rules, "DATA\r\n", "220 x\r\n354 go\r\n", "some text\r\n", CLIENT, 0 },
        { rules, "DATA\r\n", "220 x\r\n354 go\r\n", "\r\n", CLIENT, 0 },
        { rules, "DATA\r\n", "220 x\r\n354 go\r\n", "..", CLIENT, 0 },
        { rules, "BDAT 99999999\r\n", "", "some text\r\n", CLIENT, 0 },
        { rules, "BDAT 99999999\r\n", "", "x", CLIENT, 0 },
        { rules, "", "220 x\r\n", "250-x\r\n250 x\r\n", SERVER, 0 },
        { rules, "", "220 x\r\n", "250 no line at all ", SERVER, 0 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        stop_and_go(&stops[i]);
}

static void test_both_directions_back_up_alone(void **state)
{
    struct driver driver;
    struct text said = { 0 };
    (void)state;
    driver_begin(&driver, NULL, 1);
    repeat_into(&said, "250 x\r\n", MANY);
    driver.stopped[CLIENT] = true;
    assert_in_range(driver_offer(&driver, SERVER, text_span(&said)), 1, HELD_MAX);
    driver_say(&driver, CLIENT, SPAN("NOOP\r\n"));
    driver_hears(&driver, SERVER, "NOOP\r\n");
    driver.stopped[SERVER] = true;
    assert_in_range(driver_offer(&driver, CLIENT, text_span(&said)), 1, HELD_MAX);
    assert_in_range(session_held(driver.session), 1, HELD_MAX);
    text_deinit(&said);
    driver_end(&driver);
}

/* One event may become many: no more than one such is made ahead of what was read. */
static void test_what_rules_add_is_bounded(void **state)
{
    static const char *const rules[] = { "to client reply 250 repeat count=100",
                                         "to server body repeat count=100", NULL };
    static const struct stop stops[] = {
        { rules, "", "220 x\r\n", "250 so many more words than usual in a reply\r\n", SERVER, 100 },
        { rules, "DATA\r\n", "220 x\r\n354 go\r\n", "some text\r\n", CLIENT, 100 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof stops[0]; i++)
        stop_and_go(&stops[i]);
}

/* A line may be longer than what a lane holds otherwise: it is read to its end all the same. */
static void long_line(const char *const *rules, const char *before_client,
                      const char *before_server, enum side speaker)
{
    const struct session_options options = { .seed = 1, .max_line = MAX_LINE_MAX };
    struct driver driver;
    struct text said = { 0 };
    driver_begin_with(&driver, rules, &options, DRIVER_ACCEPTS);
    driver_say(&driver, CLIENT, span_of(before_client));
    driver_say(&driver, SERVER, span_of(before_server));
    struct text *heard = &driver.heard[speaker == CLIENT ? SERVER : CLIENT].bytes;
    text_clear(heard);
    text_add(&said, SPAN("250 "));
    repeat_into(&said, "x", MAX_LINE_MAX - 2);
    text_add(&said, SPAN("\r\n"));
    assert_int_equal(driver_offer(&driver, speaker, text_span(&said)), said.len);
    assert_true(span_equal(text_span(heard), text_span(&said)));
    text_deinit(&said);
    driver_end(&driver);
}

static void test_long_lines_are_read_to_their_end(void **state)
{
    static const char *const rules[] = { "to server command NOOP drop",
                                         "to server body once bare-lf", "to client reply 599 drop",
                                         NULL };
    (void)state;
    long_line(NULL, "", "220 x\r\n", CLIENT);
    long_line(NULL, "", "220 x\r\n", SERVER);
    long_line(rules, "", "220 x\r\n", CLIENT);
    long_line(rules, "", "220 x\r\n", SERVER);
    long_line(rules, "DATA\r\n1\r\n", "220 x\r\n354 go\r\n", CLIENT);
}

/* -- trickles ------------------------------------------------------------------------------- */

static size_t chunks_of_trickle(const char *const *rules, const char *block)
{
    struct driver driver;
    struct text said = { 0 };
    driver_begin(&driver, rules, 1);
    driver_say(&driver, CLIENT, SPAN("DATA\r\n"));
    driver_say(&driver, SERVER, SPAN("220 x\r\n354 go\r\n"));
    driver.stopped[SERVER] = true;
    repeat_into(&said, block, LANE_LOW_WATER);
    for (size_t i = 0; i < said.len; i++)
        driver_say(&driver, CLIENT, span_make(said.ptr + i, 1));
    assert_in_range(session_held(driver.session), said.len / 2, 2 * said.len);
    size_t chunks = driver.pool.in_use;
    text_deinit(&said);
    driver_end(&driver);
    return chunks;
}

static void test_a_trickle_holds_no_more_than_a_gush(void **state)
{
    static const char *const rules[] = { "to server body strip-cr", NULL };
    (void)state;
    assert_in_range(chunks_of_trickle(NULL, "some text\r\n"), 1, 10);
    assert_in_range(chunks_of_trickle(NULL, "\r\n"), 1, 10);
    assert_in_range(chunks_of_trickle(rules, "some text \r\n"), 1, 10);
}

/* -- commands without replies --------------------------------------------------------------- */

static void test_with_rules_commands_wait_for_replies(void **state)
{
    static const char *const rules[] = { "to client reply 599 drop", NULL };
    struct driver driver;
    struct text said = { 0 };
    struct text replies = { 0 };
    (void)state;
    driver_begin(&driver, rules, 1);
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    repeat_into(&said, "NOOP\r\n", MANY);
    size_t taken = driver_offer(&driver, CLIENT, text_span(&said));
    assert_in_range(taken, PENDING_MAX * 6, HELD_MAX);
    assert_int_equal(driver.heard[SERVER].bytes.len, PENDING_MAX * 6);
    repeat_into(&replies, "250 x\r\n", (size_t)100 * 7);
    driver_say(&driver, SERVER, text_span(&replies));
    assert_int_equal(driver.heard[SERVER].bytes.len, (PENDING_MAX + 100) * 6);
    assert_false(says_in_journal(&driver, "opaque"));
    text_deinit(&said);
    text_deinit(&replies);
    driver_end(&driver);
}

static void test_a_wire_stops_counting_commands(void **state)
{
    struct driver driver;
    struct text said = { 0 };
    (void)state;
    driver_begin(&driver, NULL, 1);
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    repeat_into(&said, "NOOP\r\n", (size_t)(PENDING_MAX - 1) * 6);
    driver_say(&driver, CLIENT, text_span(&said));
    assert_false(says_in_journal(&driver, "opaque"));
    driver_say(&driver, CLIENT, text_span(&said));
    assert_true(says_in_journal(&driver, "more commands wait"));
    assert_int_equal(driver.heard[SERVER].bytes.len, 2 * said.len);
    text_deinit(&said);
    driver_end(&driver);
}

/* Addresses that wait with their command are no longer than those that are remembered. */
static void test_long_addresses_are_not_kept(void **state)
{
    struct driver driver;
    struct text line = { 0 };
    (void)state;
    driver_begin(&driver, NULL, 1);
    text_add(&line, SPAN("RCPT TO:<"));
    repeat_into(&line, "x", 60000);
    text_add(&line, SPAN(">\r\n"));
    for (unsigned i = 0; i < 20; i++)
        driver_say(&driver, CLIENT, text_span(&line));
    size_t kept = 0;
    for (size_t i = 0; i < driver.session->dialogue.count; i++)
        kept += dialogue_nth(&driver.session->dialogue, i)->address.len;
    assert_int_equal(kept, (size_t)20 * ADDRESS_MAX);
    assert_int_equal(driver.heard[SERVER].bytes.len, 20 * line.len);
    text_deinit(&line);
    driver_end(&driver);
}

/* -- ahead of replies that decide ----------------------------------------------------------- */

static void test_a_wire_sends_ahead_of_a_reply_so_much(void **state)
{
    struct driver driver;
    struct text said = { 0 };
    (void)state;
    driver_begin(&driver, NULL, 1);
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    driver_say(&driver, CLIENT, SPAN("DATA\r\n"));
    repeat_into(&said, "text\r\n", EARLY_BYTES_MAX - 6);
    said.len = EARLY_BYTES_MAX;
    driver_say(&driver, CLIENT, text_span(&said));
    assert_false(says_in_journal(&driver, "opaque"));
    assert_int_equal(driver.heard[SERVER].bytes.len, 6 + EARLY_BYTES_MAX);
    driver_say(&driver, CLIENT, SPAN("x"));
    assert_true(says_in_journal(&driver, "too many bytes ahead of a reply"));
    assert_int_equal(session_held(driver.session), 0);
    text_deinit(&said);
    driver_end(&driver);
}

static void test_with_rules_the_early_wait(void **state)
{
    static const char *const rules[] = { "to server body bare-lf", NULL };
    struct driver driver;
    struct text said = { 0 };
    (void)state;
    driver_begin(&driver, rules, 1);
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    driver_say(&driver, CLIENT, SPAN("DATA\r\n"));
    repeat_into(&said, "text\r\n", MANY);
    size_t taken = driver_offer(&driver, CLIENT, text_span(&said));
    assert_in_range(taken, LANE_LOW_WATER, HELD_MAX);
    driver_hears(&driver, SERVER, "DATA\r\n");
    assert_false(says_in_journal(&driver, "opaque"));
    driver_say(&driver, SERVER, SPAN("354 go\r\n"));
    assert_true(span_starts(text_span(&driver.heard[SERVER].bytes), SPAN("text\ntext\n")));
    text_deinit(&said);
    driver_end(&driver);
}

/* -- lines that are no replies -------------------------------------------------------------- */

static void test_so_many_lines_may_be_no_replies(void **state)
{
    struct driver driver;
    (void)state;
    driver_begin(&driver, NULL, 1);
    driver_say(&driver, SERVER, SPAN("220 x\r\n"));
    for (unsigned i = 0; i < NOT_REPLIES_MAX; i++)
        driver_say(&driver, SERVER, SPAN("what\r\n"));
    driver_say(&driver, SERVER, SPAN("250 x\r\n"));
    for (unsigned i = 0; i < NOT_REPLIES_MAX; i++)
        driver_say(&driver, SERVER, SPAN("what\r\n"));
    assert_false(says_in_journal(&driver, "opaque"));
    driver_say(&driver, SERVER, SPAN("what\r\n"));
    assert_true(says_in_journal(&driver, "opaque"));
    driver_end(&driver);
}

/* -- an empty pool -------------------------------------------------------------------------- */

static void test_an_empty_pool_stops_reading(void **state)
{
    struct driver driver;
    struct text said = { 0 };
    (void)state;
    driver_begin(&driver, NULL, 1);
    driver.pool.in_use_max = 3;
    driver.stopped[SERVER] = true;
    repeat_into(&said, "text", LANE_HIGH_WATER / 2);
    size_t taken = driver_offer(&driver, CLIENT, text_span(&said));
    assert_in_range(taken, 1, 3 * CHUNK_SIZE);
    assert_false(session_wishes(driver.session, CLIENT) & WISH_READ);
    assert_false(session_wishes(driver.session, SERVER) & WISH_READ);
    driver_say(&driver, SERVER, SPAN("what is under way is kept\r\n"));
    driver_hears(&driver, CLIENT, "what is under way is kept\r\n");
    driver_end(&driver);
    text_deinit(&said);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kept_mail_is_bounded),
        cmocka_unit_test(test_a_read_takes_what_there_is_room_for),
        cmocka_unit_test(test_a_wire_that_backs_up),
        cmocka_unit_test(test_rules_that_back_up),
        cmocka_unit_test(test_both_directions_back_up_alone),
        cmocka_unit_test(test_what_rules_add_is_bounded),
        cmocka_unit_test(test_long_lines_are_read_to_their_end),
        cmocka_unit_test(test_a_trickle_holds_no_more_than_a_gush),
        cmocka_unit_test(test_with_rules_commands_wait_for_replies),
        cmocka_unit_test(test_a_wire_stops_counting_commands),
        cmocka_unit_test(test_long_addresses_are_not_kept),
        cmocka_unit_test(test_a_wire_sends_ahead_of_a_reply_so_much),
        cmocka_unit_test(test_with_rules_the_early_wait),
        cmocka_unit_test(test_so_many_lines_may_be_no_replies),
        cmocka_unit_test(test_an_empty_pool_stops_reading),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
