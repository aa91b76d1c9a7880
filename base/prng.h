/* prng: randomness with an address. A draw depends on the seed and on where it is made, never on
 * what was drawn before, so the same decision comes out however TCP cut the bytes. */
#ifndef SMTPCHAOS_BASE_PRNG_H
#define SMTPCHAOS_BASE_PRNG_H

#include <stdbool.h>
#include <stdint.h>

struct prng {
    uint64_t state;
};

/* The generator that lives at an address: a chain of up to five numbers under the seed. */
struct prng prng_at(uint64_t seed, uint64_t session, uint64_t rule, uint64_t direction,
                    uint64_t number);
/* The next 64 bits (SplitMix64). */
uint64_t prng_next(struct prng *prng);
/* Uniform in low..high, both included; low must not be above high. */
uint64_t prng_between(struct prng *prng, uint64_t low, uint64_t high);
/* True in `hits` of `of` cases; a ratio, not a float. `of` must not be 0. */
bool prng_chance(struct prng *prng, uint64_t hits, uint64_t of);

#endif
