/* outside: what both load programs need of the world: loopback sockets, a clock, options, and one
 * line on stderr when something fails. They link nothing of ours, so that the product
 * is never measured with its own code. */
#ifndef SMTPCHAOS_BENCH_OUTSIDE_H
#define SMTPCHAOS_BENCH_OUTSIDE_H

#include <stdint.h>

/* Ends the program with "NAME: what: why", the reason taken from errno; exit status 69. */
_Noreturn void fail(const char *what);
/* Ends the program with "NAME: what", exit status 64. */
_Noreturn void refuse(const char *what);

/* The number that the option `name` was given, 0 to `max`; anything else ends the program. */
uint64_t option_number(const char *name, const char *value, uint64_t max);

/* Nanoseconds on the monotonic clock. */
uint64_t clock_ns(void);

/* As many descriptors as the system lets this process have. */
void descriptors_raise(void);

/* A non-blocking socket that listens on the loopback address; port 0 is any, *port what it got. */
int loopback_listen(uint16_t *port);
/* A non-blocking socket that has begun to connect to the loopback address. */
int loopback_connect(uint16_t port);
/* Small writes leave at once. */
void no_delay(int fd);

#endif
