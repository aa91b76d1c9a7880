/* leaf_cache: see leaf_cache.h. */
#include "proxy/tls/leaf_cache.h"

#include <string.h>

static void forget(struct leaf_slot *slot)
{
    leaf_release(slot->leaf);
    slot->leaf = NULL;
}

void leaf_cache_clear(struct leaf_cache *cache)
{
    for (size_t i = 0; i < LEAVES_MAX; i++)
        forget(&cache->slots[i]);
}

/* A proxy may run for longer than a certificate holds. */
static bool is_stale(const struct leaf_slot *slot, time_t now)
{
    time_t age = now - slot->minted;
    return age < 0 || age > (time_t)LEAF_DAYS * 86400 / 2;
}

struct leaf *leaf_cache_find(struct leaf_cache *cache, const struct leaf_name *name, time_t now)
{
    for (size_t i = 0; i < LEAVES_MAX; i++) {
        struct leaf_slot *slot = &cache->slots[i];
        if (!slot->leaf || memcmp(&slot->name, name, sizeof *name) != 0)
            continue;
        if (is_stale(slot, now)) {
            forget(slot);
            return NULL;
        }
        slot->asked = ++cache->questions;
        return slot->leaf;
    }
    return NULL;
}

static struct leaf_slot *make_room(struct leaf_cache *cache)
{
    struct leaf_slot *oldest = &cache->slots[0];
    for (size_t i = 0; i < LEAVES_MAX && oldest->leaf; i++) {
        struct leaf_slot *slot = &cache->slots[i];
        if (!slot->leaf || slot->asked < oldest->asked)
            oldest = slot;
    }
    forget(oldest);
    return oldest;
}

void leaf_cache_add(struct leaf_cache *cache, const struct leaf_name *name, struct leaf *leaf,
                    time_t now)
{
    *make_room(cache) = (struct leaf_slot){
        .name = *name, .leaf = leaf, .minted = now, .asked = ++cache->questions
    };
}
