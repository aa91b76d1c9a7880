/* test_chain: bytes being kept: each operation alone, what it costs in chunks, and thousands of
 * random operations on chains that share a pool, held against flat copies. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/chain.h"
#include "base/limits.h"
#include "base/poison.h"
#include "base/prng.h"

/* -- the pool ------------------------------------------------------------------------------- */

static void test_a_pool_says_when_it_is_empty(void **state)
{
    struct pool pool = { .in_use_max = 2 };
    struct chain chain;
    size_t room;
    (void)state;
    chain_init(&chain, &pool);
    assert_false(pool_is_empty(&pool));
    for (unsigned i = 0; i < 3; i++) {
        chain_reserve(&chain, &room);
        chain_commit(&chain, room);
        assert_int_equal(pool_is_empty(&pool), i >= 1);
    }
    chain_drop(&chain, 2 * room);
    assert_false(pool_is_empty(&pool));
    chain_deinit(&chain);
    assert_int_equal(pool.in_use, 0);
    pool_deinit(&pool);
}

static void test_a_pool_keeps_some_chunks(void **state)
{
    struct pool pool = { 0 };
    struct chain chain;
    size_t room;
    (void)state;
    chain_init(&chain, &pool);
    for (unsigned i = 0; i < POOL_SPARE_MAX + 20; i++) {
        chain_reserve(&chain, &room);
        chain_commit(&chain, room);
    }
    chain_deinit(&chain);
    assert_int_equal(pool.spare_count, POOL_SPARE_MAX);
    chain_append(&chain, SPAN("x"));
    assert_int_equal(pool.spare_count, POOL_SPARE_MAX - 1);
    chain_deinit(&chain);
    pool_deinit(&pool);
    assert_int_equal(pool.spare_count, 0);
}

/* Views end with their bytes: sanitizers see who looks through one later. */
static void test_bytes_that_are_gone_are_out_of_bounds(void **state)
{
#ifdef SMTPCHAOS_POISONS
    struct pool pool = { 0 };
    struct chain chain;
    (void)state;
    chain_init(&chain, &pool);
    chain_append(&chain, SPAN("0123456789abcdef0123456789abcdef"));
    const uint8_t *first = chain_head(&chain).ptr;
    chain_drop(&chain, 20);
    assert_true(__asan_address_is_poisoned(first));
    assert_false(__asan_address_is_poisoned(first + 24));
    chain_deinit(&chain);
    assert_true(__asan_address_is_poisoned(first + 24));
    chain_append(&chain, SPAN("x"));
    assert_false(__asan_address_is_poisoned(first));
    chain_deinit(&chain);
    pool_deinit(&pool);
#else
    (void)state;
    skip();
#endif
}

/* -- one operation -------------------------------------------------------------------------- */

struct pair {
    struct pool pool;
    struct chain a;
    struct chain b;
};

static void pair_init(struct pair *pair)
{
    *pair = (struct pair){ 0 };
    chain_init(&pair->a, &pair->pool);
    chain_init(&pair->b, &pair->pool);
}

static void pair_deinit(struct pair *pair)
{
    chain_deinit(&pair->a);
    chain_deinit(&pair->b);
    assert_int_equal(pair->pool.in_use, 0);
    pool_deinit(&pair->pool);
}

static void test_a_place_taken_for_nothing_goes_back(void **state)
{
    struct pair pair;
    struct span nothing;
    size_t room;
    (void)state;
    pair_init(&pair);
    assert_non_null(chain_reserve(&pair.a, &room));
    assert_int_equal(room, CHUNK_SIZE);
    assert_int_equal(chain_spans(&pair.a, &nothing, 1), 0);
    chain_commit(&pair.a, 0);
    assert_int_equal(pair.pool.in_use, 0);
    chain_append(&pair.a, SPAN("abc"));
    uint8_t *place = chain_reserve(&pair.a, &room);
    assert_ptr_equal(place, chain_head(&pair.a).ptr + 3);
    chain_commit(&pair.a, 0);
    assert_int_equal(pair.a.len, 3);
    pair_deinit(&pair);
}

