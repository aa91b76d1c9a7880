/* heard: what one side has heard and no step has claimed yet, and whether the next step claims the
 * beginning of it. Where it was heard, in memory or at a socket, is the player's. */
#ifndef SMTPCHAOS_PLAY_HEARD_H
#define SMTPCHAOS_PLAY_HEARD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"
#include "play/transcript.h"

/* A zeroed struct has heard nothing. */
struct heard {
    struct text bytes;
    size_t claimed;    /* bytes at the beginning that steps have claimed */
    enum play_end end; /* how the other end ended, behind all bytes */
    bool end_claimed;
};

enum heard_verdict {
    HEARD_MATCH,   /* claimed */
    HEARD_NOT_YET, /* what there is fits, but it is not all there */
    HEARD_MISMATCH
};

void heard_deinit(struct heard *heard);
void heard_add(struct heard *heard, struct span bytes);
/* The first end sticks. */
void heard_add_end(struct heard *heard, enum play_end end);

/* Claims what a PASS or HEAR step expects. */
enum heard_verdict heard_claim(struct heard *heard, const struct play_step *step);
/* Bytes that no step has claimed. */
struct span heard_rest(const struct heard *heard);
bool heard_has_rest(const struct heard *heard);
/* Claims all that there is. */
void heard_claim_rest(struct heard *heard);

/* Takes the next line (or what there is of one) off `rest`. */
struct span heard_next_line(struct span *rest);
/* Appends the small diff: `- ` what was expected (nothing when `step` is NULL), `+ ` what was
 * heard, and a mark below the first byte that differs. */
void heard_add_diff(const struct heard *heard, const struct play_step *step, struct text *out);

#endif
