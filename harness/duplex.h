/* duplex: a session between two peers in memory who do as a script says. What a peer says waits
 * until the session reads it, as in a socket; what the session has for it is taken at once, unless
 * it has stopped reading. What must hold at every moment, whatever the script, is checked here. */
#ifndef SMTPCHAOS_HARNESS_DUPLEX_H
#define SMTPCHAOS_HARNESS_DUPLEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/recall.h"
#include "base/text.h"
#include "play/recorder.h"
#include "play/script.h"
#include "session/session.h"

struct peer {
    struct text says; /* all it has said */
    size_t read;      /* of which the session has read so much */
    struct text heard;
    bool stopped;  /* it reads no more */
    bool ends;     /* its end stands behind what it has said ... */
    bool ended;    /* ... and has been told to the session */
    bool torn;     /* it has torn its connection */
    bool secure;   /* its handshake is done */
    bool finished; /* it has heard the end in order, or the close */
    bool reset;    /* it has heard a reset */
};

struct duplex {
    struct session *session;
    struct session_options options;
    struct pool *pool; /* borrowed: costly to take and give back */
    struct recall *recall;
    struct journal journal;
    struct text log;                                  /* the journal, a line of JSON an entry */
    void (*entry)(const struct journal_entry *entry); /* sees each entry in place of the log */
    struct peer peers[2];
    instant now;
    size_t cut;           /* bytes that the session reads at once, at most */
    bool rules_off;       /* the switch */
    bool asks;            /* the server waits for the script before it answers */
    bool answered;        /* the connection to it is there, or was refused */
    bool disturbed;       /* by time, resets, stops or ends: no longer a plain wire */
    bool backed_up;       /* the session did not read all at once: how much depends on the cuts */
    bool broke_off;       /* too much was said or too long waited: the rest was left out */
    bool closed;          /* the journal has had its last entry ... */
    uint64_t bytes_in[2]; /* ... which counted so many bytes */
    uint64_t bytes_out[2];
    uint64_t entries;
    instant last_entry;
};

/* The pool has no chunk in use. `options` is the script's byte; cut is at least 1. */
void duplex_begin(struct duplex *duplex, struct pool *pool, const struct rule_set *rules,
                  uint8_t options, size_t cut);
/* Likewise, but the session is written down. */
void duplex_begin_recorded(struct duplex *duplex, struct pool *pool, const struct rule_set *rules,
                           uint8_t options, size_t cut, struct recorder *recorder);
/* The session is over, or the rest is left out: there are no more steps. */
bool duplex_is_over(const struct duplex *duplex);
void duplex_step(struct duplex *duplex, const struct script_step *step);
/* For a session without rules: all that was said has been heard, and nothing else. */
void duplex_check_wire(const struct duplex *duplex);
/* For a session whose rules never do anything: the same, but bytes may have waited for rules. */
void duplex_check_idle_rules(const struct duplex *duplex);
/* Both read again, end, and much time passes; then the session is freed. */
void duplex_end(struct duplex *duplex);
void duplex_deinit(struct duplex *duplex);

#endif
