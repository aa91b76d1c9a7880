/* test_decoder_bounds: a decoder's bounds in full size, what it waits for and what that may become,
 * and that random input gives the same events in whatever pieces. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "decoder_fixture.h"
#include "script_maker.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void add_many(struct text *text, const char *what, size_t times)
{
    while (times-- > 0)
        text_add(text, span_of(what));
}

/* How often the events' lines begin so. */
static size_t count_events(const struct decoding *decoding, const char *beginning)
{
    struct span rest = text_span(&decoding->events);
    size_t count = 0;
    while (rest.len > 0) {
        struct cut line = span_cut(rest, '\n');
        count += span_starts(line.before, span_of(beginning));
        rest = line.after;
    }
    return count;
}

/* -- the bounds ----------------------------------------------------------------------------- */

static size_t overlong_events(enum direction going, struct span input)
{
    struct decoding decoding;
    decoding_begin(&decoding, going, 0);
    decoding_feed_cut(&decoding, input, 10000);
    assert_int_equal(decoding.in.len, 0);
    size_t overlong = count_events(&decoding, "other overlong");
    decoding_end(&decoding);
    return overlong;
}

static void test_the_longest_command(void **state)
{
    struct text line = { 0 };
    (void)state;
    text_add(&line, SPAN("NOOP "));
    add_many(&line, "x", MAX_LINE_DEFAULT - 7);
    text_add(&line, SPAN("\r\n"));
    assert_int_equal(overlong_events(TO_SERVER, text_span(&line)), 0);
    line.ptr[line.len - 2] = 'x';
    line.ptr[line.len - 1] = '\r';
    text_add_byte(&line, '\n');
    assert_int_equal(overlong_events(TO_SERVER, text_span(&line)), 1);
    text_deinit(&line);
}

static void test_the_longest_reply_line(void **state)
{
    struct text line = { 0 };
    (void)state;
    text_add(&line, SPAN("220 "));
    add_many(&line, "x", MAX_LINE_DEFAULT - 6);
    text_add(&line, SPAN("\r\n"));
    assert_int_equal(overlong_events(TO_CLIENT, text_span(&line)), 0);
    line.ptr[line.len - 1] = 'x';
    text_add_byte(&line, '\n');
    assert_int_equal(overlong_events(TO_CLIENT, text_span(&line)), 1);
    text_deinit(&line);
}

static void test_the_longest_reply(void **state)
{
    struct text reply = { 0 };
    (void)state;
    add_many(&reply, "220-4567890123456789012345678\r\n\n", REPLY_MAX / 32);
    memcpy(reply.ptr + reply.len - 8, "\n220 x\r\n", 8);
    assert_int_equal(overlong_events(TO_CLIENT, text_span(&reply)), 0);
    text_clear(&reply);
    add_many(&reply, "220-4567890123456789012345678\r\n\n", REPLY_MAX / 32);
    text_add(&reply, SPAN("220 x\r\n"));
    assert_int_equal(overlong_events(TO_CLIENT, text_span(&reply)), 1);
    text_deinit(&reply);
}

/* Whatever is fed without end, no more than the bound is kept. */
static void keeps_at_most(enum direction going, enum phase phase, const char *what, size_t bound)
{
    struct decoding decoding;
    struct text block = { 0 };
    decoding_begin(&decoding, going, 0);
    decoding.decoder.phase = phase;
    decoding.decoder.body_as_lines = true;
    add_many(&block, what, 1000);
    for (unsigned i = 0; i < 400000 / block.len; i++) {
        decoding_feed(&decoding, text_span(&block));
        assert_in_range(decoding.in.len, 0, bound);
        text_clear(&decoding.events);
        text_clear(&decoding.raw);
    }
    text_deinit(&block);
    decoding_end(&decoding);
}

static void test_endless_input_is_not_kept(void **state)
{
    (void)state;
    keeps_at_most(TO_SERVER, PHASE_COMMANDS, "x", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_COMMANDS, "\r", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_AUTH, "x", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_DATA, "x", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_DATA, ".", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_DATA, "\r", MAX_LINE_DEFAULT);
    keeps_at_most(TO_SERVER, PHASE_OPAQUE, "x", 0);
    keeps_at_most(TO_CLIENT, PHASE_GREETING, "x", MAX_LINE_DEFAULT);
    keeps_at_most(TO_CLIENT, PHASE_GREETING, "220-", MAX_LINE_DEFAULT);
    keeps_at_most(TO_CLIENT, PHASE_REPLIES, "250-x\r\n", REPLY_MAX);
    keeps_at_most(TO_CLIENT, PHASE_REPLIES, "250-x\r\n\n", REPLY_MAX);
    keeps_at_most(TO_CLIENT, PHASE_REPLIES, "no\r\n", 0);
}

/* -- waiting -------------------------------------------------------------------------------- */

