/* rerun_difference: two lines that should be the same, shown to a person. */
#ifndef SMTPCHAOS_PLAY_RERUN_DIFFERENCE_H
#define SMTPCHAOS_PLAY_RERUN_DIFFERENCE_H

#include "base/span.h"
#include "base/text.h"

/* Adds both, and below them a mark where they part; long lines are shown around that place. An
 * empty line is shown as `(nothing)`. */
void rerun_difference_add(struct span was, struct span is, struct text *report);

#endif
