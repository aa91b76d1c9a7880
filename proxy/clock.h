/* clock: the one place where the program reads the time. */
#ifndef SMTPCHAOS_PROXY_CLOCK_H
#define SMTPCHAOS_PROXY_CLOCK_H

#include "base/instant.h"

/* Takes the wall clock's time once; call it before there are threads. */
void clock_start(void);
/* The wall clock's time at the start plus what the monotonic clock has counted since, so that it
 * never runs backwards. */
instant clock_now(void);

#endif
