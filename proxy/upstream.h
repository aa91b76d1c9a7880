/* upstream: the servers that sessions are carried on to, and which of them a session goes to. */
#ifndef SMTPCHAOS_PROXY_UPSTREAM_H
#define SMTPCHAOS_PROXY_UPSTREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"
#include "proxy/address.h"

/* No upstream, where a number is answered. */
#define UPSTREAM_NONE SIZE_MAX

struct upstream {
    struct address address;
    struct text name; /* as it is shown */
    bool has_listen;  /* only for clients of one --listen: */
    struct address listen;
    struct span match; /* only for recipients: globs with commas between them; borrowed; or empty */
    size_t number;     /* in `all` */
};

/* In the order given; a zeroed struct has none. */
struct upstreams {
    struct upstream all[UPSTREAMS_MAX];
    size_t count;
};

/* Adds one, written `[listen=ADDR] [match=GLOB,…] ADDR`; the text is borrowed. On failure false,
 * with a clause in `error`. */
bool upstreams_add(struct upstreams *upstreams, struct span text, struct text *error);
void upstreams_deinit(struct upstreams *upstreams);
/* The first whose conditions hold, else the last that has none; NULL when there is none. A mail's
 * recipient is not known: see upstreams_need_recipient. */
const struct upstream *upstreams_choose(const struct upstreams *upstreams,
                                        const struct address *listen);
/* The same with a recipient, an address without angle brackets; a number in `all`, or
 * UPSTREAM_NONE. A glob without `@` is for domains. */
size_t upstreams_choose_for(const struct upstreams *upstreams, const struct address *listen,
                            struct span recipient);
/* True when it depends on the recipient where this listener's clients go. */
bool upstreams_need_recipient(const struct upstreams *upstreams, const struct address *listen);
/* True when that is so for any listener. */
bool upstreams_match_any(const struct upstreams *upstreams);
/* True when one of them begins with TLS. */
bool upstreams_have_tls(const struct upstreams *upstreams);
/* True when one of them has an address of this kind. */
bool upstreams_have(const struct upstreams *upstreams, enum address_kind kind);

#endif
