/* test_pen: what a pen writes, how far it goes on, and that it touches no byte behind its room. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/pen.h"

static void check_number(uint64_t number)
{
    char wanted[PEN_NUMBER_MAX + 1];
    int len = snprintf(wanted, sizeof wanted, "%llu", (unsigned long long)number);
    uint8_t *room = malloc((size_t)len);
    assert_non_null(room);
    assert_ptr_equal(pen_number(room, number), room + len);
    assert_memory_equal(room, wanted, (size_t)len);
    free(room);
}

static void test_numbers_of_every_length(void **state)
{
    (void)state;
    uint64_t power = 1;
    for (int digits = 1; digits <= PEN_NUMBER_MAX; digits++, power *= 10) {
        check_number(power - 1);
        check_number(power);
        check_number(power + 1);
        check_number(power / 2 * 3);
    }
    for (uint64_t number = 0; number < 12000; number++)
        check_number(number);
    check_number(UINT64_MAX);
}

static void test_digits_are_the_last_ones(void **state)
{
    uint8_t room[6];
    (void)state;
    assert_ptr_equal(pen_digits(room, 12345, 6), room + 6);
    assert_memory_equal(room, "012345", 6);
    assert_ptr_equal(pen_digits(room, 12345, 3), room + 3);
    assert_memory_equal(room, "345345", 6);
    assert_ptr_equal(pen_digits(room, 7, 0), room);
}

/* Every byte at every place of texts of all lengths, whose other bytes are plain. */
static void test_plain_bytes_are_written(void **state)
{
    (void)state;
    for (size_t len = 0; len < 20; len++) {
        uint8_t *bytes = malloc(len + 1);
        uint8_t *room = malloc(len + 1);
        memset(bytes, 'x', len);
        for (size_t at = 0; at < len; at++) {
            for (unsigned byte = 0; byte < 256; byte++) {
                bytes[at] = (uint8_t)byte;
                struct span rest = span_make(bytes, len);
                size_t plain = span_plain(rest);
                assert_ptr_equal(pen_plain(room, &rest), room + plain);
                assert_memory_equal(room, bytes, plain);
                assert_ptr_equal(rest.ptr, bytes + plain);
                assert_int_equal(rest.len, len - plain);
            }
            bytes[at] = 'x';
        }
        free(bytes);
        free(room);
    }
}

static void test_words_and_spans(void **state)
{
    static const struct pen_word word = PEN_WORD(",\"verb\":\"X-ANONYMOUSTLS\"");
    uint8_t room[PEN_WORD_SIZE];
    (void)state;
    assert_ptr_equal(pen_word(room, &word), room + 24);
    assert_memory_equal(room, ",\"verb\":\"X-ANONYMOUSTLS\"", 24);
    assert_ptr_equal(pen_span(room, (struct span){ 0 }), room);
    assert_ptr_equal(pen_span(room, SPAN("abc")), room + 3);
    assert_memory_equal(room, "abcerb", 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_of_every_length),
        cmocka_unit_test(test_digits_are_the_last_ones),
        cmocka_unit_test(test_plain_bytes_are_written),
        cmocka_unit_test(test_words_and_spans),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
