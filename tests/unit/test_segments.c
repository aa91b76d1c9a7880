/* test_segments: where TCP cut the bytes of one direction: what is kept of it, and for how long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/limits.h"
#include "smtp/cuts.h"

static int at_ten_and_twenty(void **state)
{
    static struct cuts cuts;
    cuts = (struct cuts){ 0 };
    cuts_add(&cuts, 10);
    cuts_add(&cuts, 20);
    *state = &cuts;
    return 0;
}

static int forget(void **state)
{
    cuts_deinit(*state);
    return 0;
}

static void test_what_lies_within(void **state)
{
    static const struct {
        uint64_t begin;
        uint64_t end;
        bool cut;
    } cases[] = {
        { 0, 10, false },  { 0, 11, true },  { 9, 11, true },   { 10, 20, false }, { 10, 21, true },
        { 11, 20, false }, { 19, 21, true }, { 20, 99, false }, { 10, 10, false }, { 5, 99, true },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(cuts_within(*state, cases[i].begin, cases[i].end), cases[i].cut);
}

static void test_where_a_segment_begins(void **state)
{
    assert_true(cuts_begin_at(*state, 0));
    assert_true(cuts_begin_at(*state, 10));
    assert_true(cuts_begin_at(*state, 20));
    assert_false(cuts_begin_at(*state, 9));
    assert_false(cuts_begin_at(*state, 11));
    assert_false(cuts_begin_at(*state, 21));
}

static void test_the_first_part(void **state)
{
    struct span bytes = SPAN("0123456789");
    assert_int_equal(cuts_first_part(*state, 5, bytes).len, 5);
    assert_int_equal(cuts_first_part(*state, 10, bytes).len, 10);
    assert_int_equal(cuts_first_part(*state, 11, bytes).len, 9);
    assert_int_equal(cuts_first_part(*state, 20, bytes).len, 10);
}

static void test_what_is_behind_us_is_forgotten(void **state)
{
    struct cuts *cuts = *state;
    cuts_forget(cuts, 11);
    assert_false(cuts_begin_at(cuts, 10));
    assert_true(cuts_begin_at(cuts, 20));
    cuts_forget(cuts, 99);
    assert_int_equal(cuts->count, 0);
}

static void test_a_trickle_is_bounded(void **state)
{
    struct cuts *cuts = *state;
    for (uint64_t at = 21; at < 21 + 2 * CUTS_KEPT_MAX; at++)
        cuts_add(cuts, at);
    assert_int_equal(cuts->count, CUTS_KEPT_MAX);
    assert_true(cuts_begin_at(cuts, 10));
    cuts_add(cuts, 5);
    assert_false(cuts_begin_at(cuts, 5));
}

#define test(function) cmocka_unit_test_setup_teardown(function, at_ten_and_twenty, forget)

int main(void)
{
    const struct CMUnitTest tests[] = {
        test(test_what_lies_within),     test(test_where_a_segment_begins),
        test(test_the_first_part),       test(test_what_is_behind_us_is_forgotten),
        test(test_a_trickle_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
