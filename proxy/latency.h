/* latency: how long many things took, in a fixed and small memory: buckets whose width is 1/32 of
 * what they stand for, so that a quantile is right to about three percent. */
#ifndef SMTPCHAOS_PROXY_LATENCY_H
#define SMTPCHAOS_PROXY_LATENCY_H

#include <stdint.h>

#include "base/instant.h"

#define LATENCY_BUCKETS (60 * 32)

/* A zeroed struct has seen nothing. */
struct latency {
    uint64_t buckets[LATENCY_BUCKETS];
    uint64_t count;
    duration max;
};

void latency_add(struct latency *latency, duration took);
/* The time that `percent` of all took at most; 0 when there were none. */
duration latency_quantile(const struct latency *latency, unsigned percent);

#endif
