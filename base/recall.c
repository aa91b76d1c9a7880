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

struct memory {
    pthread_mutex_t lock;
    uint64_t entries_max;
    uint64_t count;
    uint64_t evictions;
    struct entry *oldest;
    struct entry *youngest;
    struct entry *buckets[BUCKETS];
};

struct recall {
    struct memory *memory;    /* a view's is another's */
    struct recall_tape *tape; /* NULL: of none but a view */
};

/* The pointer that points at the key's entry, or at the end of its bucket. */
static struct entry **place_of(struct memory *memory, uint64_t key)
{
    struct entry **place = &memory->buckets[(key ^ (key >> 32)) % BUCKETS];
    while (*place && (*place)->key != key)
        place = &(*place)->next;
    return place;
}

static void age_unlink(struct memory *memory, struct entry *entry)
{
    *(entry->older ? &entry->older->younger : &memory->oldest) = entry->younger;
    *(entry->younger ? &entry->younger->older : &memory->youngest) = entry->older;
}

static void age_link_youngest(struct memory *memory, struct entry *entry)
{
    entry->older = memory->youngest;
    entry->younger = NULL;
    *(entry->older ? &entry->older->younger : &memory->oldest) = entry;
    memory->youngest = entry;
}

static void refresh(struct memory *memory, struct entry *entry)
{
    age_unlink(memory, entry);
    age_link_youngest(memory, entry);
}

static void forget(struct memory *memory, struct entry **place)
{
    struct entry *entry = *place;
    *place = entry->next;
    age_unlink(memory, entry);
    memory->count--;
    free(entry);
}

/* Who has users is passed over, but not for ever. */
static void make_room(struct memory *memory)
{
    for (unsigned tries = 0; tries < SPARED_MAX && memory->oldest->users > 0; tries++)
        refresh(memory, memory->oldest);
    forget(memory, place_of(memory, memory->oldest->key));
    memory->evictions++;
}

static struct entry *learn(struct memory *memory, uint64_t key, instant now)
{
    if (memory->count == memory->entries_max)
        make_room(memory);
    struct entry *entry = calloc(1, sizeof *entry);
    check(entry != NULL);
    entry->key = key;
    entry->what = (struct recollection){ .first = now, .last = now };
    struct entry **place = place_of(memory, key);
    entry->next = *place;
    *place = entry;
    age_link_youngest(memory, entry);
    memory->count++;
    return entry;
}

/* The key's entry, now the youngest; the lock is held. */
static struct entry *entry_of(struct memory *memory, uint64_t key, instant now)
{
    struct entry *entry = *place_of(memory, key);
    if (!entry)
        return learn(memory, key, now);
    refresh(memory, entry);
    return entry;
}

/* -- beginning and end ---------------------------------------------------------------------- */

struct recall *recall_new(uint64_t entries_max)
{
    struct recall *recall = calloc(1, sizeof *recall);
    struct memory *memory = calloc(1, sizeof *memory);
    check(recall != NULL && memory != NULL);
    check(pthread_mutex_init(&memory->lock, NULL) == 0);
    memory->entries_max = entries_max ? entries_max : RECALL_ENTRIES_MAX;
    recall->memory = memory;
    return recall;
}

struct recall *recall_view_new(struct recall *recall, struct recall_tape *tape)
{
    struct recall *view = calloc(1, sizeof *view);
    check(view != NULL);
    view->memory = recall->memory;
    view->tape = tape;
    return view;
}

static void memory_free(struct memory *memory)
{
    for (struct entry *entry = memory->oldest; entry;) {
        struct entry *younger = entry->younger;
        free(entry);
        entry = younger;
    }
    pthread_mutex_destroy(&memory->lock);
    free(memory);
}

void recall_free(struct recall *recall)
{
    if (recall && !recall->tape)
        memory_free(recall->memory);
    free(recall);
}

/* -- what is asked -------------------------------------------------------------------------- */

/* An answer passes the tape, which may change it. */
static struct recollection told(const struct recall *recall, struct recollection answer)
{
    if (recall->tape)
        recall->tape->answered(recall->tape, &answer);
    return answer;
}

static uint64_t told_number(const struct recall *recall, uint64_t number)
{
    return told(recall, (struct recollection){ .count = number }).count;
}

struct recollection recall_touch_within(struct recall *recall, uint64_t key, instant now,
                                        duration window)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    struct entry *entry = entry_of(memory, key, now);
    if (now >= instant_after(entry->what.first, window))
        entry->what = (struct recollection){ .first = now, .last = now };
    entry->what.count++;
    struct recollection what = entry->what;
    entry->what.last = now;
    pthread_mutex_unlock(&memory->lock);
    return told(recall, what);
}

struct recollection recall_touch(struct recall *recall, uint64_t key, instant now)
{
    return recall_touch_within(recall, key, now, NEVER);
}

void recall_list(struct recall *recall, uint64_t key, instant now, instant until)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    entry_of(memory, key, now)->until = until;
    pthread_mutex_unlock(&memory->lock);
}

bool recall_is_listed(struct recall *recall, uint64_t key, instant now)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    const struct entry *entry = *place_of(memory, key);
    bool listed = entry && now < entry->until;
    pthread_mutex_unlock(&memory->lock);
    return told_number(recall, listed) != 0;
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
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    struct entry *entry = entry_of(memory, key, now);
    take_load(entry, now, load);
    bool loaded = entry->loaded;
    pthread_mutex_unlock(&memory->lock);
    return told_number(recall, loaded) != 0;
}

uint64_t recall_enter(struct recall *recall, uint64_t key, instant now)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    uint64_t users = ++entry_of(memory, key, now)->users;
    pthread_mutex_unlock(&memory->lock);
    return told_number(recall, users);
}

void recall_leave(struct recall *recall, uint64_t key)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    struct entry **place = place_of(memory, key);
    if (*place && (*place)->users > 0 && --(*place)->users == 0)
        forget(memory, place);
    pthread_mutex_unlock(&memory->lock);
}

uint64_t recall_users(struct recall *recall, uint64_t key)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    const struct entry *entry = *place_of(memory, key);
    uint64_t users = entry ? entry->users : 0;
    pthread_mutex_unlock(&memory->lock);
    return told_number(recall, users);
}

void recall_forget(struct recall *recall, uint64_t key)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    struct entry **place = place_of(memory, key);
    if (*place)
        forget(memory, place);
    pthread_mutex_unlock(&memory->lock);
}

uint64_t recall_evictions(struct recall *recall)
{
    struct memory *memory = recall->memory;
    pthread_mutex_lock(&memory->lock);
    uint64_t evictions = memory->evictions;
    pthread_mutex_unlock(&memory->lock);
    return evictions;
}
