/* chain: see chain.h. */
#include "base/chain.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/poison.h"

APART static struct chunk *chunk_allocate(size_t capacity)
{
    capacity = capacity < CHUNK_SIZE ? CHUNK_SIZE : capacity;
    struct chunk *chunk = malloc(sizeof *chunk + capacity);
    check(chunk != NULL);
    chunk->capacity = capacity;
    return chunk;
}

static struct chunk *chunk_new(struct pool *pool, size_t capacity)
{
    struct chunk *chunk = pool->spare;
    if (chunk && capacity <= CHUNK_SIZE) {
        pool->spare = chunk->next;
        pool->spare_count--;
        unpoison(chunk->data, chunk->capacity);
    } else {
        chunk = chunk_allocate(capacity);
    }
    chunk->next = NULL;
    chunk->begin = chunk->end = 0;
    pool->in_use++;
    return chunk;
}

static void chunk_free(struct pool *pool, struct chunk *chunk)
{
    check(pool->in_use > 0);
    pool->in_use--;
    if (chunk->capacity != CHUNK_SIZE || pool->spare_count >= POOL_SPARE_MAX) {
        unpoison(chunk->data, chunk->capacity);
        free(chunk);
        return;
    }
    poison(chunk->data, chunk->capacity);
    chunk->next = pool->spare;
    pool->spare = chunk;
    pool->spare_count++;
}

static size_t chunk_len(const struct chunk *chunk)
{
    return chunk->end - chunk->begin;
}

/* Its first n bytes are not wanted any more. */
static void pass_over(struct chunk *chunk, size_t n)
{
    poison(chunk->data + chunk->begin, n);
    chunk->begin += (uint32_t)n;
}

static void drop_part(struct chain *chain, size_t n)
{
    pass_over(chain->head, n);
    chain->len -= n;
}

static struct span chunk_span(const struct chunk *chunk)
{
    return span_make(chunk->data + chunk->begin, chunk_len(chunk));
}

void pool_deinit(struct pool *pool)
{
    check(pool->in_use == 0);
    while (pool->spare) {
        struct chunk *chunk = pool->spare;
        pool->spare = chunk->next;
        free(chunk);
    }
    pool->spare_count = 0;
}

bool pool_is_empty(const struct pool *pool)
{
    return pool->in_use >= (pool->in_use_max ? pool->in_use_max : POOL_CHUNKS_MAX);
}

void chain_init(struct chain *chain, struct pool *pool)
{
    *chain = (struct chain){ .pool = pool };
}

void chain_deinit(struct chain *chain)
{
    struct chunk *chunk = chain->head;
    chain->head = chain->tail = NULL;
    chain->len = 0;
    while (chunk) {
        struct chunk *next = chunk->next;
        chunk_free(chain->pool, chunk);
        chunk = next;
    }
}

static void link_last(struct chain *chain, struct chunk *chunk)
{
    if (chain->tail)
        chain->tail->next = chunk;
    else
        chain->head = chunk;
    chain->tail = chunk;
    chain->len += chunk_len(chunk);
}

static struct chunk *unlink_first(struct chain *chain)
{
    struct chunk *chunk = chain->head;
    chain->head = chunk->next;
    if (!chain->head)
        chain->tail = NULL;
    chain->len -= chunk_len(chunk);
    chunk->next = NULL;
    return chunk;
}

APART static struct chunk *new_tail(struct chain *chain)
{
    struct chunk *tail = chunk_new(chain->pool, CHUNK_SIZE);
    link_last(chain, tail);
    return tail;
}

static struct chunk *tail_with_room(struct chain *chain)
{
    struct chunk *tail = chain->tail;
    return tail && tail->end < tail->capacity ? tail : new_tail(chain);
}

uint8_t *chain_reserve(struct chain *chain, size_t *room)
{
    struct chunk *tail = tail_with_room(chain);
    *room = tail->capacity - tail->end;
    return tail->data + tail->end;
}

