/* tls_link: a session between two peers that make TLS, real TLS on both sides, over wires of which
 * whoever holds it decides when how much arrives. It is what proxy/link.c and leg_tls.c are,
 * without sockets: the layers are the proxy's own (proxy/tls/layer.h). What must hold at every
 * moment is checked here. */
#ifndef SMTPCHAOS_HARNESS_TLS_LINK_H
#define SMTPCHAOS_HARNESS_TLS_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/recall.h"
#include "base/text.h"
#include "proxy/tls/layer.h"
#include "session/rule_set.h"
#include "session/session.h"

/* Bytes on their way; those before `arrived` can be read, those before `taken` have been. */
struct tls_wire {
    struct text bytes;
    size_t arrived;
    size_t taken;
    bool ended; /* an end stands behind them */
};

struct tls_peer {
    struct tls_wire to_proxy;
    struct tls_wire to_peer;
    struct layer *proxy;  /* the proxy's end; NULL: in clear */
    struct layer *own;    /* the peer's */
    struct span injected; /* what it says in clear behind its word for TLS */
    struct text in_clear; /* what it has heard */
    struct text said;     /* within TLS */
    struct text heard;
    size_t replies; /* of a client: how many it has heard in clear */
    bool told;      /* the session knows of its end */
};

struct tls_link {
    struct session *session;
    struct session_options options;
    struct pool *pool; /* borrowed */
    struct recall *recall;
    struct rule_set *rules; /* none */
    struct buffer_store store;
    struct journal journal;
    struct text log;
    struct tls_plan plan; /* of the peers */
    struct tls_peer peers[2];
    instant now;
    bool is_old; /* TLS 1.2 */
};

/* What the peers put in behind their words for TLS is borrowed. */
void tls_link_begin(struct tls_link *link, struct pool *pool, bool is_old,
                    const struct span injected[2]);
/* Goes on as far as what has arrived allows. */
void tls_link_settle(struct tls_link *link);
/* Everything arrives, until nothing moves any more. */
void tls_link_deliver_all(struct tls_link *link);
/* Time passes. */
void tls_link_pass(struct tls_link *link, duration wait);
/* The peer says this within TLS; nothing where it has none. */
void tls_link_say(struct tls_link *link, enum side side, struct span bytes);
/* The peer ends its direction, within TLS with close_notify unless it is to be rude. */
void tls_link_finish(struct tls_link *link, enum side side, bool rude);
bool tls_link_is_secure(const struct tls_link *link, enum side side);
void tls_link_end(struct tls_link *link);
void tls_link_deinit(struct tls_link *link);

#endif
