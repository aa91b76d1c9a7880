/* cuts: where TCP cut the bytes of one direction, as places in the stream. Some devices judge each
 * segment by itself; SMTP itself knows none, so nobody else looks here. What one read found is a
 * segment: its owner says so, for a session cannot see it. Bounded: of a line that comes in more
 * than CUTS_KEPT_MAX segments the last cuts are not remembered. */
#ifndef SMTPCHAOS_SMTP_CUTS_H
#define SMTPCHAOS_SMTP_CUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct cuts {
    uint64_t *at; /* places in the stream, ascending: a segment begins there */
    size_t count;
    size_t capacity;
};

void cuts_deinit(struct cuts *cuts);
/* A segment begins at this place. */
void cuts_add(struct cuts *cuts, uint64_t at);
/* Forgets the cuts before a place. */
void cuts_forget(struct cuts *cuts, uint64_t before);
/* True when a segment begins behind `begin` and before `end`. */
bool cuts_within(const struct cuts *cuts, uint64_t begin, uint64_t end);
/* True when a segment begins right there; the first byte of all begins one. */
bool cuts_begin_at(const struct cuts *cuts, uint64_t at);
/* What of the bytes that stand at `begin` came in the segment of the first of them. */
struct span cuts_first_part(const struct cuts *cuts, uint64_t begin, struct span bytes);

#endif
