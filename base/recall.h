/* recall: the memory that outlives a session: counters and greylists, keyed, bounded, shared by all
 * sessions of a run and safe between threads. What has not been touched longest is forgotten
 * first. */
#ifndef SMTPCHAOS_BASE_RECALL_H
#define SMTPCHAOS_BASE_RECALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"

struct recall;

/* What is remembered under one key. */
struct recollection {
    uint64_t count; /* how often recall_touch was called for the key, this call included */
    instant first;  /* when it was called first */
    instant last;   /* when it was called before this call; equals `first` on the first call */
};

/* A memory of at most `entries_max` keys; 0 means RECALL_ENTRIES_MAX. */
struct recall *recall_new(uint64_t entries_max);
/* A view of a memory, for one session: it is the same memory, but each answer passes the tape,
 * which may write it down, or put another in its place. Answers that are a number or yes are in
 * `count`. Both are borrowed. */
struct recall_tape {
    void (*answered)(struct recall_tape *tape, struct recollection *answer);
};
struct recall *recall_view_new(struct recall *recall, struct recall_tape *tape);
/* A memory, behind its views; or a view, whose memory stays. */
void recall_free(struct recall *recall);

/* Counts one more use of the key and returns what is known about it. */
struct recollection recall_touch(struct recall *recall, uint64_t key, instant now);
/* Likewise, but what began more than `window` ago is forgotten first. */
struct recollection recall_touch_within(struct recall *recall, uint64_t key, instant now,
                                        duration window);
/* The key is on a list until a time; one that is not later than `now` takes it off. */
void recall_list(struct recall *recall, uint64_t key, instant now, instant until);
/* Asking neither counts nor refreshes. */
bool recall_is_listed(struct recall *recall, uint64_t key, instant now);

/* A load that each use raises by one, and that falls by one every `drain`. */
struct load {
    uint64_t high;  /* uses are refused from this load on ... */
    uint64_t low;   /* ... until it has fallen to this */
    duration drain; /* above 0 */
};

/* True when the use is refused; it raises nothing then. */
bool recall_is_loaded(struct recall *recall, uint64_t key, instant now, const struct load *load);

/* One more user of the key, or one less: how many there are now. A key with users is the last to be
 * forgotten. */
uint64_t recall_enter(struct recall *recall, uint64_t key, instant now);
void recall_leave(struct recall *recall, uint64_t key);
uint64_t recall_users(struct recall *recall, uint64_t key);

/* Forgets a key; nothing happens when it is unknown. */
void recall_forget(struct recall *recall, uint64_t key);

/* Keys forgotten because there was no more room. */
uint64_t recall_evictions(struct recall *recall);

#endif
