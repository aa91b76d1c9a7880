/* names: lists of words as PARAM_NAMES holds them, separated by commas; letters are folded. */
#ifndef SMTPCHAOS_MUTATORS_NAMES_H
#define SMTPCHAOS_MUTATORS_NAMES_H

#include <stdbool.h>

#include "base/span.h"

/* Takes the first name off the list, without blanks around it; empty ones are left out. False when
 * there is none left. */
bool names_next(struct span *names, struct span *name);
bool names_has(struct span names, struct span name);

#endif
