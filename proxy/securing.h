/* securing: what a session wishes of TLS, carried out on its legs: handshakes begun and gone on
 * with, TLS left, and the session told what came of it. */
#ifndef SMTPCHAOS_PROXY_SECURING_H
#define SMTPCHAOS_PROXY_SECURING_H

#include <stdbool.h>

#include "base/instant.h"
#include "proxy/leg.h"
#include "proxy/tls/context.h"
#include "proxy/tls/wire_buffer.h"
#include "proxy/upstream.h"
#include "session/session.h"

/* What all sessions of a thread share for it. */
struct tls_place {
    struct tls_context *context; /* borrowed; of all threads. NULL: nobody wishes for TLS */
    struct buffer_store buffers;
    struct resumption resumptions[UPSTREAMS_MAX]; /* by the upstream's number */
};

void tls_place_deinit(struct tls_place *place);

/* Of one session. */
struct securing {
    struct tls_place *place;
    struct session *session;
    struct leg *legs;                /* by enum side */
    const struct upstream *upstream; /* NULL: not chosen yet */
};

/* Goes on with a handshake that is wished for. True when the session was told something. */
bool securing_shake(const struct securing *securing, enum side side, instant now);
/* Leaves TLS, as was wished for. */
void securing_bare(const struct securing *securing, enum side side, instant now);
/* TLS of a side has broken after its handshake. */
void securing_broke(const struct securing *securing, enum side side, instant now);
/* The side has ended its direction: was that without close_notify? The session hears of it. */
void securing_was_cut(const struct securing *securing, enum side side, instant now);

#endif
