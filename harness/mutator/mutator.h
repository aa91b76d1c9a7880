/* mutator: SMTP input changed as SMTP: what the hooks of libFuzzer and AFL++ call. The same seed,
 * input and bounds give the same output. */
#ifndef SMTPCHAOS_HARNESS_MUTATOR_MUTATOR_H
#define SMTPCHAOS_HARNESS_MUTATOR_MUTATOR_H

#include "base/text.h"
#include "harness/mutator/stream.h"

struct mutator_input {
    struct span bytes;
    struct span other;    /* another input of the corpus to splice from; may be empty */
    enum speaker speaker; /* SPEAKER_BOTH: told from how the bytes begin */
    uint64_t seed;
    size_t len_max; /* bytes of the output, at least 1 */
};

/* Changes the input by one operation or a few. The output is valid until the next call. One thread
 * at a time, as fuzzers have it. */
struct span mutator_apply(const struct mutator_input *input);
/* The names of the operations that the last call was made of, with blanks between. */
const char *mutator_told(void);

/* The number of operations, and the name of each. */
size_t mutator_operations(void);
const char *mutator_operation_name(size_t operation);
/* One operation alone, for tests; false where it does not apply. */
bool mutator_try(size_t operation, const struct mutator_input *input, struct span *output);

#endif
