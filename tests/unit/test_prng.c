/* test_prng: randomness with an address: the same draw at the same place, whatever came before. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/prng.h"

#define DRAWS 100000

static uint64_t first_at(const uint64_t address[5])
{
    struct prng prng = prng_at(address[0], address[1], address[2], address[3], address[4]);
    return prng_next(&prng);
}

/* Recordings are replayed by later releases: the draws are part of what is promised. */
static void test_draws_never_change(void **state)
{
    (void)state;
    struct prng prng = { 0 };
    assert_true(prng_next(&prng) == UINT64_C(0xe220a8397b1dcdaf));
    assert_true(prng_next(&prng) == UINT64_C(0x6e789e6aa1b965f4));
    assert_true(first_at((const uint64_t[]){ 0, 0, 0, 0, 0 }) == UINT64_C(0x78ae5a9a6b5fd45e));
    assert_true(first_at((const uint64_t[]){ 1, 2, 3, 0, 5 }) == UINT64_C(0x1a641608f5c72e16));
}

static void test_each_part_of_the_address_counts(void **state)
{
    const uint64_t address[5] = { 1, 2, 3, 4, 5 };
    (void)state;
    for (size_t part = 0; part < 5; part++) {
        uint64_t other[5] = { 1, 2, 3, 4, 5 };
        other[part]++;
        assert_true(first_at(address) != first_at(other));
    }
    assert_true(first_at((const uint64_t[]){ 1, 2, 3, 0, 0 }) !=
                first_at((const uint64_t[]){ 1, 3, 2, 0, 0 }));
}

/* Neighbouring addresses are as far apart as any: about half of the bits differ. */
static void test_neighbours_have_nothing_in_common(void **state)
{
    uint64_t differing = 0;
    (void)state;
    for (uint64_t number = 0; number < 1000; number++) {
        uint64_t bits = first_at((const uint64_t[]){ 7, 1, 1, 0, number }) ^
                        first_at((const uint64_t[]){ 7, 1, 1, 0, number + 1 });
        for (; bits; bits &= bits - 1)
            differing++;
    }
    assert_in_range(differing, 31000, 33000);
}

static void test_ranges_hold_both_ends(void **state)
{
    struct prng prng = prng_at(3, 0, 0, 0, 0);
    unsigned seen[5] = { 0 };
    (void)state;
    for (unsigned i = 0; i < DRAWS; i++) {
        uint64_t drawn = prng_between(&prng, 10, 14);
        assert_in_range(drawn, 10, 14);
        seen[drawn - 10]++;
    }
    for (size_t i = 0; i < 5; i++)
        assert_in_range(seen[i], DRAWS / 5 - 1000, DRAWS / 5 + 1000);
}

static void test_ranges_may_be_a_point_or_everything(void **state)
{
    struct prng prng = prng_at(3, 0, 0, 0, 0);
    bool high = false;
    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        assert_int_equal(prng_between(&prng, 9, 9), 9);
        assert_true(prng_between(&prng, UINT64_MAX, UINT64_MAX) == UINT64_MAX);
        assert_true(prng_between(&prng, UINT64_MAX - 1, UINT64_MAX) >= UINT64_MAX - 1);
        high |= prng_between(&prng, 0, UINT64_MAX) > UINT64_MAX / 2;
    }
    assert_true(high);
}

/* Taking the remainder alone would draw the lower half of this range twice as often. */
static void test_ranges_have_no_bias(void **state)
{
    struct prng prng = prng_at(4, 0, 0, 0, 0);
    const uint64_t width = UINT64_MAX / 3 * 2;
    unsigned low = 0;
    (void)state;
    for (unsigned i = 0; i < DRAWS; i++)
        low += prng_between(&prng, 0, width - 1) < width / 2;
    assert_in_range(low, DRAWS / 2 - 1000, DRAWS / 2 + 1000);
}

static void test_a_chance_is_a_ratio(void **state)
{
    struct prng prng = prng_at(5, 0, 0, 0, 0);
    unsigned hits = 0;
    (void)state;
    for (unsigned i = 0; i < DRAWS; i++) {
        hits += prng_chance(&prng, 3, 8);
        assert_false(prng_chance(&prng, 0, 8));
        assert_true(prng_chance(&prng, 8, 8));
        assert_true(prng_chance(&prng, 9, 8));
    }
    assert_in_range(hits, DRAWS / 8 * 3 - 1000, DRAWS / 8 * 3 + 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws_never_change),
        cmocka_unit_test(test_each_part_of_the_address_counts),
        cmocka_unit_test(test_neighbours_have_nothing_in_common),
        cmocka_unit_test(test_ranges_hold_both_ends),
        cmocka_unit_test(test_ranges_may_be_a_point_or_everything),
        cmocka_unit_test(test_ranges_have_no_bias),
        cmocka_unit_test(test_a_chance_is_a_ratio),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
