/* send_run: one run of `smtpchaos send`: which message is sent when, over which connection, and
 * whether it is tried again. */
#ifndef SMTPCHAOS_PROXY_SEND_RUN_H
#define SMTPCHAOS_PROXY_SEND_RUN_H

#include <stdbool.h>
#include <stdint.h>
#include <uv.h>

#include "proxy/end_signals.h"
#include "proxy/live_line.h"
#include "proxy/mail_maker.h"
#include "proxy/peer_link.h"
#include "proxy/peer_tls.h"
#include "proxy/send_tally.h"

/* What was asked for. Borrowed for the run. */
struct send_plan {
    const struct socket_address *places; /* of the server, tried in order; at least one */
    size_t place_count;
    const char *server; /* as it was written */
    struct span from;
    struct span *recipients;
    size_t recipient_count;
    uint64_t count;       /* messages */
    uint64_t connections; /* at once */
    uint64_t keep;        /* messages of one connection */
    uint64_t rate;        /* messages begun in a second; 0 is no bound */
    uint64_t retries;     /* further attempts for what was put off */
    duration retry_after;
    duration connect_timeout;
    struct sender_options sender;
    bool is_tls_first;    /* TLS comes before any byte */
    struct peer_tls *tls; /* NULL: there is none */
    bool verbose;         /* the dialogue goes to stderr */
    struct mail_maker *maker;
};

/* A message on its way through its attempts. */
struct send_job {
    struct send_job *next;
    uint64_t number;  /* of the message, from 1 */
    uint64_t attempt; /* from 1 */
    instant due;
    struct span *recipients; /* owned: those that are still to be reached */
    size_t recipient_count;
    size_t delivered; /* recipients reached by earlier attempts */
};

struct send_connection;

struct send_run {
    const struct send_plan *plan;
    struct poller poller;
    uv_timer_t timer; /* the next message is due */
    struct end_signals signals;
    struct live_line live;
    struct peer_place place;
    struct send_tally tally;
    uint64_t shown_sent; /* when the live line was written last */
    uint64_t shown_bytes;
    instant began;
    uint64_t begun;         /* messages that have had their first attempt, or are having it */
    struct send_job *again; /* to be tried again, the first due first */
    struct send_job *again_last;
    struct send_connection *first; /* all connections, in no order */
    uint64_t open;
    uint64_t opened;    /* so far */
    uint64_t idle;      /* connections that wait for a message to become due */
    bool has_connected; /* at least once */
    bool is_stopping;   /* no message is begun any more */
    bool has_ended;
    int connect_error; /* why no connection could be made at all */
};

/* Sends everything. Answers the exit status; the tally is filled in. */
int send_run(struct send_run *run, const struct send_plan *plan);

/* For send_connection.h: the next message that is due, or NULL; the caller has to finish it. */
struct send_job *send_run_take(struct send_run *run, instant now);
/* True when messages will become due that have not had their first attempt. */
bool send_run_has_fresh(const struct send_run *run);
/* An attempt has ended with these last words on its recipients (sender_recipient_code). */
void send_run_finish(struct send_run *run, struct send_job *job,
                     const struct sender_outcome *outcome, const char *where,
                     const struct sender *sender, duration took, uint64_t bytes);
/* The server could not be reached. */
void send_run_cannot_connect(struct send_run *run, int error);
/* A connection is gone, or waits for something to do: sees to it that somebody looks when there
 * is. */
void send_run_arm(struct send_run *run, instant now);

#endif
