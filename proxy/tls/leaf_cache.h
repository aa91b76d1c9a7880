/* leaf_cache: leaves that were minted, for those that ask for the same again. Bounded: the leaf
 * that was asked for longest ago makes room. */
#ifndef SMTPCHAOS_PROXY_TLS_LEAF_CACHE_H
#define SMTPCHAOS_PROXY_TLS_LEAF_CACHE_H

#include <stdint.h>
#include <time.h>

#include "base/limits.h"
#include "proxy/tls/leaf.h"

/* What tells two leaves apart: a SHA-256 of all they were made from. */
struct leaf_name {
    uint8_t digest[32];
};

struct leaf_slot {
    struct leaf_name name;
    struct leaf *leaf; /* NULL: the slot is free */
    time_t minted;
    uint64_t asked; /* when it was asked for last: a number that grows */
};

/* A zeroed struct is empty. */
struct leaf_cache {
    struct leaf_slot slots[LEAVES_MAX];
    uint64_t questions;
};

/* Forgets all. */
void leaf_cache_clear(struct leaf_cache *cache);
/* The leaf, still the cache's, or NULL when it is not there or has become too old. */
struct leaf *leaf_cache_find(struct leaf_cache *cache, const struct leaf_name *name, time_t now);
/* Keeps a leaf, taking over one reference. */
void leaf_cache_add(struct leaf_cache *cache, const struct leaf_name *name, struct leaf *leaf,
                    time_t now);

#endif
