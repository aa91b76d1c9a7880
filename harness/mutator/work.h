/* work: one input being changed: the stream as it is, what it is to become, and the coin. Every
 * operation is written with it. */
#ifndef SMTPCHAOS_HARNESS_MUTATOR_WORK_H
#define SMTPCHAOS_HARNESS_MUTATOR_WORK_H

#include "base/prng.h"
#include "base/text.h"
#include "harness/mutator/stream.h"

struct work {
    struct stream stream;
    struct span other; /* another input to splice from; may be empty */
    struct prng prng;
    struct text out;   /* the input as it becomes; no longer than the engine allows */
    struct text piece; /* what an operation builds before it knows where it goes */
};

/* One way to change an input. False: it does not apply, `out` is void. */
struct operation {
    const char *name;
    enum speaker speakers;
    unsigned weight; /* how often, against the others */
    bool (*apply)(struct work *work);
};

#define OPERATION(name, speakers, weight) bool operation_##name(struct work *work);
#include "harness/mutator/operations.def"
#undef OPERATION

/* Uniform in 0..count-1; count must not be 0. */
size_t work_pick(struct work *work, size_t count);
/* True in one of `of` cases. */
bool work_chance(struct work *work, unsigned of);
/* One row of a table of spans. */
struct span work_choose(struct work *work, const struct span *table, size_t count);
#define WORK_CHOOSE(work, table) work_choose((work), (table), sizeof(table) / sizeof((table)[0]))
/* A length near a bound that mail programs have: 511..513, 998..1001, 4095..4097, ... */
size_t work_odd_length(struct work *work);
/* A number that is hard on whoever reads it: 0, -1, 2^31, 2^63, many digits. */
struct span work_odd_number(struct work *work);

/* A unit of one of the kinds (bits), at random; false where there is none. */
bool work_find(struct work *work, unsigned kinds, size_t *unit);
/* A command of the verb, at random; false where there is none. */
bool work_find_verb(struct work *work, enum verb verb, size_t *unit);
/* `bytes` take the place of `count` units from `first` on. Always true. */
bool work_replace(struct work *work, size_t first, size_t count, struct span bytes);
/* The same with what `piece` holds. */
bool work_replace_piece(struct work *work, size_t first, size_t count);
/* A part of a unit, a view into it, becomes `bytes`. Always true. */
bool work_replace_part(struct work *work, struct span part, struct span bytes);

#endif