static void test_a_full_chunk_goes_back_unused(void **state)
{
    struct pair pair;
    size_t room;
    (void)state;
    pair_init(&pair);
    for (unsigned i = 0; i < 2; i++) {
        chain_reserve(&pair.a, &room);
        chain_commit(&pair.a, room);
    }
    chain_reserve(&pair.a, &room);
    assert_int_equal(pair.pool.in_use, 3);
    chain_commit(&pair.a, 0);
    assert_int_equal(pair.pool.in_use, 2);
    assert_int_equal(pair.a.len, 2 * CHUNK_SIZE);
    pair_deinit(&pair);
}

static void test_large_parts_are_relinked(void **state)
{
    struct pair pair;
    size_t room;
    (void)state;
    pair_init(&pair);
    uint8_t *place = chain_reserve(&pair.a, &room);
    memset(place, 'x', room);
    chain_commit(&pair.a, room);
    chain_move(&pair.b, &pair.a, room);
    assert_ptr_equal(chain_head(&pair.b).ptr, place);
    assert_int_equal(pair.pool.in_use, 1);
    pair_deinit(&pair);
}

/* A slow peer must not cost a chunk for each of the bytes it trickles. */
static void test_a_trickle_is_gathered(void **state)
{
    struct pair pair;
    (void)state;
    pair_init(&pair);
    for (size_t i = 0; i < 3 * CHUNK_SIZE; i++) {
        chain_append(&pair.a, SPAN("x"));
        chain_move(&pair.b, &pair.a, 1);
    }
    assert_int_equal(pair.b.len, 3 * CHUNK_SIZE);
    assert_in_range(pair.pool.in_use, 3, 4);
    pair_deinit(&pair);
}

/* Likewise lines of which the larger part goes, and little that is kept of much. */
static void test_small_remains_are_gathered(void **state)
{
    struct pair pair;
    static const uint8_t block[CHUNK_SIZE];
    (void)state;
    pair_init(&pair);
    for (size_t i = 0; i < CHUNK_SIZE / 60; i++) {
        chain_append(&pair.a, span_make(block, 100));
        chain_move(&pair.b, &pair.a, 60);
        chain_drop(&pair.a, 40 - 1);
    }
    assert_in_range(pair.pool.in_use, 1, 3);
    for (size_t i = 0; i < 160; i++) {
        chain_deinit(&pair.a);
        chain_append(&pair.a, span_make(block, CHUNK_SIZE));
        chain_drop(&pair.a, CHUNK_SIZE - 100);
        chain_move(&pair.b, &pair.a, 100);
    }
    assert_in_range(pair.pool.in_use, 1, 4);
    pair_deinit(&pair);
}

static void test_pull_joins(void **state)
{
    struct pair pair;
    static uint8_t block[CHUNK_SIZE];
    (void)state;
    pair_init(&pair);
    chain_append(&pair.a, span_make(block, CHUNK_SIZE - 1));
    chain_append(&pair.a, SPAN("abcd"));
    struct span head = chain_pull(&pair.a, CHUNK_SIZE + 1);
    assert_int_equal(head.len, CHUNK_SIZE + 1);
    assert_memory_equal(head.ptr + CHUNK_SIZE - 1, "ab", 2);
    assert_int_equal(pair.a.len, CHUNK_SIZE + 3);
    assert_int_equal(chain_at(&pair.a, CHUNK_SIZE + 2), 'd');
    assert_ptr_equal(chain_pull(&pair.a, 5).ptr, head.ptr);
    assert_int_equal(chain_pull(&pair.a, 0).len, 0);
    pair_deinit(&pair);
}

