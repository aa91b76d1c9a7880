/* decoder_fixture: a decoder fed in pieces, and its events written down, a line each. What the
 * other side would say is made up: DATA, BDAT, AUTH and STARTTLS are always granted. */
#ifndef SMTPCHAOS_TESTS_UNIT_DECODER_FIXTURE_H
#define SMTPCHAOS_TESTS_UNIT_DECODER_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/text.h"
#include "smtp/decoder.h"

struct decoding {
    struct pool pool;
    struct chain in;
    struct decoder decoder;
    bool granted;    /* after each command the phase changes as if it had been granted */
    bool as_read;    /* stretches are told apart; else neighbours are one line of `events` */
    struct text raw; /* of all events, joined */
    struct text events;
    enum smtp_event_kind stretch; /* the kind of the stretch that the last line shows, or 0 */
    uint64_t number;              /* of the last event that has one */
    enum decoded last;            /* what decoder_next answered last */
};

/* Ready to be fed; phase and flags of the decoder may then be set. */
void decoding_begin(struct decoding *decoding, enum direction going, size_t max_line);
/* Feeds the bytes; takes all events that come of them. */
void decoding_feed(struct decoding *decoding, struct span bytes);
/* Likewise, at most `cut` bytes at a time. */
void decoding_feed_cut(struct decoding *decoding, struct span bytes, size_t cut);
void decoding_end(struct decoding *decoding);

/* Bytes, the events that they make, and what is left in the end, escaped. */
struct scene {
    enum direction going;
    bool as_lines;
    bool granted;
    size_t max_line;
    struct span input;
    const char *events;
    const char *left;
};

/* Fails unless the events are the same whole, in steps of 1, 2 and 3 bytes, and in two parts cut at
 * each place; and the raw bytes of the events and what is left are the input. */
void scene_play(struct scene scene);

#endif
