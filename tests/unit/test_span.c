/* test_span: looking at bytes: equality, cutting, numbers, hashes and globs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "base/span.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static const struct span nothing = { NULL, 0 };

static void expect(struct span span, const char *wanted)
{
    assert_int_equal(span.len, span_of(wanted).len);
    assert_memory_equal(span.ptr ? span.ptr : (const uint8_t *)"", wanted, span.len);
}

static void test_equality(void **state)
{
    (void)state;
    assert_true(span_equal(SPAN("Ab"), SPAN("Ab")));
    assert_false(span_equal(SPAN("Ab"), SPAN("ab")));
    assert_false(span_equal(SPAN("ab"), SPAN("abc")));
    assert_true(span_equal(SPAN("a\0b"), span_make("a\0b", 3)));
    assert_false(span_equal(SPAN("a\0b"), SPAN("a\0c")));
    assert_true(span_equal(nothing, SPAN("")));
    assert_int_equal(span_of(NULL).len, 0);
}

static void test_letters_are_folded_and_nothing_else(void **state)
{
    (void)state;
    assert_true(span_equal_nocase(SPAN("rCpT"), SPAN("RcPt")));
    assert_false(span_equal_nocase(SPAN("RCPT"), SPAN("RCP")));
    assert_false(span_equal_nocase(SPAN("@[`{"), SPAN("`{@[")));
    assert_false(span_equal_nocase(SPAN("\xc4"), SPAN("\xe4")));
    for (unsigned byte = 0; byte < 256; byte++) {
        bool upper = byte >= 'A' && byte <= 'Z';
        assert_int_equal(byte_lower((uint8_t)byte), upper ? byte + 32 : byte);
    }
}

static void test_beginnings_and_ends(void **state)
{
    (void)state;
    assert_true(span_starts(SPAN("250-x"), SPAN("250")));
    assert_true(span_starts(SPAN("250"), SPAN("250")));
    assert_false(span_starts(SPAN("25"), SPAN("250")));
    assert_false(span_starts(SPAN("350"), SPAN("250")));
    assert_true(span_starts(nothing, nothing));
    assert_true(span_starts_nocase(SPAN("Mail From"), SPAN("MAIL")));
    assert_false(span_starts_nocase(SPAN("Mai"), SPAN("MAIL")));
    assert_true(span_ends(SPAN("x\r\n"), SPAN("\r\n")));
    assert_false(span_ends(SPAN("\n"), SPAN("\r\n")));
    assert_false(span_ends(SPAN("\r\nx"), SPAN("\r\n")));
}

static void test_search(void **state)
{
    (void)state;
    assert_int_equal(span_find(SPAN("abcabc"), 'c'), 2);
    assert_int_equal(span_find(SPAN("abc"), 'd'), 3);
    assert_int_equal(span_find(nothing, 'd'), 0);
    assert_int_equal(span_find(SPAN("a\0b"), 0), 1);
    assert_int_equal(span_search(SPAN("aaab"), SPAN("ab")), 2);
    assert_int_equal(span_search(SPAN("aaab"), SPAN("b")), 3);
    assert_int_equal(span_search(SPAN("aaab"), SPAN("ba")), 4);
    assert_int_equal(span_search(SPAN("ab"), SPAN("abc")), 2);
    assert_int_equal(span_search(SPAN("ab"), nothing), 0);
    assert_int_equal(span_search(nothing, nothing), 0);
}

static void test_parts_are_clamped(void **state)
{
    (void)state;
    expect(span_take(SPAN("abc"), 2), "ab");
    expect(span_take(SPAN("abc"), 9), "abc");
    expect(span_drop(SPAN("abc"), 2), "c");
    expect(span_drop(SPAN("abc"), 9), "");
    expect(span_drop_last(SPAN("abc"), 2), "a");
    expect(span_drop_last(SPAN("abc"), 9), "");
    expect(span_take(SPAN("abc"), 0), "");
    expect(span_drop(nothing, 3), "");
}

static void test_cut(void **state)
{
    (void)state;
    struct cut cut = span_cut(SPAN("a:b:c"), ':');
    assert_true(cut.found);
    expect(cut.before, "a");
    expect(cut.after, "b:c");
    cut = span_cut(SPAN("ab:"), ':');
    assert_true(cut.found);
    expect(cut.before, "ab");
    expect(cut.after, "");
    cut = span_cut(SPAN("abc"), ':');
    assert_false(cut.found);
    expect(cut.before, "abc");
    expect(cut.after, "");
}

static void test_blanks_and_line_ends(void **state)
{
    (void)state;
    expect(span_trim(SPAN(" \t a \t b\t ")), "a \t b");
    expect(span_trim(SPAN("\r\n")), "\r\n");
    expect(span_trim(SPAN(" \t")), "");
    expect(span_chomp(SPAN("a\r\n")), "a");
    expect(span_chomp(SPAN("a\n")), "a");
    expect(span_chomp(SPAN("a\r")), "a\r");
    expect(span_chomp(SPAN("a\r\n\r\n")), "a\r\n");
    expect(span_chomp(SPAN("a\r\r\n")), "a\r");
    expect(span_chomp(nothing), "");
    expect(span_line_end(SPAN("a\r\n")), "\r\n");
    expect(span_line_end(SPAN("a\n")), "\n");
    expect(span_line_end(SPAN("\n")), "\n");
    expect(span_line_end(SPAN("a\r")), "");
}

static void test_numbers(void **state)
{
    static const char *const bad[] = { "",
                                       "-1",
                                       "+1",
                                       " 1",
                                       "1 ",
                                       "0x1",
                                       "1a",
                                       "18446744073709551616",
                                       "99999999999999999999",
                                       "184467440737095516150" };
    (void)state;
    uint64_t number = 7;
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(span_number(span_of(bad[i]), &number));
    assert_int_equal(number, 7);
    assert_true(span_number(SPAN("0"), &number));
    assert_int_equal(number, 0);
    assert_true(span_number(SPAN("007"), &number));
    assert_int_equal(number, 7);
    assert_true(span_number(SPAN("18446744073709551615"), &number));
    assert_true(number == UINT64_MAX);
}

/* -- hashes --------------------------------------------------------------------------------- */

