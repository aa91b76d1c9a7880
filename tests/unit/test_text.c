/* test_text: bytes being built: growth, bounds, and the escapes that people read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/pen.h"
#include "base/text.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void test_a_zeroed_text_is_empty(void **state)
{
    struct text text = { 0 };
    (void)state;
    assert_int_equal(text_span(&text).len, 0);
    assert_string_equal(text_string(&text), "");
    text_add(&text, SPAN(""));
    assert_int_equal(text.len, 0);
    text_deinit(&text);
}

static void test_it_grows(void **state)
{
    struct text text = { 0 };
    (void)state;
    for (unsigned i = 0; i < 3000; i++)
        text_addf(&text, "%03u%c", i % 1000, '|');
    assert_int_equal(text.len, 12000);
    assert_false(text.cut);
    assert_memory_equal(text.ptr, "000|001|002|", 12);
    assert_memory_equal(text.ptr + 11988, "997|998|999|", 12);
    assert_int_equal(strlen(text_string(&text)), 12000);
    text_deinit(&text);
}

static void test_nul_is_a_byte_like_any_other(void **state)
{
    struct text text = { 0 };
    (void)state;
    text_add(&text, SPAN("a\0b"));
    text_add_byte(&text, 0);
    assert_true(span_equal(text_span(&text), SPAN("a\0b\0")));
    text_deinit(&text);
}

/* -- bounds --------------------------------------------------------------------------------- */

static void test_what_does_not_fit_is_cut(void **state)
{
    struct text text = { .max = 5 };
    (void)state;
    text_add(&text, SPAN("abcde"));
    assert_false(text.cut);
    text_add(&text, SPAN(""));
    assert_false(text.cut);
    text_add_byte(&text, 'f');
    assert_true(text.cut);
    assert_string_equal(text_string(&text), "abcde");
    text_clear(&text);
    assert_false(text.cut);
    text_add(&text, SPAN("ghijklm"));
    assert_true(text.cut);
    assert_string_equal(text_string(&text), "ghijk");
    text_deinit(&text);
    assert_int_equal(text.max, 5);
}

static void test_a_format_is_cut_too(void **state)
{
    struct text text = { .max = 6 };
    (void)state;
    text_addf(&text, "%s", "abcd");
    assert_false(text.cut);
    text_addf(&text, "%d", 12345);
    assert_true(text.cut);
    assert_string_equal(text_string(&text), "abcd12");
    text_addf(&text, "%d", 1);
    assert_string_equal(text_string(&text), "abcd12");
    text_deinit(&text);
}

static void test_a_bound_of_none_is_the_default(void **state)
{
    struct text text = { 0 };
    static const uint8_t block[65536];
    (void)state;
    for (size_t i = 0; i < TEXT_MAX / sizeof block; i++)
        text_add(&text, span_make(block, sizeof block));
    assert_false(text.cut);
    text_add_byte(&text, 0);
    assert_true(text.cut);
    assert_int_equal(text.len, TEXT_MAX);
    text_deinit(&text);
}

static void test_clear_keeps_the_memory(void **state)
{
    struct text text = { 0 };
    (void)state;
    text_add(&text, SPAN("some words that take room"));
    size_t capacity = text.capacity;
    text_clear(&text);
    assert_int_equal(text.len, 0);
    assert_int_equal(text.capacity, capacity);
    text_deinit(&text);
    assert_int_equal(text.capacity, 0);
}

/* -- escapes -------------------------------------------------------------------------------- */

static void test_room_is_all_or_nothing(void **state)
{
    struct text text = { .max = 7 };
    (void)state;
    text_add(&text, SPAN("ab"));
    uint8_t *at = text_room(&text, 5);
    assert_non_null(at);
    text_end_room(&text, pen_span(at, SPAN("cde")));
    assert_true(span_equal(text_span(&text), SPAN("abcde")));
    assert_false(text.cut);
    assert_null(text_room(&text, 3));
    assert_true(text.cut);
    assert_true(span_equal(text_span(&text), SPAN("abcde")));
    text_deinit(&text);
}

