/* libfuzzer_hooks: the mutator as libFuzzer calls it. Half of the time its own mutations have
 * the input: they know bytes, comparisons and the dictionary. */
#include <string.h>

#include "base/prng.h"
#include "harness/mutator/hooks.h"
#include "harness/mutator/mutator.h"

/* libFuzzer's; weak, so that the library loads into other engines too. */
__attribute__((weak)) size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static size_t give(struct span bytes, uint8_t *out, size_t max_size)
{
    size_t len = bytes.len < max_size ? bytes.len : max_size;
    if (len > 0)
        memcpy(out, bytes.ptr, len);
    return len;
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    struct prng coin = prng_at(seed, 1, 0, 0, 0);
    if (max_size == 0)
        return 0;
    if (LLVMFuzzerMutate && prng_chance(&coin, 1, 2))
        return LLVMFuzzerMutate(data, size, max_size);
    const struct mutator_input input = {
        .bytes = span_make(data, size), .speaker = SPEAKER_BOTH, .seed = seed, .len_max = max_size
    };
    return give(mutator_apply(&input), data, max_size);
}

size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                 size_t size2, uint8_t *out, size_t max_out_size, unsigned seed)
{
    if (max_out_size == 0)
        return 0;
    const struct mutator_input input = { .bytes = span_make(data1, size1),
                                         .other = span_make(data2, size2),
                                         .speaker = SPEAKER_BOTH,
                                         .seed = seed,
                                         .len_max = max_out_size };
    return give(mutator_apply(&input), out, max_out_size);
}