static uint64_t hash_two(struct span a, struct span b)
{
    return span_hash(b, span_hash(a, SPAN_HASH_BEGIN));
}

/* Memories and draws are addressed by hashes: they must be the same in every run and release. */
static void test_hashes_never_change(void **state)
{
    (void)state;
    assert_true(span_hash(SPAN(""), SPAN_HASH_BEGIN) == UINT64_C(0xaf63bd4c8601b7df));
    assert_true(span_hash(SPAN("a"), SPAN_HASH_BEGIN) == UINT64_C(0x089be307b544f397));
    assert_true(span_hash(SPAN("a@b.test"), SPAN_HASH_BEGIN) == UINT64_C(0x67bd6a35fc1bf028));
}

static void test_hashes_tell_apart(void **state)
{
    (void)state;
    assert_true(hash_two(SPAN("ab"), SPAN("c")) != hash_two(SPAN("a"), SPAN("bc")));
    assert_true(hash_two(SPAN("ab"), SPAN("")) != hash_two(SPAN(""), SPAN("ab")));
    assert_true(hash_two(SPAN("a"), SPAN("b")) != hash_two(SPAN("b"), SPAN("a")));
    assert_true(span_hash(SPAN("A"), SPAN_HASH_BEGIN) != span_hash(SPAN("a"), SPAN_HASH_BEGIN));
    assert_true(span_hash_nocase(SPAN("Ab@X"), 1) == span_hash_nocase(SPAN("aB@x"), 1));
    assert_true(span_hash_nocase(SPAN("ab@x"), 1) == span_hash(SPAN("ab@x"), 1));
    assert_true(span_hash_nocase(SPAN("ab@x"), 1) != span_hash_nocase(SPAN("ab@y"), 1));
}

/* -- globs ---------------------------------------------------------------------------------- */

