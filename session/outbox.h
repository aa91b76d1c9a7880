/* outbox: what leaves in one direction, as ordered steps: so many bytes, so many at a time, wait,
 * open, end. The order is all: no wait lets later bytes overtake. */
#ifndef SMTPCHAOS_SESSION_OUTBOX_H
#define SMTPCHAOS_SESSION_OUTBOX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/instant.h"

enum step_kind {
    STEP_BYTES,      /* the next `bytes` of the chain, `chunk` at a time with `gap` between */
    STEP_WAIT,       /* nothing for `wait`, counted from when everything before it has left */
    STEP_GATHER,     /* likewise, but no longer once more than `bytes` wait behind it */
    STEP_OPEN,       /* connect the side that the direction leads to */
    STEP_FINISH,     /* end that side in order */
    STEP_RESET,      /* tear that side */
    STEP_FINISH_ALL, /* end both sides in order */
    STEP_RESET_ALL,  /* tear both sides */
    STEP_SECURE,     /* make TLS with that side */
    STEP_BARE,       /* leave TLS on that side */
    STEP_MUTE,       /* nothing ever leaves again; what comes later is thrown away */
    STEP_NONE        /* no step is under way */
};

struct step {
    enum step_kind kind;
    uint64_t bytes;
    uint64_t chunk; /* 0: no limit */
    duration gap;
    duration wait;
    instant until; /* paced bytes: from then on there is no pace; 0 is never */
};

/* Everything but bytes that leave as soon as they can. */
struct schedule {
    size_t first; /* ring of `capacity`, a power of two */
    size_t count;
    size_t capacity;
    bool begun;     /* the first step has come to the head and `due` is set for it */
    instant due;    /* WAIT: when it is over */
    uint64_t chunk; /* the pace of the last paced bytes: it holds across steps ... */
    duration gap;
    uint64_t burst;   /* ... bytes that may still leave ... */
    instant refilled; /* ... since then */
    struct step steps[];
};

/* Most outboxes hold nothing but plain bytes, and those of idle sessions nothing at all: only what
 * is more than that has a schedule. */
struct outbox {
    struct chain chain;
    uint64_t plain;            /* bytes at the head that leave as soon as they can */
    struct schedule *schedule; /* owned; what stands behind them, NULL when it is nothing */
    bool muted;
    bool closed; /* bytes are thrown away, other steps are carried out */
};

void outbox_init(struct outbox *outbox, struct pool *pool);
void outbox_deinit(struct outbox *outbox);

/* Copies bytes behind everything else. */
void outbox_add(struct outbox *outbox, struct span bytes);
/* How fast bytes leave: `chunk` at a time with `gap` between, until a time; a zero chunk is no
 * limit, a zero time is never. */
struct pace {
    uint64_t chunk;
    duration gap;
    instant until;
};
void outbox_add_paced(struct outbox *outbox, struct span bytes, struct pace pace);
void outbox_move_paced(struct outbox *outbox, struct chain *from, size_t n, struct pace pace);
/* Moves the first n bytes of `from` behind everything else. */
static inline void outbox_move(struct outbox *outbox, struct chain *from, size_t n)
{
    if (outbox->schedule || outbox->muted || outbox->closed) {
        outbox_move_paced(outbox, from, n, (struct pace){ 0 });
    } else {
        chain_move(&outbox->chain, from, n);
        outbox->plain += n;
    }
}
/* NEVER stalls the direction for good. */
void outbox_add_wait(struct outbox *outbox, duration wait);
/* A wait of 0 is nothing. */
static inline void outbox_wait(struct outbox *outbox, duration wait)
{
    if (wait > 0)
        outbox_add_wait(outbox, wait);
}
/* The next n bytes wait for bytes behind them, but no longer than that. */
void outbox_gather(struct outbox *outbox, size_t n, duration wait);
/* Any step but BYTES and WAIT. */
void outbox_step(struct outbox *outbox, enum step_kind kind);
/* The end has left: no byte follows it. Other steps, which may concern both sides, still count. */
void outbox_close(struct outbox *outbox);
/* Forgets everything that has not left. */
void outbox_clear(struct outbox *outbox);

/* Nothing stands in it but bytes that leave as soon as they can: neither steps nor deadlines. */
static inline bool outbox_is_plain(const struct outbox *outbox)
{
    return !outbox->schedule;
}
/* Lets waits that are over go by. Call before peeking when time has passed. */
void outbox_advance_schedule(struct outbox *outbox, instant now);
static inline void outbox_advance(struct outbox *outbox, instant now)
{
    if (!outbox_is_plain(outbox) && !outbox->plain)
        outbox_advance_schedule(outbox, now);
}
/* What may leave now, as up to `max` spans; returns how many were filled. */
size_t outbox_peek(const struct outbox *outbox, struct span *spans, size_t max);
/* Whether that is anything. */
bool outbox_step_may_leave(const struct outbox *outbox);
static inline bool outbox_may_leave(const struct outbox *outbox)
{
    return outbox->plain || (!outbox_is_plain(outbox) && outbox_step_may_leave(outbox));
}
/* STEP_FINISH stands right behind the bytes that outbox_peek gives. */
bool outbox_finish_follows(const struct outbox *outbox);
/* `sent` bytes of the peeked stretch have left. */
void outbox_consume(struct outbox *outbox, size_t sent, instant now);
/* The step at the head, for the owner to carry out; STEP_NONE while it has to wait for its turn. */
enum step_kind outbox_scheduled_head(const struct outbox *outbox);
static inline enum step_kind outbox_head(const struct outbox *outbox)
{
    return outbox_is_plain(outbox) ? STEP_NONE : outbox_scheduled_head(outbox);
}
bool outbox_wants(const struct outbox *outbox, enum step_kind kind);
/* The step at the head has been carried out. */
void outbox_done(struct outbox *outbox, instant now);
/* When outbox_advance has something to do next; NEVER when it waits for the owner or for ever. */
instant outbox_schedule_deadline(const struct outbox *outbox);
static inline instant outbox_deadline(const struct outbox *outbox)
{
    return outbox_is_plain(outbox) ? NEVER : outbox_schedule_deadline(outbox);
}
/* Bytes that have not left. */
static inline size_t outbox_len(const struct outbox *outbox)
{
    return outbox->chain.len;
}
bool outbox_is_empty(const struct outbox *outbox);
/* The head is a wait that never ends. */
bool outbox_is_stalled(const struct outbox *outbox);

#endif
