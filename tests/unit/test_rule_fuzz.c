/* test_rule_fuzz: lines that no one would write. Whatever the bytes, reading ends, says in one line
 * what is wrong or makes a rule that is whole, and leaves nothing behind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/prng.h"
#include "session/profile.h"
#include "session/rule_set.h"

#define ROUNDS 50000
#define SEED 20261120
#define LINE_MAX 400

static const char *const good_lines[] = {
    "to client reply 250 after RCPT chance 1/4 delay time=200ms..900ms",
    "to server command RCPT first 1 per triplet answer reply=\"451 4.7.1 Later\" upstream=told",
    "to server body-end terminator as=\"\\n.\\r\\n\" # comment",
    "to client greeting mask keep=\"20 \"",
    "both ways body client=10.0.0.0/8 size>1MB pace rate=2KB/s",
    "to server body helo=*.test matches=/^a \\/b(c|d)+$/ every 3rd header add=\"A: {date}\"",
    "to server command EHLO,UNKNOWN sender=<> recipient=*@a.test tls=yes drop",
    "to server command rewrite match=/(a+)+$/ with=\"{hex.8} $1\"",
};

#define GOOD_LINES (sizeof good_lines / sizeof good_lines[0])

/* Bytes on which the grammar turns. */
static const char turning[] = " \t=>\"\\/#,.{}<>()[]*0123456789\0\r\nxX\xff";

struct line {
    uint8_t bytes[LINE_MAX];
    size_t len;
};

static uint8_t any_byte(struct prng *prng)
{
    if (prng_chance(prng, 1, 4))
        return (uint8_t)prng_next(prng);
    return (uint8_t)turning[prng_between(prng, 0, sizeof turning - 2)];
}

static void insert(struct line *line, size_t at, uint8_t byte)
{
    if (line->len == LINE_MAX)
        return;
    memmove(line->bytes + at + 1, line->bytes + at, line->len - at);
    line->bytes[at] = byte;
    line->len++;
}

static void erase(struct line *line, size_t at, size_t len)
{
    len = len < line->len - at ? len : line->len - at;
    memmove(line->bytes + at, line->bytes + at + len, line->len - at - len);
    line->len -= len;
}

/* Puts a stretch of another good line in. */
static void splice(struct line *line, size_t at, struct prng *prng)
{
    struct span other = span_of(good_lines[prng_between(prng, 0, GOOD_LINES - 1)]);
    other = span_drop(other, prng_between(prng, 0, other.len));
    other = span_take(other, prng_between(prng, 0, 30));
    for (size_t i = 0; i < other.len; i++)
        insert(line, at + i < line->len ? at + i : line->len, other.ptr[i]);
}

static void spoil(struct line *line, struct prng *prng)
{
    size_t at = prng_between(prng, 0, line->len);
    switch (prng_between(prng, 0, 4)) {
    case 0: insert(line, at, any_byte(prng)); break;
    case 1: erase(line, at, prng_between(prng, 1, 8)); break;
    case 2: splice(line, at, prng); break;
    case 3: line->len = at; break;
    default:
        if (at < line->len)
            line->bytes[at] = any_byte(prng);
        break;
    }
}

static void make_line(struct line *line, struct prng *prng)
{
    struct span good = span_of(good_lines[prng_between(prng, 0, GOOD_LINES - 1)]);
    line->len = good.len;
    memcpy(line->bytes, good.ptr, good.len);
    for (uint64_t i = prng_between(prng, 1, 3); i > 0; i--)
        spoil(line, prng);
}

static bool is_one_line(struct span error)
{
    for (size_t i = 0; i < error.len; i++)
        if (error.ptr[i] < ' ' || error.ptr[i] > '~')
            return false;
    return error.len > 0;
}

