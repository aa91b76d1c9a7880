/* test_recall: the memory that outlives a session: what it counts, what it forgets and when, and
 * many threads at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <pthread.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/recall.h"

static void expect_touch(struct recall *recall, uint64_t key, instant now, uint64_t count,
                         instant first, instant last)
{
    struct recollection what = recall_touch(recall, key, now);
    assert_int_equal(what.count, count);
    assert_int_equal(what.first, first);
    assert_int_equal(what.last, last);
}

static void test_uses_are_counted_with_their_times(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    expect_touch(recall, 1, 100, 1, 100, 100);
    expect_touch(recall, 1, 150, 2, 100, 100);
    expect_touch(recall, 1, 170, 3, 100, 150);
    expect_touch(recall, 2, 180, 1, 180, 180);
    expect_touch(recall, 1, 190, 4, 100, 170);
    recall_free(recall);
}

static void test_a_forgotten_key_begins_anew(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    recall_forget(recall, 1);
    recall_touch(recall, 1, 100);
    recall_touch(recall, 2, 100);
    recall_forget(recall, 1);
    recall_forget(recall, 1);
    expect_touch(recall, 1, 200, 1, 200, 200);
    expect_touch(recall, 2, 200, 2, 100, 100);
    assert_int_equal(recall_evictions(recall), 0);
    recall_free(recall);
}

/* Touching 1 again makes 2 the one that has waited longest. */
static void test_what_was_not_touched_longest_makes_room(void **state)
{
    struct recall *recall = recall_new(3);
    (void)state;
    for (uint64_t key = 1; key <= 3; key++)
        recall_touch(recall, key, key);
    recall_touch(recall, 1, 4);
    assert_int_equal(recall_evictions(recall), 0);
    recall_touch(recall, 4, 5);
    assert_int_equal(recall_evictions(recall), 1);
    expect_touch(recall, 1, 6, 3, 1, 4);
    expect_touch(recall, 3, 7, 2, 3, 3);
    expect_touch(recall, 2, 8, 1, 8, 8);
    assert_int_equal(recall_evictions(recall), 2);
    expect_touch(recall, 4, 9, 1, 9, 9);
    recall_free(recall);
}

static void test_forgetting_makes_room_too(void **state)
{
    struct recall *recall = recall_new(2);
    (void)state;
    recall_touch(recall, 1, 1);
    recall_touch(recall, 2, 2);
    recall_forget(recall, 1);
    recall_touch(recall, 3, 3);
    assert_int_equal(recall_evictions(recall), 0);
    expect_touch(recall, 2, 4, 2, 2, 2);
    recall_forget(recall, 3);
    recall_forget(recall, 2);
    expect_touch(recall, 2, 5, 1, 5, 5);
    recall_free(recall);
}

static void test_a_memory_of_one(void **state)
{
    struct recall *recall = recall_new(1);
    (void)state;
    for (uint64_t key = 0; key < 100; key++)
        expect_touch(recall, key, key, 1, key, key);
    expect_touch(recall, 99, 100, 2, 99, 99);
    assert_int_equal(recall_evictions(recall), 99);
    recall_free(recall);
}

/* Keys that share a bucket, whatever the number of buckets below 2^20 that is a power of two. */
static void test_keys_that_collide_are_kept_apart(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    for (uint64_t i = 0; i < 64; i++)
        recall_touch(recall, i << 20, i);
    for (uint64_t i = 0; i < 64; i += 3)
        recall_forget(recall, i << 20);
    for (uint64_t i = 0; i < 64; i++)
        assert_int_equal(recall_touch(recall, i << 20, 100).count, i % 3 ? 2 : 1);
    recall_free(recall);
}

static void test_the_default_bound(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    for (uint64_t key = 0; key < RECALL_ENTRIES_MAX; key++)
        recall_touch(recall, key * 7919, key);
    assert_int_equal(recall_evictions(recall), 0);
    recall_touch(recall, 1, 1);
    assert_int_equal(recall_evictions(recall), 1);
    recall_free(recall);
}

static void test_a_while_begins_anew(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    assert_int_equal(recall_touch_within(recall, 1, 100, 10).count, 1);
    assert_int_equal(recall_touch_within(recall, 1, 109, 10).count, 2);
    struct recollection what = recall_touch_within(recall, 1, 110, 10);
    assert_int_equal(what.count, 1);
    assert_int_equal(what.first, 110);
    assert_int_equal(what.last, 110);
    recall_free(recall);
}

