/* latency: see latency.h. Below 64 ns each value has its own bucket; above, the highest bit
 * picks 32 buckets and the five bits behind it one of them. */
#include "proxy/latency.h"

#define STEPS 32

static unsigned highest_bit(uint64_t value)
{
    return 63U - (unsigned)__builtin_clzll(value);
}

static unsigned bucket_of(duration took)
{
    if (took < 2 * STEPS)
        return (unsigned)took;
    unsigned shift = highest_bit(took) - 5;
    return shift * STEPS + (unsigned)(took >> shift);
}

/* The largest value that belongs to the bucket. */
static duration top_of(unsigned bucket)
{
    if (bucket < 2 * STEPS)
        return bucket;
    unsigned shift = bucket / STEPS - 1;
    return (((duration)(bucket % STEPS) + STEPS + 1) << shift) - 1;
}

void latency_add(struct latency *latency, duration took)
{
    latency->buckets[bucket_of(took)]++;
    latency->count++;
    if (took > latency->max)
        latency->max = took;
}

duration latency_quantile(const struct latency *latency, unsigned percent)
{
    uint64_t wanted = (latency->count * percent + 99) / 100;
    uint64_t seen = 0;
    for (unsigned i = 0; i < LATENCY_BUCKETS; i++) {
        seen += latency->buckets[i];
        if (seen >= wanted)
            return top_of(i) < latency->max ? top_of(i) : latency->max;
    }
    return latency->max;
}