static void test_find(void **state)
{
    struct pair pair;
    static uint8_t block[CHUNK_SIZE];
    (void)state;
    pair_init(&pair);
    assert_int_equal(chain_find(&pair.a, 'x', 0), 0);
    chain_append(&pair.a, span_make(block, CHUNK_SIZE - 1));
    chain_append(&pair.a, SPAN("x-x"));
    assert_int_equal(chain_find(&pair.a, 'x', 0), CHUNK_SIZE - 1);
    assert_int_equal(chain_find(&pair.a, 'x', CHUNK_SIZE - 1), CHUNK_SIZE - 1);
    assert_int_equal(chain_find(&pair.a, 'x', CHUNK_SIZE), CHUNK_SIZE + 1);
    assert_int_equal(chain_find(&pair.a, 'x', CHUNK_SIZE + 2), pair.a.len);
    assert_int_equal(chain_find(&pair.a, 'y', 0), pair.a.len);
    assert_int_equal(chain_find(&pair.a, 'x', pair.a.len + 9), pair.a.len);
    pair_deinit(&pair);
}

/* -- against flat copies -------------------------------------------------------------------- */

#define CHAINS 3
#define FLAT_MAX (5 * CHUNK_SIZE)
#define OPERATIONS 60000

struct flat {
    uint8_t bytes[FLAT_MAX];
    size_t len;
};

struct bench {
    struct prng prng;
    struct pool pool;
    struct chain chains[CHAINS];
    struct flat flats[CHAINS];
    uint64_t written;
};

static struct bench bench;

static struct span flat_span(size_t i)
{
    return span_make(bench.flats[i].bytes, bench.flats[i].len);
}

static void flat_add(size_t i, const uint8_t *bytes, size_t n)
{
    memmove(bench.flats[i].bytes + bench.flats[i].len, bytes, n);
    bench.flats[i].len += n;
}

static void flat_drop(size_t i, size_t n)
{
    bench.flats[i].len -= n;
    memmove(bench.flats[i].bytes, bench.flats[i].bytes + n, bench.flats[i].len);
}

/* An amount up to `max`, mostly small or next to a chunk's size. */
static size_t amount(size_t max)
{
    uint64_t kind = prng_between(&bench.prng, 0, 3);
    size_t n = prng_between(&bench.prng, 0, max);
    if (kind == 0)
        n = prng_between(&bench.prng, 0, 3);
    else if (kind == 1)
        n = prng_between(&bench.prng, 0, 120);
    else if (kind == 2)
        n = prng_between(&bench.prng, CHUNK_SIZE - 2, CHUNK_SIZE + 2);
    return n < max ? n : max;
}

static size_t room_of(size_t i)
{
    return FLAT_MAX - bench.flats[i].len;
}

/* Bytes that tell where they are: a misplaced one does not go unseen. */
static void fill(uint8_t *place, size_t n)
{
    for (size_t i = 0; i < n; i++)
        place[i] = (uint8_t)((bench.written++ * 167) >> 3);
}

static void try_append(size_t i)
{
    static uint8_t block[FLAT_MAX];
    size_t n = amount(room_of(i));
    fill(block, n);
    chain_append(&bench.chains[i], span_make(block, n));
    flat_add(i, block, n);
}

static void try_read(size_t i)
{
    size_t room;
    uint8_t *place = chain_reserve(&bench.chains[i], &room);
    assert_true(room >= 1);
    size_t n = amount(room < room_of(i) ? room : room_of(i));
    fill(place, n);
    flat_add(i, place, n);
    chain_commit(&bench.chains[i], n);
}

static void try_move(size_t i, size_t to)
{
    size_t most = bench.flats[i].len < room_of(to) ? bench.flats[i].len : room_of(to);
    size_t n = amount(most);
    if (i == to)
        return;
    chain_move(&bench.chains[to], &bench.chains[i], n);
    flat_add(to, bench.flats[i].bytes, n);
    flat_drop(i, n);
}

static void try_copy(size_t i, size_t to)
{
    size_t offset = amount(bench.flats[i].len);
    size_t left = bench.flats[i].len - offset;
    size_t n = amount(left < room_of(to) ? left : room_of(to));
    if (i == to)
        return;
    chain_copy(&bench.chains[to], &bench.chains[i], offset, n);
    flat_add(to, bench.flats[i].bytes + offset, n);
}

static void try_drop(size_t i)
{
    size_t n = amount(bench.flats[i].len);
    chain_drop(&bench.chains[i], n);
    flat_drop(i, n);
}

