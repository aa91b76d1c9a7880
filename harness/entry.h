/* entry: what a fuzz target is. Each fuzz_NAME.c defines this one function; libFuzzer, AFL++ and
 * replay_main.c call it. What must hold is said with check(), which aborts. */
#ifndef SMTPCHAOS_HARNESS_ENTRY_H
#define SMTPCHAOS_HARNESS_ENTRY_H

#include <stddef.h>
#include <stdint.h>

/* Tries one input, which it must not change; 0. What it keeps between calls must not change what a
 * later call does. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
