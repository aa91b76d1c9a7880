/* stuff: mail as the sender writes it behind DATA or BDAT: every line ends in CRLF, and a dot at
 * the beginning of a line is doubled where the lone dot is the end (RFC 5321 sections 2.3.8,
 * 4.5.2). A CR that stands alone is left as it is. */
#ifndef SMTPCHAOS_PEERS_STUFF_H
#define SMTPCHAOS_PEERS_STUFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/chain.h"

struct stuff {
    bool dots;      /* double the dots: DATA, not BDAT */
    bool mid_line;  /* the last line has not ended */
    bool after_cr;  /* the last byte was a CR */
    bool eight_bit; /* a byte above 127 has come */
    uint64_t bytes; /* of the mail with its CRLFs, doubled dots not counted */
};

/* A message begins. */
void stuff_begin(struct stuff *stuff, bool dots);
/* Appends the next piece of the message to `out`; with NULL it is only counted. */
void stuff_add(struct stuff *stuff, struct span piece, struct chain *out);
/* Ends the last line if it has not ended; the lone dot is the caller's. */
void stuff_end(struct stuff *stuff, struct chain *out);

#endif