static void try_drop_last(size_t i)
{
    size_t n = amount(bench.flats[i].len);
    chain_drop_last(&bench.chains[i], n);
    bench.flats[i].len -= n;
}

static void try_pull(size_t i)
{
    size_t n = amount(bench.flats[i].len);
    assert_true(span_equal(chain_pull(&bench.chains[i], n), span_take(flat_span(i), n)));
}

static void try_find(size_t i)
{
    uint8_t byte = (uint8_t)prng_next(&bench.prng);
    size_t from = amount(bench.flats[i].len);
    size_t wanted = from + span_find(span_drop(flat_span(i), from), byte);
    size_t found = chain_find(&bench.chains[i], byte, from);
    assert_int_equal(found, wanted);
    if (found < bench.flats[i].len)
        assert_int_equal(chain_at(&bench.chains[i], found), byte);
}

static void operate(void)
{
    size_t i = prng_between(&bench.prng, 0, CHAINS - 1);
    size_t to = prng_between(&bench.prng, 0, CHAINS - 1);
    switch (prng_between(&bench.prng, 0, 8)) {
    case 0: try_append(i); break;
    case 1: try_read(i); break;
    case 2:
    case 3: try_move(i, to); break;
    case 4: try_copy(i, to); break;
    case 5: try_drop(i); break;
    case 6: try_drop_last(i); break;
    case 7: try_pull(i); break;
    default: try_find(i); break;
    }
}

static void compare(size_t i)
{
    struct span spans[64];
    struct span left = flat_span(i);
    size_t count = chain_spans(&bench.chains[i], spans, 64);
    assert_int_equal(bench.chains[i].len, left.len);
    assert_true(span_equal(chain_head(&bench.chains[i]), count ? spans[0] : SPAN("")));
    for (size_t n = 0; n < count; n++) {
        assert_true(spans[n].len > 0);
        assert_true(span_starts(left, spans[n]));
        left = span_drop(left, spans[n].len);
    }
    if (count < 64)
        assert_int_equal(left.len, 0);
}

static void test_chains_are_flat_bytes(void **state)
{
    (void)state;
    bench.prng = prng_at(20261120, 0, 0, 0, 0);
    for (size_t i = 0; i < CHAINS; i++)
        chain_init(&bench.chains[i], &bench.pool);
    for (size_t n = 0; n < OPERATIONS; n++) {
        operate();
        for (size_t i = 0; i < CHAINS; i++)
            compare(i);
    }
    for (size_t i = 0; i < CHAINS; i++)
        chain_drop(&bench.chains[i], bench.chains[i].len);
    assert_int_equal(bench.pool.in_use, 0);
    pool_deinit(&bench.pool);
}

static void test_few_spans_are_enough_for_those_who_ask_for_few(void **state)
{
    struct pair pair;
    struct span spans[2];
    static uint8_t block[3 * CHUNK_SIZE];
    (void)state;
    pair_init(&pair);
    assert_int_equal(chain_spans(&pair.a, spans, 2), 0);
    chain_append(&pair.a, span_make(block, sizeof block));
    assert_int_equal(chain_spans(&pair.a, spans, 2), 2);
    assert_int_equal(spans[0].len + spans[1].len, 2 * CHUNK_SIZE);
    assert_int_equal(chain_spans(&pair.a, spans, 0), 0);
    pair_deinit(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_pool_says_when_it_is_empty),
        cmocka_unit_test(test_a_pool_keeps_some_chunks),
        cmocka_unit_test(test_bytes_that_are_gone_are_out_of_bounds),
        cmocka_unit_test(test_a_place_taken_for_nothing_goes_back),
        cmocka_unit_test(test_a_full_chunk_goes_back_unused),
        cmocka_unit_test(test_large_parts_are_relinked),
        cmocka_unit_test(test_a_trickle_is_gathered),
        cmocka_unit_test(test_small_remains_are_gathered),
        cmocka_unit_test(test_pull_joins),
        cmocka_unit_test(test_find),
        cmocka_unit_test(test_few_spans_are_enough_for_those_who_ask_for_few),
        cmocka_unit_test(test_chains_are_flat_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
