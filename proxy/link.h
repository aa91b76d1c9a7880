/* link: one session between its two sockets. It carries bytes, does what the session wishes, and
 * tells it what happened; what to do is the session's to decide. */
#ifndef SMTPCHAOS_PROXY_LINK_H
#define SMTPCHAOS_PROXY_LINK_H

#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"
#include "proxy/introducer.h"
#include "proxy/lookup.h"
#include "proxy/passage.h"
#include "proxy/pcap_file.h"
#include "proxy/poller.h"
#include "proxy/recording_store.h"
#include "proxy/securing.h"
#include "session/rule_set.h"
#include "session/session.h"

struct link;

/* The peers of a session that begins, as the journal and rules have them. */
struct peer_names {
    struct text client;
    struct text client_ip;
    struct text server;
};

/* What every link of a worker needs. Borrowed for the links' life. */
struct link_place {
    struct poller *poller;
    const struct session_options *options;
    struct recall *recall;
    struct pool *pool;
    struct desk *desk;
    struct resolver *resolver;
    struct journal *journal;
    struct pcap_writer *pcap;       /* NULL: no capture */
    struct recording_store *record; /* NULL: nothing is recorded */
    struct tls_place *tls;
    const struct upstreams *upstreams;
    const struct dialing *dialing;
    const struct introducing *introducing;
    bool accepts_proxy; /* herald.h */
    struct herald *heralds;
    struct own_connections *own; /* NULL when nothing is intercepted */
    struct span host;            /* the name the proxy goes by */
    /* The link is gone; its rules go back to their owner. */
    void (*gone)(void *owner, struct rule_set *rules);
    void *owner;
    struct link *first; /* all links, in no order */
    struct peer_names
        names; /* owned, for link_open alone: kept so that nothing is allocated anew */
};

/* One accepted connection. */
struct arrival {
    int fd;
    struct socket_address peer;
    struct socket_address local;     /* where it says it connected to; else no size */
    struct socket_address original;  /* where it was going, when intercepted; else no size */
    const struct upstream *upstream; /* where it is carried on to ... */
    const struct address *sorted_at; /* ... unless its recipients decide: its --listen; else NULL */
    uint64_t number;                 /* of the session in this run, from 1 */
    char guid[40];                   /* unique across restarts */
    struct rule_set *rules;          /* those in force when it came */
    bool client_tls;                 /* the client begins with TLS */
};

/* Begins a session; the link owns the arrival's socket and frees itself when the session ends. */
void link_open(struct link_place *place, const struct arrival *arrival, instant now);
/* Ends the session: what can be written at once still is. */
void link_end(struct link *link, instant now);
/* Frees what the place owns; there are no links any more. */
void link_place_deinit(struct link_place *place);
/* The link behind this one, NULL at the end. */
struct link *link_next(const struct link *link);

#endif
