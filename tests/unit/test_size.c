/* test_size: amounts of bytes, read and written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/size.h"

static void test_sizes_are_read(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } cases[] = {
        { "0", 0 },
        { "17", 17 },
        { "5B", 5 },
        { "2KB", 2000 },
        { "2kb", 2000 },
        { "2KiB", 2048 },
        { "1MB", 1000000 },
        { "1MiB", 1048576 },
        { "3GB", UINT64_C(3000000000) },
        { "1GiB", 1 << 30 },
        { "18446744073709551615", UINT64_MAX },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bytes = 1;
        assert_true(size_parse(span_of(cases[i].text), &bytes));
        assert_int_equal(bytes, cases[i].bytes);
    }
}

static void test_what_is_no_size_is_refused(void **state)
{
    static const char *const cases[] = { "",
                                         "KB",
                                         "-1",
                                         "1.5MB",
                                         "1 KB",
                                         "1K",
                                         "1TB",
                                         "KB1",
                                         "1KBs",
                                         "18446744073709551616",
                                         "18446744073709552KB" };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t bytes = 7;
        assert_false(size_parse(span_of(cases[i]), &bytes));
        assert_int_equal(bytes, 7);
    }
}

static void test_sizes_are_written_in_one_unit(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        { 0, "0B" },         { 1, "1B" },         { 1500, "1500B" },
        { 2000, "2KB" },     { 2048, "2KiB" },    { 5000000, "5MB" },
        { 1 << 20, "1MiB" }, { 1 << 30, "1GiB" }, { UINT64_MAX, "18446744073709551615B" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[SIZE_TEXT_SIZE];
        uint64_t back = 0;
        size_format(cases[i].bytes, text);
        assert_string_equal(text, cases[i].text);
        assert_true(size_parse(span_of(text), &back));
        assert_int_equal(back, cases[i].bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_read),
        cmocka_unit_test(test_what_is_no_size_is_refused),
        cmocka_unit_test(test_sizes_are_written_in_one_unit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
