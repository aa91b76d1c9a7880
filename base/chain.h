/* chain: bytes being kept: a list of chunks taken from a pool. Moving bytes between chains relinks
 * whole chunks, so that an untouched body is written from the memory it was read into; small parts
 * are copied, so that chunks stay filled however thin the bytes trickle.
 * Chunks move, they are never shared; an empty chain holds no chunk. */
#ifndef SMTPCHAOS_BASE_CHAIN_H
#define SMTPCHAOS_BASE_CHAIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/apart.h"
#include "base/span.h"

/* A chunk's inside is here for the inline functions below; nobody else looks at it. */
struct chunk {
    struct chunk *next;
    size_t capacity; /* CHUNK_SIZE, or more for a stretch that had to be contiguous */
    uint32_t begin;
    uint32_t end;
    uint8_t data[];
};

/* Where chunks come from: one pool a thread. A zeroed pool is usable with the default bounds. */
struct pool {
    struct chunk *spare;
    size_t spare_count;
    size_t in_use;     /* chunks handed out now */
    size_t in_use_max; /* chunks handed out before pool_is_empty; 0 means POOL_CHUNKS_MAX */
};

/* Frees the spare chunks; every chunk must have come back. */
void pool_deinit(struct pool *pool);
/* True when reading must stop; what is already on its way may still be kept. */
bool pool_is_empty(const struct pool *pool);

struct chain {
    struct pool *pool; /* borrowed */
    struct chunk *head;
    struct chunk *tail;
    size_t len; /* bytes */
};

void chain_init(struct chain *chain, struct pool *pool);
void chain_deinit(struct chain *chain);

/* A place to read into, *room bytes long, at the end of the chain; at least one byte. The chain is
 * unchanged until chain_commit; a chunk taken for nothing goes back with chain_commit(chain, 0). */
uint8_t *chain_reserve(struct chain *chain, size_t *room);
/* `got` bytes were written into the reserved place. */
void chain_commit(struct chain *chain, size_t got);

/* Copies the bytes to the end of the chain. */
void chain_append(struct chain *chain, struct span bytes);
/* Moves the first n bytes of `from` to the end of `to`; n must not be above from->len. */
void chain_move(struct chain *to, struct chain *from, size_t n);
/* Copies n bytes of `from`, beginning at `offset`, to the end of `to`. */
void chain_copy(struct chain *to, const struct chain *from, size_t offset, size_t n);
/* Forgets the first n bytes; n must not be above the length. */
void chain_drop(struct chain *chain, size_t n);
/* Forgets the last n bytes. */
void chain_drop_last(struct chain *chain, size_t n);

/* The longest contiguous stretch at the head; empty when the chain is. Valid until it changes. */
static inline struct span chain_head(const struct chain *chain)
{
    const struct chunk *head = chain->head;
    return head ? span_make(head->data + head->begin, head->end - head->begin) : SPAN("");
}

/* For chain_pull, where the first n bytes are not contiguous yet. */
RARE struct span chain_gather(struct chain *chain, size_t n);

/* Makes the first n bytes contiguous and returns them; n must not be above the length. */
static inline struct span chain_pull(struct chain *chain, size_t n)
{
    struct span head = chain_head(chain);
    return n <= head.len ? span_make(head.ptr, n) : chain_gather(chain, n);
}

/* Offset of the first `byte` at or after `from`, or the chain's length when there is none. */
size_t chain_find(const struct chain *chain, uint8_t byte, size_t from);

/* For chain_at, where the byte is not in the head. */
RARE uint8_t chain_at_behind(const struct chain *chain, size_t offset);

/* The byte at `offset`, which must be below the length. */
static inline uint8_t chain_at(const struct chain *chain, size_t offset)
{
    struct span head = chain_head(chain);
    return offset < head.len ? head.ptr[offset] : chain_at_behind(chain, offset);
}

/* Up to `max` spans that cover the chain from its head; returns how many were filled. */
size_t chain_spans(const struct chain *chain, struct span *spans, size_t max);

#endif
