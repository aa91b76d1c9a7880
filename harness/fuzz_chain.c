/* fuzz_chain: operations on a few chains of one pool, against arrays that hold what each should
 * hold. Whatever is reserved, moved, copied, pulled or dropped: a chain is its array, its spans
 * cover it, and an empty chain holds no chunk. */
#include <string.h>

#include "base/chain.h"
#include "base/check.h"
#include "base/limits.h"
#include "harness/entry.h"
#include "play/script.h"

#define CHAINS 3
/* Bytes that one chain holds at most: several chunks, and one that is longer than the others. */
#define FLAT_MAX (5 * (size_t)CHUNK_SIZE)
#define SPANS_MAX 64

struct model {
    struct chain chain;
    uint8_t flat[FLAT_MAX];
    size_t len;
};

static struct pool pool;
static struct model models[CHAINS];
static uint8_t pattern[FLAT_MAX];

static void fill_pattern(void)
{
    for (size_t i = 0; pattern[1] == 0 && i < sizeof pattern; i++)
        pattern[i] = (uint8_t)(i % 251);
}

/* A length up to `max`, taken from the input: small ones and whole chunks are likelier. */
static size_t take_length(struct span *input, size_t max)
{
    size_t low = script_byte(input);
    size_t high = script_byte(input);
    size_t len = high < 64 ? low : (high & 7) * (CHUNK_SIZE / 4) + low;
    return max ? len % (max + 1) : 0;
}

static void flat_drop(struct model *model, size_t n)
{
    memmove(model->flat, model->flat + n, model->len - n);
    model->len -= n;
}

static void flat_add(struct model *model, const uint8_t *bytes, size_t n)
{
    memcpy(model->flat + model->len, bytes, n);
    model->len += n;
}

/* -- what is done --------------------------------------------------------------------------- */

static void append(struct model *model, struct span *input)
{
    size_t n = take_length(input, FLAT_MAX - model->len);
    size_t from = script_byte(input);
    n = n < FLAT_MAX - from ? n : FLAT_MAX - from;
    chain_append(&model->chain, span_make(pattern + from, n));
    flat_add(model, pattern + from, n);
}

static void read_into(struct model *model, struct span *input)
{
    size_t room;
    uint8_t *place = chain_reserve(&model->chain, &room);
    check(room > 0);
    size_t most = room < FLAT_MAX - model->len ? room : FLAT_MAX - model->len;
    size_t n = take_length(input, most);
    memcpy(place, pattern, n);
    chain_commit(&model->chain, n);
    flat_add(model, pattern, n);
}

static void move(struct model *to, struct model *from, struct span *input)
{
    size_t room = FLAT_MAX - to->len;
    size_t n = take_length(input, from->len < room ? from->len : room);
    if (to == from)
        return;
    chain_move(&to->chain, &from->chain, n);
    flat_add(to, from->flat, n);
    flat_drop(from, n);
}

static void copy(struct model *to, struct model *from, struct span *input)
{
    size_t offset = take_length(input, from->len);
    size_t room = FLAT_MAX - to->len;
    size_t n = take_length(input, from->len - offset < room ? from->len - offset : room);
    if (to == from)
        return;
    chain_copy(&to->chain, &from->chain, offset, n);
    flat_add(to, from->flat + offset, n);
}

static void pull(struct model *model, struct span *input)
{
    size_t n = take_length(input, model->len);
    struct span pulled = chain_pull(&model->chain, n);
    check(span_equal(pulled, span_make(model->flat, n)));
}

static void drop_last(struct model *model, struct span *input)
{
    size_t n = take_length(input, model->len);
    chain_drop_last(&model->chain, n);
    model->len -= n;
}

static void drop(struct model *model, struct span *input)
{
    size_t n = take_length(input, model->len);
    chain_drop(&model->chain, n);
    flat_drop(model, n);
}

static void find(struct model *model, struct span *input)
{
    uint8_t byte = script_byte(input);
    size_t from = take_length(input, model->len);
    struct span behind = span_make(model->flat + from, model->len - from);
    check(chain_find(&model->chain, byte, from) == from + span_find(behind, byte));
}

/* -- what must hold ------------------------------------------------------------------------- */

static void check_spans(const struct model *model)
{
    struct span spans[SPANS_MAX];
    size_t count = chain_spans(&model->chain, spans, SPANS_MAX);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        check(spans[i].len > 0 && spans[i].len <= model->len - at);
        check(memcmp(spans[i].ptr, model->flat + at, spans[i].len) == 0);
        at += spans[i].len;
    }
    check(at == model->len || count == SPANS_MAX);
}

static void check_model(const struct model *model)
{
    size_t len = model->len;
    check(model->chain.len == len);
    check((len == 0) == (model->chain.head == NULL) && (len == 0) == (model->chain.tail == NULL));
    check((chain_head(&model->chain).len == 0) == (len == 0));
    if (len > 0)
        check(chain_at(&model->chain, len - 1) == model->flat[len - 1]);
    check_spans(model);
}

static void do_one(struct span *input)
{
    uint8_t what = script_byte(input);
    struct model *model = &models[(what >> 4) % CHAINS];
    struct model *other = &models[(what >> 6) % CHAINS];
    switch (what & 7) {
    case 0: append(model, input); break;
    case 1: read_into(model, input); break;
    case 2: move(model, other, input); break;
    case 3: copy(model, other, input); break;
    case 4: pull(model, input); break;
    case 5: drop(model, input); break;
    case 6: drop_last(model, input); break;
    default: find(model, input); break;
    }
    check_model(model);
    check_model(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size < 1024 ? size : 1024);
    fill_pattern();
    for (size_t i = 0; i < CHAINS; i++) {
        chain_init(&models[i].chain, &pool);
        models[i].len = 0;
    }
    while (input.len > 0)
        do_one(&input);
    for (size_t i = 0; i < CHAINS; i++)
        chain_deinit(&models[i].chain);
    check(pool.in_use == 0);
    pool_deinit(&pool);
    return 0;
}
