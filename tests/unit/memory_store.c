/* memory_store: see memory_store.h. */
#include "memory_store.h"

static void begin(struct receiver_store *base, const struct envelope *envelope)
{
    struct memory_store *store = (struct memory_store *)base;
    store->begun++;
    text_clear(&store->coming);
    text_clear(&store->sender);
    text_clear(&store->recipients);
    text_add(&store->sender, text_span(&envelope->sender));
    for (size_t i = 0; i < envelope->recipient_count; i++) {
        text_add(&store->recipients, envelope_recipient(envelope, i));
        text_add_byte(&store->recipients, ',');
    }
}

static bool add(struct receiver_store *base, struct span bytes)
{
    struct memory_store *store = (struct memory_store *)base;
    text_add(&store->coming, bytes);
    return !store->is_full;
}

static bool finish(struct receiver_store *base)
{
    struct memory_store *store = (struct memory_store *)base;
    if (store->cannot_finish)
        return false;
    text_clear(&store->mail);
    text_add(&store->mail, text_span(&store->coming));
    store->finished++;
    return true;
}

static void abandon(struct receiver_store *base)
{
    struct memory_store *store = (struct memory_store *)base;
    store->abandoned++;
}

void memory_store_init(struct memory_store *store)
{
    *store = (struct memory_store){ .store = { begin, add, finish, abandon } };
}

void memory_store_deinit(struct memory_store *store)
{
    text_deinit(&store->coming);
    text_deinit(&store->mail);
    text_deinit(&store->sender);
    text_deinit(&store->recipients);
}
