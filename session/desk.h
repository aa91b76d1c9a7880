/* desk: what rules want of an event, and where that lies until it has been carried out. The desk is
 * made and freed in session.h, what lies on it is filled in by judge.c. */
#ifndef SMTPCHAOS_SESSION_DESK_H
#define SMTPCHAOS_SESSION_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/poison.h"
#include "base/text.h"
#include "mutators/mutation.h"

/* What all rules together want of one event. */
struct outcome {
    bool asks;  /* for anything at all */
    bool taken; /* content: pieces replace the event */
    struct text content;
    struct piece *pieces; /* owned, room for `piece_room` */
    size_t piece_count;
    size_t piece_room;
    bool has_bare; /* TLS is left in front of one of them */
    bool has_answer;
    bool answer_told;
    bool takes_over;
    struct text answer;
    struct hold hold;
    duration delay;
    uint64_t pace_bytes;
    duration pace_gap;
    instant pace_until;
    uint64_t slice_after;
    duration slice_gap;
    duration gather;
    duration swap;
    enum fate fate;
    uint64_t fate_after;
    bool ends_rudely;
    struct tls_plan *tls; /* owned; NULL: nothing is asked of the handshake */
};

/* In builds with AddressSanitizer the last outcome lies poisoned once the next is there. */
#ifdef SMTPCHAOS_POISONS
#define DESK_PLACES 2
#else
#define DESK_PLACES 1
#endif

/* Where events are judged, one at a time: nothing on it outlives the work on one event. */
struct desk {
    struct mutation mutation;
    struct outcome outcomes[DESK_PLACES];
    size_t place;
};

/* The outcome of the last judging. */
static inline struct outcome *desk_outcome(struct desk *desk)
{
    return &desk->outcomes[desk->place % DESK_PLACES];
}
/* Makes room for the next outcome where the last one is not: whoever still looks there is found. */
void desk_turn(struct desk *desk);

#endif
