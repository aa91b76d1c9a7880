/* load: so many sessions at once that say a script, over and over, for so long. */
#ifndef SMTPCHAOS_BENCH_LOAD_H
#define SMTPCHAOS_BENCH_LOAD_H

#include <stdint.h>

#include "bench/script.h"
#include "bench/stream.h"
#include "bench/tally.h"

struct load_options {
    uint16_t port;     /* of the loopback address */
    unsigned sessions; /* at once */
    uint64_t lasts_ns; /* how long is measured, from when every session has done a round */
    enum security security;
    bool resumes; /* TLS: takes sessions up again */
    bool holds;   /* once all are in their rounds: say so, and wait for standard input to end */
};

/* Runs to the end of every session's last round, and fills the tally. A session that is refused or
 * broken, or stands still for STALL_MS, ends the program with status 69: there is nothing to
 * measure then. */
void load_run(const struct load_options *options, const struct script *script, struct tally *tally);

#endif