/* An empty last chunk is only ever one that chain_reserve took and nothing was read into. */
static void drop_empty_tail(struct chain *chain)
{
    struct chunk *tail = chain->tail;
    if (!tail || chunk_len(tail) > 0)
        return;
    struct chunk *before = chain->head;
    while (before != tail && before->next != tail)
        before = before->next;
    chain->tail = before == tail ? NULL : before;
    if (chain->tail)
        chain->tail->next = NULL;
    else
        chain->head = NULL;
    chunk_free(chain->pool, tail);
}

void chain_commit(struct chain *chain, size_t got)
{
    check(chain->tail != NULL && got <= chain->tail->capacity - chain->tail->end);
    chain->tail->end += (uint32_t)got;
    chain->len += got;
    drop_empty_tail(chain);
}

/* As many as the tail has room for; at least one byte. */
static size_t append_part(struct chain *chain, struct span bytes)
{
    struct chunk *tail = tail_with_room(chain);
    struct span part = span_take(bytes, tail->capacity - tail->end);
    memcpy(tail->data + tail->end, part.ptr, part.len);
    tail->end += (uint32_t)part.len;
    chain->len += part.len;
    return part.len;
}

void chain_append(struct chain *chain, struct span bytes)
{
    while (bytes.len > 0)
        bytes = span_drop(bytes, append_part(chain, bytes));
}

/* The head as a whole, and perhaps more. */
APART static void drop_chunks(struct chain *chain, size_t n)
{
    while (n > 0) {
        struct chunk *head = chain->head;
        check(head != NULL);
        if (n < chunk_len(head)) {
            drop_part(chain, n);
            return;
        }
        n -= chunk_len(head);
        chunk_free(chain->pool, unlink_first(chain));
    }
}

void chain_drop(struct chain *chain, size_t n)
{
    check(n <= chain->len);
    if (n < chain_head(chain).len)
        drop_part(chain, n);
    else if (n == chain->len)
        chain_deinit(chain);
    else
        drop_chunks(chain, n);
}

void chain_drop_last(struct chain *chain, size_t n)
{
    check(n <= chain->len);
    struct chain kept;
    chain_init(&kept, chain->pool);
    chain_move(&kept, chain, chain->len - n);
    chain_deinit(chain);
    *chain = kept;
}

/* Splits the head so that its first n bytes are a chunk of their own, copying the smaller part. */
static void split_head(struct chain *chain, size_t n)
{
    struct chunk *head = chain->head;
    struct chunk *other = chunk_new(chain->pool, CHUNK_SIZE);
    size_t rest = chunk_len(head) - n;
    if (n <= rest) {
        memcpy(other->data, head->data + head->begin, n);
        other->end = (uint32_t)n;
        pass_over(head, n);
        other->next = head;
        chain->head = other;
        return;
    }
    check(rest <= other->capacity);
    memcpy(other->data, head->data + head->begin + n, rest);
    other->end = (uint32_t)rest;
    head->end -= (uint32_t)rest;
    other->next = head->next;
    head->next = other;
    if (chain->tail == head)
        chain->tail = other;
}

static bool fits_into_tail(const struct chain *chain, size_t n)
{
    return chain->tail && chain->tail->capacity - chain->tail->end >= n;
}

/* Parts below this are copied: else a trickle would hold a whole chunk for each of its bytes. */
#define RELINK_MIN (CHUNK_SIZE / 4)

/* `part` bytes of the head are to move, `rest` stay: is it better to copy them than to relink? An
 * empty chain needs a chunk either way. */
static bool is_better_copied(const struct chain *to, size_t part, size_t rest)
{
    if (part < RELINK_MIN)
        return rest > 0 || to->tail;
    return rest > 0 && (part <= rest || rest > CHUNK_SIZE) && fits_into_tail(to, part);
}

/* A small part that stands in one chunk and will in one. */
static bool is_copied_at_once(const struct chain *to, const struct chunk *head, size_t n)
{
    return to->tail ? n <= chunk_len(head) && fits_into_tail(to, n) : n < chunk_len(head);
}

/* All that `from` holds, where `to` holds nothing. */
static void take_over(struct chain *to, struct chain *from)
{
    to->head = from->head;
    to->tail = from->tail;
    to->len = from->len;
    from->head = from->tail = NULL;
    from->len = 0;
}

/* Memory is moved: where a small bound of the length is known, compilers make of a copy an
 * instruction that is slow to start. */
