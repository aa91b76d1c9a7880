/* tally: what happened between two moments: rounds and how long each took, bytes, and the CPU time
 * that processes spent. */
#ifndef SMTPCHAOS_BENCH_TALLY_H
#define SMTPCHAOS_BENCH_TALLY_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define WATCHED_MAX 4

struct tally {
    uint64_t began_ns; /* 0 until tally_begin */
    uint64_t lasted_ns;
    uint64_t rounds;
    uint64_t bytes;
    uint64_t *round_ns; /* of the first rounds, as many as are kept */
    size_t kept;
    size_t watched;
    clockid_t clocks[WATCHED_MAX + 1]; /* this process first */
    uint64_t cpu_ns[WATCHED_MAX + 1];
};

void tally_init(struct tally *tally);
void tally_deinit(struct tally *tally);
/* Adds a process whose CPU time is of interest; all its threads count, with nanoseconds where
 * /proc/PID/stat has ticks. */
void tally_watch(struct tally *tally, uint64_t pid);

void tally_begin(struct tally *tally);
void tally_round(struct tally *tally, uint64_t lasted_ns);
void tally_end(struct tally *tally);

/* One JSON object on standard output: rounds, bytes, seconds, p50_us, p99_us, and cpu: seconds of
 * this process and of those watched, in their order. */
void tally_print(struct tally *tally);

#endif
