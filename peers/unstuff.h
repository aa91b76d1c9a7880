/* unstuff: mail behind DATA as the receiver reads it: takes away the stuffed dots and finds the end
 * (RFC 5321 section 4.5.2). Only CRLF . CRLF ends mail; a dot between lone LFs is mail. */
#ifndef SMTPCHAOS_PEERS_UNSTUFF_H
#define SMTPCHAOS_PEERS_UNSTUFF_H

#include "base/span.h"

/* What stands before the next byte. */
enum unstuff_at {
    UNSTUFF_LINE_START, /* CRLF, or the beginning of the mail */
    UNSTUFF_DOT,        /* CRLF and a dot that has not been handed out */
    UNSTUFF_DOT_CR,     /* the same and a CR */
    UNSTUFF_CR,
    UNSTUFF_MID_LINE
};

/* A zeroed struct stands at the beginning of a message. */
struct unstuff {
    enum unstuff_at at;
};

enum unstuffed {
    UNSTUFFED_PIECE, /* *piece is mail, possibly empty; ask again */
    UNSTUFFED_MORE,  /* *bytes is empty and the mail has not ended */
    UNSTUFFED_END    /* the mail has ended; *bytes is what stands behind it */
};

/* Takes the next stretch off *bytes. The piece points into them, or to a byte that lives for ever.
 * After UNSTUFFED_END the struct stands at the beginning of the next message. */
enum unstuffed unstuff_next(struct unstuff *unstuff, struct span *bytes, struct span *piece);

#endif
