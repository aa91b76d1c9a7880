/* option_value: from the text of one option to its value, and back from bounds to words. */
#ifndef SMTPCHAOS_PROXY_OPTION_VALUE_H
#define SMTPCHAOS_PROXY_OPTION_VALUE_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"
#include "proxy/options.h"

/* Reads `text` as the row wants it into number or address. On failure false, with one clause in
 * `error` that names the option. */
bool option_value_parse(const struct option_row *row, struct span text, struct option_value *value,
                        struct text *error);
/* Writes a number as the row's kind is written: 30s, 65536, 1MB. */
void option_value_format(const struct option_row *row, uint64_t number, struct text *out);

#endif
