/* script_run: a script played as a session, in whole reads and in pieces, and what must hold of
 * both: see fuzz_session.c. */
#ifndef SMTPCHAOS_HARNESS_SCRIPT_RUN_H
#define SMTPCHAOS_HARNESS_SCRIPT_RUN_H

#include "base/span.h"

/* Ends the program where something does not hold. */
void script_try(struct span script);

#endif
