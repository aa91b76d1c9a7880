/* lookup: a host's name becomes addresses, in libuv's thread pool, so that a slow name server holds
 * up nobody else. */
#ifndef SMTPCHAOS_PROXY_LOOKUP_H
#define SMTPCHAOS_PROXY_LOOKUP_H

#include <stdbool.h>
#include <uv.h>

#include "proxy/address.h"

struct lookup;

/* Called once; `error` is 0 or a negative libuv error (UV_ECANCELED after lookup_cancel). */
typedef void lookup_done(struct lookup *lookup, int error);

struct lookup {
    uv_getaddrinfo_t request;
    const struct addrinfo *next;
    lookup_done *done;
    void *owner;
    bool is_busy; /* `done` has not been called; the struct must stay where it is */
};

/* Answers 0 or a negative libuv error; `done` is not called then. */
int lookup_begin(struct lookup *lookup, uv_loop_t *loop, const struct address *address,
                 lookup_done *done, void *owner);
/* The next address that was found; false behind the last. */
bool lookup_next(struct lookup *lookup, struct socket_address *found);
void lookup_cancel(struct lookup *lookup);
/* Not while it is busy. */
void lookup_deinit(struct lookup *lookup);

#endif