static void test_lists_end_by_themselves(void **state)
{
    struct recall *recall = recall_new(0);
    (void)state;
    assert_false(recall_is_listed(recall, 1, 100));
    recall_list(recall, 1, 100, 200);
    assert_true(recall_is_listed(recall, 1, 199));
    assert_false(recall_is_listed(recall, 1, 200));
    recall_list(recall, 1, 150, NEVER);
    assert_true(recall_is_listed(recall, 1, 1000000));
    recall_list(recall, 1, 150, 150);
    assert_false(recall_is_listed(recall, 1, 150));
    assert_int_equal(recall_touch(recall, 1, 160).count, 1);
    recall_free(recall);
}

static void test_a_load_falls_with_time(void **state)
{
    struct recall *recall = recall_new(0);
    const struct load load = { .high = 2, .low = 0, .drain = 10 };
    (void)state;
    assert_false(recall_is_loaded(recall, 1, 100, &load));
    assert_false(recall_is_loaded(recall, 1, 105, &load));
    assert_true(recall_is_loaded(recall, 1, 106, &load));
    assert_true(recall_is_loaded(recall, 1, 119, &load));
    assert_false(recall_is_loaded(recall, 1, 120, &load));
    assert_false(recall_is_loaded(recall, 2, 119, &load));
    recall_free(recall);
}

/* Keys with users outlast others, and go with their last user. */
static void test_users_are_kept(void **state)
{
    struct recall *recall = recall_new(2);
    (void)state;
    assert_int_equal(recall_enter(recall, 1, 1), 1);
    assert_int_equal(recall_enter(recall, 1, 2), 2);
    for (uint64_t key = 2; key < 10; key++)
        recall_touch(recall, key, key);
    assert_int_equal(recall_users(recall, 1), 2);
    recall_leave(recall, 1);
    recall_leave(recall, 1);
    recall_leave(recall, 1);
    assert_int_equal(recall_users(recall, 1), 0);
    assert_int_equal(recall_users(recall, 7), 0);
    for (uint64_t key = 20; key < 200; key++)
        recall_enter(recall, key, key);
    assert_true(recall_evictions(recall) > 100);
    recall_free(recall);
}

static void test_free_of_nothing(void **state)
{
    (void)state;
    recall_free(NULL);
}

/* -- threads -------------------------------------------------------------------------------- */

#define THREADS 4
#define ROUNDS 50000
#define SHARED 8

struct crowd {
    struct recall *recall;
    pthread_barrier_t together;
};

/* All touch the same keys; each also drives others through the memory. */
static void *touch_much(void *given)
{
    struct crowd *crowd = given;
    pthread_barrier_wait(&crowd->together);
    for (uint64_t i = 0; i < ROUNDS; i++) {
        recall_touch(crowd->recall, i % SHARED, i);
        recall_touch(crowd->recall, 1000 + i % 16, i);
        recall_forget(crowd->recall, 1000 + i % 16);
    }
    return NULL;
}

static void test_threads_share_it(void **state)
{
    struct crowd crowd = { .recall = recall_new(0) };
    pthread_t threads[THREADS];
    (void)state;
    assert_int_equal(pthread_barrier_init(&crowd.together, NULL, THREADS), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, touch_much, &crowd), 0);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    for (uint64_t key = 0; key < SHARED; key++)
        expect_touch(crowd.recall, key, ROUNDS, (uint64_t)THREADS * ROUNDS / SHARED + 1, key,
                     ROUNDS - SHARED + key);
    for (uint64_t key = 1000; key < 1016; key++)
        expect_touch(crowd.recall, key, 7, 1, 7, 7);
    pthread_barrier_destroy(&crowd.together);
    recall_free(crowd.recall);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_uses_are_counted_with_their_times),
        cmocka_unit_test(test_a_forgotten_key_begins_anew),
        cmocka_unit_test(test_what_was_not_touched_longest_makes_room),
        cmocka_unit_test(test_forgetting_makes_room_too),
        cmocka_unit_test(test_a_memory_of_one),
        cmocka_unit_test(test_keys_that_collide_are_kept_apart),
        cmocka_unit_test(test_the_default_bound),
        cmocka_unit_test(test_a_while_begins_anew),
        cmocka_unit_test(test_lists_end_by_themselves),
        cmocka_unit_test(test_a_load_falls_with_time),
        cmocka_unit_test(test_users_are_kept),
        cmocka_unit_test(test_free_of_nothing),
        cmocka_unit_test(test_threads_share_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
