/* prng: see prng.h. SplitMix64 (Steele, Lea, Flood 2014) mixes well enough to hash an address and
 * to draw from it; nothing here is for cryptography. */
#include "base/prng.h"

#include "base/check.h"

uint64_t prng_next(struct prng *prng)
{
    uint64_t z = prng->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static void descend(struct prng *prng, uint64_t step)
{
    prng->state ^= step;
    prng->state = prng_next(prng);
}

struct prng prng_at(uint64_t seed, uint64_t session, uint64_t rule, uint64_t direction,
                    uint64_t number)
{
    struct prng prng = { seed };
    descend(&prng, session);
    descend(&prng, rule);
    descend(&prng, direction);
    descend(&prng, number);
    return prng;
}

uint64_t prng_between(struct prng *prng, uint64_t low, uint64_t high)
{
    check(low <= high);
    uint64_t width = high - low + 1;
    if (width == 0)
        return prng_next(prng);
    /* Values below `bias` would make the small results more likely; draw again. */
    uint64_t bias = (UINT64_MAX - width + 1) % width;
    uint64_t drawn = prng_next(prng);
    while (drawn < bias)
        drawn = prng_next(prng);
    return low + drawn % width;
}

bool prng_chance(struct prng *prng, uint64_t hits, uint64_t of)
{
    check(of > 0);
    return prng_between(prng, 1, of) <= hits;
}