APART static void copy_part(struct chain *to, struct chain *from, size_t n)
{
    struct chunk *tail = tail_with_room(to);
    struct chunk *head = from->head;
    memmove(tail->data + tail->end, head->data + head->begin, n);
    tail->end += (uint32_t)n;
    to->len += n;
    if (n < chunk_len(head))
        drop_part(from, n);
    else
        chain_drop(from, n);
}

APART static void move_in_pieces(struct chain *to, struct chain *from, size_t n)
{
    while (n > 0) {
        check(from->head != NULL);
        size_t here = chunk_len(from->head);
        size_t part = n < here ? n : here;
        if (is_better_copied(to, part, here - part)) {
            chain_append(to, span_take(chain_head(from), part));
            chain_drop(from, part);
            n -= part;
            continue;
        }
        if (n < here && n > CHUNK_SIZE && here - n > CHUNK_SIZE) {
            chain_append(to, span_take(chain_head(from), CHUNK_SIZE));
            chain_drop(from, CHUNK_SIZE);
            n -= CHUNK_SIZE;
            continue;
        }
        if (n < here)
            split_head(from, n);
        n -= chunk_len(from->head);
        link_last(to, unlink_first(from));
    }
}

void chain_move(struct chain *to, struct chain *from, size_t n)
{
    check(n <= from->len && to->pool == from->pool);
    if (n == from->len && !to->head)
        take_over(to, from);
    else if (n > 0 && n < RELINK_MIN && is_copied_at_once(to, from->head, n))
        copy_part(to, from, n);
    else
        move_in_pieces(to, from, n);
}

void chain_copy(struct chain *to, const struct chain *from, size_t offset, size_t n)
{
    check(offset <= from->len && n <= from->len - offset);
    for (const struct chunk *chunk = from->head; chunk && n > 0; chunk = chunk->next) {
        struct span part = span_take(span_drop(chunk_span(chunk), offset), n);
        offset -= offset < chunk_len(chunk) ? offset : chunk_len(chunk);
        chain_append(to, part);
        n -= part.len;
    }
}

struct span chain_gather(struct chain *chain, size_t n)
{
    check(n <= chain->len);
    struct chunk *whole = chunk_new(chain->pool, n);
    while (whole->end < n) {
        struct span part = span_take(chain_head(chain), n - whole->end);
        memcpy(whole->data + whole->end, part.ptr, part.len);
        whole->end += (uint32_t)part.len;
        chain_drop(chain, part.len);
    }
    whole->next = chain->head;
    chain->head = whole;
    if (!chain->tail)
        chain->tail = whole;
    chain->len += n;
    return chunk_span(whole);
}

/* From the chunk behind the head on. */
RARE static size_t find_behind(const struct chain *chain, uint8_t byte, size_t from)
{
    size_t before = 0;
    for (const struct chunk *chunk = chain->head; chunk; chunk = chunk->next) {
        struct span here = chunk_span(chunk);
        size_t skip = from > before ? from - before : 0;
        if (skip < here.len) {
            size_t at = span_find(span_drop(here, skip), byte);
            if (at < here.len - skip)
                return before + skip + at;
        }
        before += here.len;
    }
    return chain->len;
}

size_t chain_find(const struct chain *chain, uint8_t byte, size_t from)
{
    struct span head = chain_head(chain);
    if (from < head.len) {
        const uint8_t *found = memchr(head.ptr + from, byte, head.len - from);
        if (found)
            return (size_t)(found - head.ptr);
        from = head.len;
    }
    return from < chain->len ? find_behind(chain, byte, from) : chain->len;
}

uint8_t chain_at_behind(const struct chain *chain, size_t offset)
{
    const struct chunk *chunk = chain->head;
    check(offset < chain->len);
    while (offset >= chunk_len(chunk)) {
        offset -= chunk_len(chunk);
        chunk = chunk->next;
    }
    return chunk->data[chunk->begin + offset];
}

size_t chain_spans(const struct chain *chain, struct span *spans, size_t max)
{
    size_t count = 0;
    for (const struct chunk *chunk = chain->head; chunk && count < max; chunk = chunk->next)
        if (chunk_len(chunk) > 0)
            spans[count++] = chunk_span(chunk);
    return count;
}