static void test_escaped(void **state)
{
    const struct {
        struct span bytes;
        const char *shown;
    } cases[] = {
        { SPAN("250 ok\r\n"), "250 ok\\r\\n" },
        { SPAN("\t\0\\\""), "\\t\\0\\\\\\\"" },
        { SPAN("\x01\x1f\x7f\x80\xff"), "\\x01\\x1f\\x7f\\x80\\xff" },
        { SPAN("\xc3\xa4"), "\\xc3\\xa4" },
        { SPAN(" ~'#"), " ~'#" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text = { 0 };
        text_add_escaped(&text, cases[i].bytes);
        assert_string_equal(text_string(&text), cases[i].shown);
        text_deinit(&text);
    }
}

/* Each pair of bytes: an escape must not swallow what stands behind it. */
static void test_escapes_round_trip(void **state)
{
    struct text all = { 0 };
    struct text shown = { 0 };
    struct text back = { 0 };
    size_t bad = 0;
    (void)state;
    for (unsigned pair = 0; pair < 65536; pair++) {
        text_add_byte(&all, (uint8_t)(pair >> 8));
        text_add_byte(&all, (uint8_t)pair);
    }
    text_add_escaped(&shown, text_span(&all));
    for (size_t i = 0; i < shown.len; i++)
        assert_in_range(shown.ptr[i], ' ', '~');
    assert_true(text_add_unescaped(&back, text_span(&shown), &bad));
    assert_true(span_equal(text_span(&back), text_span(&all)));
    text_deinit(&all);
    text_deinit(&shown);
    text_deinit(&back);
}

static void test_both_cases_of_hex_are_read(void **state)
{
    struct text text = { 0 };
    size_t bad = 0;
    (void)state;
    assert_true(text_add_unescaped(&text, SPAN("\\xAf\\xfA\\x00z"), &bad));
    assert_true(span_equal(text_span(&text), SPAN("\xaf\xfa\0z")));
    text_deinit(&text);
}

static void test_bad_escapes_are_placed(void **state)
{
    const struct {
        struct span shown;
        size_t bad;
    } cases[] = {
        { SPAN("ab\\"), 2 },   { SPAN("\\q"), 0 },        { SPAN("\\\\\\q"), 2 },
        { SPAN("a\\x"), 1 },   { SPAN("a\\x1"), 1 },      { SPAN("a\\xg0"), 1 },
        { SPAN("a\\x0g"), 1 }, { SPAN("\\x41\\X41"), 4 }, { SPAN("\\r\\n\\\0"), 4 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct text text = { 0 };
        size_t bad = 99;
        assert_false(text_add_unescaped(&text, cases[i].shown, &bad));
        assert_int_equal(bad, cases[i].bad);
        text_deinit(&text);
    }
}

static void test_quoted_words_are_short(void **state)
{
    struct text text = { 0 };
    struct text word = { 0 };
    (void)state;
    text_add_quoted(&text, SPAN("say \"x\"\n"));
    assert_string_equal(text_string(&text), "\"say \\\"x\\\"\\n\"");
    for (unsigned i = 0; i < TEXT_QUOTED_MAX; i++)
        text_add_byte(&word, 'a');
    text_clear(&text);
    text_add_quoted(&text, text_span(&word));
    assert_int_equal(text.len, TEXT_QUOTED_MAX + 2);
    text_add_byte(&word, 'a');
    text_clear(&text);
    text_add_quoted(&text, text_span(&word));
    assert_int_equal(text.len, TEXT_QUOTED_MAX + 5);
    assert_true(span_ends(text_span(&text), SPAN("a...\"")));
    text_deinit(&text);
    text_deinit(&word);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_zeroed_text_is_empty),
        cmocka_unit_test(test_it_grows),
        cmocka_unit_test(test_nul_is_a_byte_like_any_other),
        cmocka_unit_test(test_what_does_not_fit_is_cut),
        cmocka_unit_test(test_a_format_is_cut_too),
        cmocka_unit_test(test_a_bound_of_none_is_the_default),
        cmocka_unit_test(test_clear_keeps_the_memory),
        cmocka_unit_test(test_room_is_all_or_nothing),
        cmocka_unit_test(test_escaped),
        cmocka_unit_test(test_escapes_round_trip),
        cmocka_unit_test(test_both_cases_of_hex_are_read),
        cmocka_unit_test(test_bad_escapes_are_placed),
        cmocka_unit_test(test_quoted_words_are_short),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
