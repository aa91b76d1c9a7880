/* size: amounts of bytes as people write them. KB, MB and GB are powers of 1,000; KiB, MiB and GiB
 * are powers of 1,024. */
#ifndef SMTPCHAOS_BASE_SIZE_H
#define SMTPCHAOS_BASE_SIZE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

#define SIZE_TEXT_SIZE 24
/* Writes the first exact form in one unit, larger units first (2MB, 1KiB, 1500B), and a NUL. */
void size_format(uint64_t bytes, char text[SIZE_TEXT_SIZE]);
/* Reads digits and a unit, letters folded; digits alone are bytes. False when it is no size or does
 * not fit. */
bool size_parse(struct span text, uint64_t *bytes);

#endif
