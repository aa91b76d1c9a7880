/* tally: see tally.h. */
#include "bench/tally.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

#include "bench/outside.h"

/* Rounds whose time is kept: two minutes of the fastest. */
#define ROUNDS_MAX ((size_t)4 * 1024 * 1024)

void tally_init(struct tally *tally)
{
    *tally = (struct tally){ .clocks = { CLOCK_PROCESS_CPUTIME_ID } };
    /* Memory that is not touched costs nothing. */
    tally->round_ns = malloc(ROUNDS_MAX * sizeof *tally->round_ns);
    if (!tally->round_ns)
        fail("the times of rounds");
}

void tally_deinit(struct tally *tally)
{
    free(tally->round_ns);
}

void tally_watch(struct tally *tally, uint64_t pid)
{
    if (tally->watched == WATCHED_MAX)
        refuse("--watch: too many processes");
    errno = clock_getcpuclockid((pid_t)pid, &tally->clocks[++tally->watched]);
    if (errno)
        fail("--watch");
}

static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec spent;
    if (clock_gettime(clock, &spent) != 0)
        fail("a watched process has ended");
    return (uint64_t)spent.tv_sec * UINT64_C(1000000000) + (uint64_t)spent.tv_nsec;
}

void tally_begin(struct tally *tally)
{
    tally->rounds = tally->bytes = 0;
    tally->kept = 0;
    for (size_t i = 0; i <= tally->watched; i++)
        tally->cpu_ns[i] = cpu_ns(tally->clocks[i]);
    tally->began_ns = clock_ns();
}

void tally_round(struct tally *tally, uint64_t lasted_ns)
{
    tally->rounds++;
    if (tally->kept < ROUNDS_MAX)
        tally->round_ns[tally->kept++] = lasted_ns;
}

void tally_end(struct tally *tally)
{
    tally->lasted_ns = clock_ns() - tally->began_ns;
    for (size_t i = 0; i <= tally->watched; i++)
        tally->cpu_ns[i] = cpu_ns(tally->clocks[i]) - tally->cpu_ns[i];
}

static int by_size(const void *a, const void *b)
{
    const uint64_t *left = a;
    const uint64_t *right = b;
    return (*left > *right) - (*left < *right);
}

static double percentile_us(const struct tally *tally, size_t percent)
{
    if (tally->kept == 0)
        return 0;
    size_t place = (tally->kept - 1) * percent / 100;
    return (double)tally->round_ns[place] / 1e3;
}

void tally_print(struct tally *tally)
{
    qsort(tally->round_ns, tally->kept, sizeof *tally->round_ns, by_size);
    printf("{\"rounds\": %" PRIu64 ", \"bytes\": %" PRIu64 ", \"seconds\": %.6f", tally->rounds,
           tally->bytes, (double)tally->lasted_ns / 1e9);
    printf(", \"p50_us\": %.3f, \"p99_us\": %.3f, \"cpu\": [", percentile_us(tally, 50),
           percentile_us(tally, 99));
    for (size_t i = 0; i <= tally->watched; i++)
        printf("%s%.6f", i ? ", " : "", (double)tally->cpu_ns[i] / 1e9);
    printf("]}\n");
}
