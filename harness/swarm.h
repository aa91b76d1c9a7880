/* swarm: two peers made up out of a seed. The client wants to send mail, the server to take it;
 * each step one of them does what it should, or commits a fault. A swarm drops some faults for a
 * whole session and weighs the rest wildly, so that rare ones meet each other often (Groce et al.,
 * "Swarm testing", 2012). Each command carries a number that its reply repeats, which shows
 * whether replies keep their order. What was done is written down as a script (script.h). */
#ifndef SMTPCHAOS_HARNESS_SWARM_H
#define SMTPCHAOS_HARNESS_SWARM_H

#include <stdint.h>

#include "base/text.h"

/* Plays the session of this seed, and appends its script as it goes, so that what led to a check
 * that failed stands there. Checks what duplex.h does, and the order of replies. */
void swarm_play(uint64_t seed, struct text *script);
/* Plays a script and checks the same. */
void swarm_check(struct span script);

#endif
