/* afl_hooks: the mutator as AFL++ calls it, by AFL_CUSTOM_MUTATOR_LIBRARY. AFL++ gives a stage of
 * its own to it and keeps havoc beside that, so half of the time is the engine's; now and then an
 * operation also joins in between havoc's own. SMTPCHAOS_MUTATOR_STREAM=client or =replies says
 * whose words the inputs are; otherwise each tells by how it begins. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/prng.h"
#include "harness/mutator/hooks.h"
#include "harness/mutator/mutator.h"

/* Percent of havoc's mutations. */
#define HAVOC_PERCENT 6

struct afl_mutator {
    struct prng prng;
    enum speaker speaker;
};

static enum speaker speaker_wanted(void)
{
    const char *said = secure_getenv("SMTPCHAOS_MUTATOR_STREAM");
    if (said && strcmp(said, "client") == 0)
        return SPEAKER_CLIENT;
    if (said && strcmp(said, "replies") == 0)
        return SPEAKER_SERVER;
    return SPEAKER_BOTH;
}

void *afl_custom_init(void *afl, unsigned seed)
{
    (void)afl;
    struct afl_mutator *mutator = calloc(1, sizeof *mutator);
    check(mutator != NULL);
    mutator->prng = prng_at(seed, 2, 0, 0, 0);
    mutator->speaker = speaker_wanted();
    return mutator;
}

void afl_custom_deinit(void *data)
{
    free(data);
}

static size_t mutate(struct afl_mutator *mutator, struct span bytes, struct span other,
                     uint8_t **out_buf, size_t max_size)
{
    /* AFL++ may write into what it gets, which stays ours. */
    static struct text given;
    const struct mutator_input input = { .bytes = bytes,
                                         .other = other,
                                         .speaker = mutator->speaker,
                                         .seed = prng_next(&mutator->prng),
                                         .len_max = max_size ? max_size : 1 };
    text_clear(&given);
    text_add(&given, mutator_apply(&input));
    *out_buf = given.ptr;
    return given.len;
}

size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                       uint8_t *add_buf, size_t add_buf_size, size_t max_size)
{
    return mutate(data, span_make(buf, buf_size), span_make(add_buf, add_buf ? add_buf_size : 0),
                  out_buf, max_size);
}

size_t afl_custom_havoc_mutation(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                                 size_t max_size)
{
    return mutate(data, span_make(buf, buf_size), span_make(NULL, 0), out_buf, max_size);
}

uint8_t afl_custom_havoc_mutation_probability(void *data)
{
    (void)data;
    return HAVOC_PERCENT;
}

const char *afl_custom_describe(void *data, size_t max_description_len)
{
    (void)data;
    (void)max_description_len;
    return mutator_told();
}