static void test_at_a_fork_the_peer_is_waited_for(void **state)
{
    struct decoding decoding;
    (void)state;
    decoding_begin(&decoding, TO_SERVER, 0);
    decoding_feed(&decoding, SPAN("NOOP"));
    assert_int_equal(decoding.last, DECODED_NEED_MORE);
    decoding_feed(&decoding, SPAN("\r\n"));
    assert_int_equal(decoding.last, DECODED_NEED_MORE);
    decoder_enter(&decoding.decoder, PHASE_FORK);
    decoding_feed(&decoding, SPAN("QUIT\r\n"));
    assert_int_equal(decoding.last, DECODED_NEED_PEER);
    decoder_enter(&decoding.decoder, PHASE_COMMANDS);
    decoding_feed(&decoding, SPAN(""));
    assert_string_equal(text_string(&decoding.events),
                        "command NOOP |NOOP\\r\\n\ncommand QUIT |QUIT\\r\\n\n");
    decoding_end(&decoding);
}

static void test_what_may_come(void **state)
{
    static const struct {
        const char *at_hand;
        enum phase phase;
        unsigned kinds;
    } cases[] = {
        { "2", PHASE_GREETING, SMTP_GREETING | SMTP_OTHER },
        { "2", PHASE_REPLIES, SMTP_REPLY | SMTP_OTHER },
        { "M", PHASE_COMMANDS, SMTP_COMMAND | SMTP_OTHER },
        { "M", PHASE_FORK, SMTP_COMMAND | SMTP_BODY | SMTP_BODY_END | SMTP_OTHER },
        { "M", PHASE_AUTH, SMTP_OTHER },
        { "M", PHASE_DATA, SMTP_BODY },
        { ".", PHASE_DATA, SMTP_BODY | SMTP_BODY_END },
        { ".\r", PHASE_DATA, SMTP_BODY | SMTP_BODY_END },
        { "..", PHASE_DATA, SMTP_BODY },
        { ".", PHASE_CHUNK, SMTP_BODY },
        { "M", PHASE_OPAQUE, SMTP_OTHER },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct decoding decoding;
        decoding_begin(&decoding, TO_SERVER, 0);
        decoder_enter(&decoding.decoder, cases[i].phase);
        chain_append(&decoding.in, span_of(cases[i].at_hand));
        assert_int_equal(decoder_pending_kinds(&decoding.decoder, &decoding.in), cases[i].kinds);
        decoding_end(&decoding);
    }
}

static void test_beginnings(void **state)
{
    struct decoder decoder;
    (void)state;
    decoder_init(&decoder, TO_SERVER, 0);
    assert_int_equal(decoder.phase, PHASE_COMMANDS);
    assert_int_equal(decoder.max_line, MAX_LINE_DEFAULT);
    decoder_init(&decoder, TO_CLIENT, 100);
    assert_int_equal(decoder.phase, PHASE_GREETING);
    assert_int_equal(decoder.max_line, 100);
    assert_string_equal(phase_name(PHASE_GREETING), "GREETING");
    assert_string_equal(phase_name(PHASE_OPAQUE), "OPAQUE");
}

/* -- random input --------------------------------------------------------------------------- */

struct recipe {
    enum direction going;
    bool as_lines;
    size_t max_line;
};

static void decode(struct decoding *decoding, const struct recipe *recipe, struct span input,
                   struct prng *cuts)
{
    decoding_begin(decoding, recipe->going, recipe->max_line);
    decoding->decoder.body_as_lines = recipe->as_lines;
    decoding->granted = true;
    while (input.len > 0) {
        size_t len = cuts ? prng_between(cuts, 1, prng_chance(cuts, 1, 2) ? 2 : 300) : input.len;
        decoding_feed(decoding, span_take(input, len));
        input = span_drop(input, len);
    }
}

static void compare(struct decoding *whole, struct decoding *cut, uint64_t seed)
{
    if (!span_equal(text_span(&whole->events), text_span(&cut->events)))
        fail_msg("seed %llu: whole\n%scut\n%s", (unsigned long long)seed,
                 text_string(&whole->events), text_string(&cut->events));
    assert_int_equal(whole->decoder.phase, cut->decoder.phase);
    assert_int_equal(whole->in.len, cut->in.len);
}

static void one_seed(uint64_t seed)
{
    struct prng prng = prng_at(seed, 2, 0, 0, 0);
    struct recipe recipe = { .going = prng_chance(&prng, 1, 2) ? TO_SERVER : TO_CLIENT,
                             .as_lines = prng_chance(&prng, 1, 2),
                             .max_line = prng_chance(&prng, 1, 2) ? 0 : MAX_LINE_MIN };
    struct text script = { 0 };
    struct decoding whole;
    struct decoding cut;
    script_make(&script, direction_source(recipe.going), &prng);
    decode(&whole, &recipe, text_span(&script), NULL);
    decode(&cut, &recipe, text_span(&script), &prng);
    compare(&whole, &cut, seed);
    text_add(&cut.raw, chain_pull(&cut.in, cut.in.len));
    assert_true(span_equal(text_span(&cut.raw), text_span(&script)));
    decoding_end(&whole);
    decoding_end(&cut);
    text_deinit(&script);
}

static void test_pieces_change_nothing(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 3000; seed++)
        one_seed(seed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_longest_command),
        cmocka_unit_test(test_the_longest_reply_line),
        cmocka_unit_test(test_the_longest_reply),
        cmocka_unit_test(test_endless_input_is_not_kept),
        cmocka_unit_test(test_at_a_fork_the_peer_is_waited_for),
        cmocka_unit_test(test_what_may_come),
        cmocka_unit_test(test_beginnings),
        cmocka_unit_test(test_pieces_change_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
