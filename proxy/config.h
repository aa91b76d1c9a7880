/* config: a file of options, one a line: the option's name without dashes, a blank, its value. `#`
 * begins a comment at the start of a line or behind a blank; in a rule the rule language decides
 * about that. */
#ifndef SMTPCHAOS_PROXY_CONFIG_H
#define SMTPCHAOS_PROXY_CONFIG_H

#include <stdbool.h>

#include "base/span.h"
#include "proxy/options.h"

/* Takes every line of the file's text into the options; each mistake is one line
 * `file:line: reason` in `errors`. False when there was any. */
bool config_take(struct options *options, const char *file, struct span text, struct text *errors);
/* Reads the file and takes its lines; says what is wrong on stderr. Answers the exit status. */
int config_read(struct options *options, const char *file);

#endif