/* Every byte at every place of a text whose other bytes are plain, however it is cut in eights. */
static void test_plain_bytes_are_counted(void **state)
{
    uint8_t bytes[27];
    (void)state;
    for (size_t at = 0; at < sizeof bytes; at++) {
        for (unsigned byte = 0; byte < 256; byte++) {
            memset(bytes, 'a', sizeof bytes);
            bytes[at] = (uint8_t)byte;
            bool plain = byte >= 0x20 && byte < 0x7f && byte != '"' && byte != '\\';
            for (size_t len = at + 1; len <= sizeof bytes; len++)
                assert_int_equal(span_plain(span_make(bytes, len)), plain ? len : at);
        }
    }
    assert_int_equal(span_plain(SPAN("")), 0);
}

static void test_globs(void **state)
{
    static const struct {
        const char *text;
        const char *glob;
        bool matches;
    } cases[] = {
        { "a@b.test", "a@b.test", true },
        { "A@B.Test", "a@b.tEST", true },
        { "a@b.test", "*", true },
        { "", "*", true },
        { "", "", true },
        { "", "?", false },
        { "a", "", false },
        { "a@b.test", "*@b.test", true },
        { "a@c.test", "*@b.test", false },
        { "a@b.test", "a@*", true },
        { "ab", "a?", true },
        { "a", "a?", false },
        { "abc", "a?", false },
        { "aXbXc", "a*b*c", true },
        { "ac", "a*b*c", false },
        { "aabab", "*ab", true },
        { "aababx", "*ab", false },
        { "a*b", "a*b", true },
        { "a[b]", "a[b]", true },
        { "ab", "a[b]", false },
        { "a\\b", "a\\b", true },
        { "abcd", "**cd**", true },
        { "mississippi", "m*issi*pi", true },
        { "mississippi", "m*issi*sip", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (span_matches_glob(span_of(cases[i].text), span_of(cases[i].glob)) != cases[i].matches)
            fail_msg("%s against %s", cases[i].text, cases[i].glob);
}

#define WORD 8

/* The plain definition: which ends of the text each end of the glob matches, from the shortest. */
static bool matches_slowly(struct span text, struct span glob)
{
    bool ends[WORD + 1][WORD + 1] = { { false } };
    for (size_t g = glob.len + 1; g-- > 0;)
        for (size_t t = text.len + 1; t-- > 0;) {
            bool one =
                t < text.len && g < glob.len && (glob.ptr[g] == '?' || glob.ptr[g] == text.ptr[t]);
            bool star = g < glob.len && glob.ptr[g] == '*';
            ends[g][t] = (g == glob.len && t == text.len) || (one && ends[g + 1][t + 1]) ||
                         (star && (ends[g + 1][t] || (t < text.len && ends[g][t + 1])));
        }
    return ends[0][0];
}

static struct span random_word(struct prng *prng, const char *letters, uint8_t room[WORD])
{
    size_t len = prng_between(prng, 0, WORD);
    for (size_t i = 0; i < len; i++)
        room[i] = (uint8_t)letters[prng_between(prng, 0, span_of(letters).len - 1)];
    return span_make(room, len);
}

static void test_globs_mean_what_they_say(void **state)
{
    struct prng prng = prng_at(1, 0, 0, 0, 0);
    unsigned matched = 0;
    (void)state;
    for (unsigned i = 0; i < 50000; i++) {
        uint8_t rooms[2][WORD];
        struct span text = random_word(&prng, "ab", rooms[0]);
        struct span glob = random_word(&prng, "ab?*", rooms[1]);
        bool wanted = matches_slowly(text, glob);
        assert_int_equal(span_matches_glob(text, glob), wanted);
        matched += wanted;
    }
    assert_in_range(matched, 1000, 49000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_equality),
        cmocka_unit_test(test_letters_are_folded_and_nothing_else),
        cmocka_unit_test(test_beginnings_and_ends),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_parts_are_clamped),
        cmocka_unit_test(test_cut),
        cmocka_unit_test(test_blanks_and_line_ends),
        cmocka_unit_test(test_numbers),
        cmocka_unit_test(test_hashes_never_change),
        cmocka_unit_test(test_hashes_tell_apart),
        cmocka_unit_test(test_plain_bytes_are_counted),
        cmocka_unit_test(test_globs),
        cmocka_unit_test(test_globs_mean_what_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
