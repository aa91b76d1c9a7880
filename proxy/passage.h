/* passage: one session's way to its server: where to, and from which address. Which addresses a
 * name has is lookup.h's, the connection leg.h's. */
#ifndef SMTPCHAOS_PROXY_PASSAGE_H
#define SMTPCHAOS_PROXY_PASSAGE_H

#include <stdbool.h>

#include "proxy/address.h"
#include "proxy/dial.h"
#include "proxy/own_connections.h"
#include "proxy/upstream.h"

struct passage {
    const struct upstream *upstream; /* NULL: not chosen yet */
    const struct dialing *dialing;
    struct own_connections *own; /* NULL when nothing is intercepted */
    struct own_connection *known;
    struct socket_address client;
    struct socket_address local;    /* where the client connected to */
    struct socket_address original; /* where the client was going; no size when to us */
};

/* A copy of what is given; what it names is borrowed. */
struct passage *passage_new(const struct passage *given);
/* NULL is fine. */
void passage_free(struct passage *passage);
/* Finds out where the client connected to, unless it has been told; `fd` is its socket. */
void passage_find_local(struct passage *passage, int fd);
/* While it is kept, the connection is known as our own; for as long as it is open. */
bool passage_is_known(const struct passage *passage);
/* Appends the server as it is shown. */
void passage_add_name(const struct passage *passage, struct text *out);
/* Where to, when that is a number or a path; false when a name has to be looked up. */
bool passage_destination(const struct passage *passage, struct socket_address *to);
/* Begins to connect; answers 0 or a negative libuv error. */
int passage_dial(struct passage *passage, const struct socket_address *to, int *fd);
/* The socket of passage_dial has been closed. */
void passage_forget(struct passage *passage);

#endif
