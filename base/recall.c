/* recall: see recall.h. A hash table of fixed buckets whose entries also stand in one list by age;
 * the list's head is what is forgotten when the bound is reached. */
#include "base/recall.h"

#include <pthread.h>
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"

#define BUCKETS 8192
/* Entries with users that are passed over when room is needed. */
#define SPARED_MAX 64

struct entry {
    struct entry *next; /* in its bucket */
    struct entry *older;
    struct entry *younger;
    uint64_t key;
    struct recollection what;
    instant until;  /* listed until then; of a load: when it will have drained away */
    uint64_t users; /* who have entered and not left */
    bool loaded;    /* the load has been high, and not low since */
};

struct recall {
    pthread_mutex_t lock;
    uint64_t entries_max;
    uint64_t count;
    uint64_t evictions;
    struct entry *oldest;
    struct entry *youngest;
    struct entry *buckets[BUCKETS];
};

struct recall *recall_new(uint64_t entries_max)
{
    struct recall *recall = calloc(1, sizeof *recall);
    check(recall != NULL);
    check(pthread_mutex_init(&recall->lock, NULL) == 0);
    recall->entries_max = entries_max ? entries_max : RECALL_ENTRIES_MAX;
    return recall;
}

void recall_free(struct recall *recall)
{
    if (!recall)
        return;
    for (struct entry *entry = recall->oldest; entry;) {
        struct entry *younger = entry->younger;
        free(entry);
        entry = younger;
    }
    pthread_mutex_destroy(&recall->lock);
    free(recall);
}

/* The pointer that points at the key's entry, or at the end of its bucket. */
static struct entry **place_of(struct recall *recall, uint64_t key)
{
    struct entry **place = &recall->buckets[(key ^ (key >> 32)) % BUCKETS];
    while (*place && (*place)->key != key)
        place = &(*place)->next;
    return place;
}

static void age_unlink(struct recall *recall, struct entry *entry)
{
    *(entry->older ? &entry->older->younger : &recall->oldest) = entry->younger;
    *(entry->younger ? &entry->younger->older : &recall->youngest) = entry->older;
}

static void age_link_youngest(struct recall *recall, struct entry *entry)
{
    entry->older = recall->youngest;
    entry->younger = NULL;
    *(entry->older ? &entry->older->younger : &recall->oldest) = entry;
    recall->youngest = entry;
}

static void refresh(struct recall *recall, struct entry *entry)
{
    age_unlink(recall, entry);
    age_link_youngest(recall, entry);
}

static void forget(struct recall *recall, struct entry **place)
{
    struct entry *entry = *place;
    *place = entry->next;
    age_unlink(recall, entry);
    recall->count--;
    free(entry);
}

/* Who has users is passed over, but not for ever. */
static void make_room(struct recall *recall)
{
    for (unsigned tries = 0; tries < SPARED_MAX && recall->oldest->users > 0; tries++)
        refresh(recall, recall->oldest);
    forget(recall, place_of(recall, recall->oldest->key));
    recall->evictions++;
}

static struct entry *learn(struct recall *recall, uint64_t key, instant now)
{
    if (recall->count == recall->entries_max)
        make_room(recall);
    struct entry *entry = calloc(1, sizeof *entry);
    check(entry != NULL);
    entry->key = key;
    entry->what = (struct recollection){ .first = now, .last = now };
    struct entry **place = place_of(recall, key);
    entry->next = *place;
    *place = entry;
    age_link_youngest(recall, entry);
    recall->count++;
    return entry;
}

/* The key's entry, now the youngest; the lock is held. */
static struct entry *entry_of(struct recall *recall, uint64_t key, instant now)
{
    struct entry *entry = *place_of(recall, key);
    if (!entry)
        return learn(recall, key, now);
    refresh(recall, entry);
    return entry;
}

struct recollection recall_touch_within(struct recall *recall, uint64_t key, instant now,
                                        duration window)
{
    pthread_mutex_lock(&recall->lock);
    struct entry *entry = entry_of(recall, key, now);
    if (now >= instant_after(entry->what.first, window))
        entry->what = (struct recollection){ .first = now, .last = now };
    entry->what.count++;
    struct recollection what = entry->what;
    entry->what.last = now;
    pthread_mutex_unlock(&recall->lock);
    return what;
}

struct recollection recall_touch(struct recall *recall, uint64_t key, instant now)
{
    return recall_touch_within(recall, key, now, NEVER);
}

void recall_list(struct recall *recall, uint64_t key, instant now, instant until)
{
    pthread_mutex_lock(&recall->lock);
    entry_of(recall, key, now)->until = until;
    pthread_mutex_unlock(&recall->lock);
}

bool recall_is_listed(struct recall *recall, uint64_t key, instant now)
{
    pthread_mutex_lock(&recall->lock);
    const struct entry *entry = *place_of(recall, key);
    bool listed = entry && now < entry->until;
    pthread_mutex_unlock(&recall->lock);
    return listed;
}

static void take_load(struct entry *entry, instant now, const struct load *load)
{
    instant empty = entry->until > now ? entry->until : now;
    uint64_t level = (empty - now + load->drain - 1) / load->drain;
    entry->loaded = level >= load->high || (entry->loaded && level > load->low);
    if (!entry->loaded)
        entry->until = instant_after(empty, load->drain);
}

bool recall_is_loaded(struct recall *recall, uint64_t key, instant now, const struct load *load)
{
    pthread_mutex_lock(&recall->lock);
    struct entry *entry = entry_of(recall, key, now);
    take_load(entry, now, load);
    bool loaded = entry->loaded;
    pthread_mutex_unlock(&recall->lock);
    return loaded;
}

uint64_t recall_enter(struct recall *recall, uint64_t key, instant now)
{
    pthread_mutex_lock(&recall->lock);
    uint64_t users = ++entry_of(recall, key, now)->users;
    pthread_mutex_unlock(&recall->lock);
    return users;
}

void recall_leave(struct recall *recall, uint64_t key)
{
    pthread_mutex_lock(&recall->lock);
    struct entry **place = place_of(recall, key);
    if (*place && (*place)->users > 0 && --(*place)->users == 0)
        forget(recall, place);
    pthread_mutex_unlock(&recall->lock);
}

uint64_t recall_users(struct recall *recall, uint64_t key)
{
    pthread_mutex_lock(&recall->lock);
    const struct entry *entry = *place_of(recall, key);
    uint64_t users = entry ? entry->users : 0;
    pthread_mutex_unlock(&recall->lock);
    return users;
}

void recall_forget(struct recall *recall, uint64_t key)
{
    pthread_mutex_lock(&recall->lock);
    struct entry **place = place_of(recall, key);
    if (*place)
        forget(recall, place);
    pthread_mutex_unlock(&recall->lock);
}

uint64_t recall_evictions(struct recall *recall)
{
    pthread_mutex_lock(&recall->lock);
    uint64_t evictions = recall->evictions;
    pthread_mutex_unlock(&recall->lock);
    return evictions;
}