/* The copy has no byte to spare, so that reading behind the end is seen. */
static bool read_line(const struct line *line, struct text *error)
{
    struct rule rule;
    uint8_t *exact = malloc(line->len ? line->len : 1);
    assert_non_null(exact);
    memcpy(exact, line->bytes, line->len);
    bool fine = rule_parse(&rule, span_make(exact, line->len), (struct place){ 0 }, error);
    free(exact);
    if (fine) {
        assert_non_null(rule.mutator);
        assert_true(rule_reaches(&rule) != 0);
        assert_true(rule.line.len > 0);
        rule_deinit(&rule);
    }
    return fine;
}

static void test_spoilt_lines_are_read_or_refused(void **state)
{
    struct text error = { 0 };
    struct text again = { 0 };
    unsigned refused = 0;
    (void)state;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct prng prng = prng_at(SEED, round, 0, 0, 0);
        struct line line;
        make_line(&line, &prng);
        text_clear(&error);
        text_clear(&again);
        bool fine = read_line(&line, &error);
        assert_int_equal(fine, error.len == 0);
        assert_true(fine || is_one_line(text_span(&error)));
        assert_int_equal(read_line(&line, &again), fine);
        assert_string_equal(text_string(&error), text_string(&again));
        refused += !fine;
    }
    /* Both happen, or the test would tell little. */
    assert_in_range(refused, ROUNDS / 4, ROUNDS - ROUNDS / 20);
    text_deinit(&error);
    text_deinit(&again);
}

/* What a rule keeps of its line is the same rule again. */
static void test_a_kept_line_reads_as_before(void **state)
{
    (void)state;
    for (uint64_t round = 0; round < ROUNDS / 4; round++) {
        struct prng prng = prng_at(SEED, round, 1, 0, 0);
        struct text error = { 0 };
        struct line line;
        struct rule first;
        struct rule again;
        make_line(&line, &prng);
        if (rule_parse(&first, span_make(line.bytes, line.len), (struct place){ 0 }, &error)) {
            struct span kept = text_span(&first.line);
            assert_true(rule_parse(&again, kept, (struct place){ 0 }, &error));
            assert_true(span_equal(text_span(&again.line), kept));
            assert_int_equal(again.key, first.key);
            assert_ptr_equal(again.mutator, first.mutator);
            rule_deinit(&again);
            rule_deinit(&first);
        }
        text_deinit(&error);
    }
}

/* Profiles are lines too, with comments between them that may be spoilt. */
static void test_spoilt_profiles_are_read_or_refused(void **state)
{
    static const char *const comments[] = { "# title: a", "# variant: b", "# variant:", "#", "\r" };
    (void)state;
    for (uint64_t round = 0; round < ROUNDS / 20; round++) {
        struct prng prng = prng_at(SEED, round, 2, 0, 0);
        struct text profile = { 0 };
        struct text errors = { 0 };
        struct text error = { 0 };
        struct rule_set *set = rule_set_new();
        for (uint64_t lines = prng_between(&prng, 0, 8); lines > 0; lines--) {
            struct line line;
            make_line(&line, &prng);
            text_add(&profile, span_of(comments[prng_between(&prng, 0, 4)]));
            text_add_byte(&profile, '\n');
            text_add(&profile, prng_chance(&prng, 1, 2) ? span_make(line.bytes, line.len)
                                                        : span_of(good_lines[0]));
            text_add_byte(&profile, '\n');
        }
        bool fine = profile_check("x", text_span(&profile), &errors);
        bool added = rule_set_add_profile(set, "x", text_span(&profile), SPAN(""), "x", &error);
        assert_int_equal(fine, errors.len == 0);
        assert_int_equal(added, error.len == 0);
        assert_true(added || is_one_line(text_span(&error)));
        assert_true(added || set->count == 0);
        assert_true(added || !fine);
        rule_set_free(set);
        text_deinit(&profile);
        text_deinit(&errors);
        text_deinit(&error);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_spoilt_lines_are_read_or_refused),
        cmocka_unit_test(test_a_kept_line_reads_as_before),
        cmocka_unit_test(test_spoilt_profiles_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
