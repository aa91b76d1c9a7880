/* session_driver: a session with two peers in memory, for tests. What a side says goes in, what it
 * hears is kept; after each call everything that may leave has left. */
#ifndef SMTPCHAOS_TESTS_UNIT_SESSION_DRIVER_H
#define SMTPCHAOS_TESTS_UNIT_SESSION_DRIVER_H

#include <stdbool.h>

#include "session/session.h"

/* What one side has heard. */
struct heard {
    struct text bytes;
    bool finished; /* the end in order */
    bool torn;     /* the reset */
};

struct driver {
    struct session *session;
    struct pool pool;
    struct recall *recall;
    struct rule_set *rules;
    struct session_options options;
    struct journal journal; /* first writes into `log` */
    struct text log;        /* JSON lines */
    struct heard heard[2];  /* by enum side */
    instant now;
    bool refuses; /* the upstream is not there */
};

/* Rules are lines, ended by NULL; NULL for none at all. A rule that is wrong fails the test. */
void driver_begin(struct driver *driver, const char *const *rules, uint64_t seed);
void driver_end(struct driver *driver);

/* The side says bytes, ends, or tears its connection. */
void driver_say(struct driver *driver, enum side side, struct span bytes);
void driver_finish(struct driver *driver, enum side side);
void driver_tear(struct driver *driver, enum side side);
/* Time passes; everything that falls due on the way happens at its moment. */
void driver_pass(struct driver *driver, duration wait);

/* Fails unless the side has heard just this since it was last asked; then forgets it. */
void driver_hears(struct driver *driver, enum side side, const char *bytes);

#endif
