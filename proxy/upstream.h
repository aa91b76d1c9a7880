/* upstream: the servers that sessions are carried on to, and which of them a session goes to. */
#ifndef SMTPCHAOS_PROXY_UPSTREAM_H
#define SMTPCHAOS_PROXY_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"
#include "proxy/address.h"

struct upstream {
    struct address address;
    struct text name; /* as it is shown */
    bool has_listen;  /* only for clients of one --listen: */
    struct address listen;
};

/* In the order given; a zeroed struct has none. */
struct upstreams {
    struct upstream all[UPSTREAMS_MAX];
    size_t count;
};

/* Adds one, written `[listen=ADDR] ADDR`. On failure false, with a clause in `error`. */
bool upstreams_add(struct upstreams *upstreams, struct span text, struct text *error);
void upstreams_deinit(struct upstreams *upstreams);
/* The first that is for clients of the listener, else the last that is for all; NULL when there is
 * none. */
const struct upstream *upstreams_choose(const struct upstreams *upstreams,
                                        const struct address *listen);
/* The host of the first that has one; NULL when none has. */
const char *upstreams_host(const struct upstreams *upstreams);
/* True when one of them begins with TLS. */
bool upstreams_have_tls(const struct upstreams *upstreams);
/* True when one of them has an address of this kind. */
bool upstreams_have(const struct upstreams *upstreams, enum address_kind kind);

#endif
