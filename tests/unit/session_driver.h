/* session_driver: a session with two peers in memory, for tests. What a side says goes in, what it
 * hears is kept; after each call everything that may leave has left. */
#ifndef SMTPCHAOS_TESTS_UNIT_SESSION_DRIVER_H
#define SMTPCHAOS_TESTS_UNIT_SESSION_DRIVER_H

#include <stdbool.h>

#include "play/recorder.h"
#include "session/session.h"

/* What one side has heard. */
struct heard {
    struct text bytes;
    bool finished; /* the end in order */
    bool torn;     /* the reset */
};

/* What becomes of the connection to the server. */
enum driver_server {
    DRIVER_ACCEPTS,
    DRIVER_REFUSES,
    DRIVER_SILENT /* it never answers */
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
    enum driver_server server;
    bool slow_handshakes;   /* only driver_shake makes them */
    unsigned handshakes[2]; /* by enum side: how many were made */
    bool stopped[2];        /* by enum side: it does not read what comes for it */
};

/* Rules are lines, ended by NULL; NULL for none at all. A rule that is wrong fails the test. */
void driver_begin(struct driver *driver, const char *const *rules, uint64_t seed);
/* Likewise, with options of its own, which are copied to driver->options and may be changed
 * there. */
void driver_begin_with(struct driver *driver, const char *const *rules,
                       const struct session_options *options, enum driver_server server);
/* Likewise, written down. The recorder may have what its owner sets. */
void driver_begin_recorded(struct driver *driver, const char *const *rules,
                           const struct session_options *options, struct recorder *recorder);
void driver_end(struct driver *driver);

/* The side says bytes, ends, or tears its connection. */
void driver_say(struct driver *driver, enum side side, struct span bytes);
/* Says as much as the session wishes to read; answers how many bytes that was. */
size_t driver_offer(struct driver *driver, enum side side, struct span bytes);
/* A side that was stopped goes on to read. */
void driver_resume(struct driver *driver, enum side side);
void driver_finish(struct driver *driver, enum side side);
void driver_tear(struct driver *driver, enum side side);
/* Time passes; everything that falls due on the way happens at its moment. */
void driver_pass(struct driver *driver, duration wait);

/* Makes the handshake that the session wishes for with this side, if it does. */
void driver_shake(struct driver *driver, enum side side);

/* The clock looks in, without time having passed. */
void driver_tick(struct driver *driver);

/* Fails unless the side has heard just this since it was last asked; then forgets it. */
void driver_hears(struct driver *driver, enum side side, const char *bytes);

#endif
