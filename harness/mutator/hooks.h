/* hooks: what libFuzzer and AFL++ (custom_mutator.h of its 4.04) look for in a custom mutator. */
#ifndef SMTPCHAOS_HARNESS_MUTATOR_HOOKS_H
#define SMTPCHAOS_HARNESS_MUTATOR_HOOKS_H

#include <stddef.h>
#include <stdint.h>

#define EXPORTED __attribute__((visibility("default")))

EXPORTED size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
EXPORTED size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2,
                                          size_t size2, uint8_t *out, size_t max_out_size,
                                          unsigned seed);

EXPORTED void *afl_custom_init(void *afl, unsigned seed);
EXPORTED void afl_custom_deinit(void *data);
EXPORTED size_t afl_custom_fuzz(void *data, uint8_t *buf, size_t buf_size, uint8_t **out_buf,
                                uint8_t *add_buf, size_t add_buf_size, size_t max_size);
EXPORTED size_t afl_custom_havoc_mutation(void *data, uint8_t *buf, size_t buf_size,
                                          uint8_t **out_buf, size_t max_size);
EXPORTED uint8_t afl_custom_havoc_mutation_probability(void *data);
EXPORTED const char *afl_custom_describe(void *data, size_t max_description_len);

#endif
