/* lookup: a host's name becomes addresses, in threads of our own, so that a slow name server holds
 * up nobody: neither the loop, nor those who ask for other names, nor the end of the program. Who
 * asks for the same name at the same time shares one answer; nothing is kept longer than that. */
#ifndef SMTPCHAOS_PROXY_LOOKUP_H
#define SMTPCHAOS_PROXY_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "proxy/address.h"

struct lookup;
struct query;
struct mailbox;

/* Of one loop: which names are being asked for. */
struct resolver {
    uv_async_t answered;
    struct mailbox *mailbox; /* shared with the threads that ask */
    struct query *running;
    size_t waiting; /* lookups */
};

void resolver_init(struct resolver *resolver, uv_loop_t *loop);
/* Nobody waits any more: answers that still come are thrown away. The loop has to run once more. */
void resolver_end(struct resolver *resolver);

/* Called once from the loop; `error` is 0 or a negative libuv error. */
typedef void lookup_done(struct lookup *lookup, int error);

struct lookup {
    struct resolver *resolver;
    struct query *query; /* waited for; NULL when it has been answered */
    struct lookup *next; /* of those who wait for the same */
    struct socket_address *found;
    size_t count;
    size_t tried;
    lookup_done *done;
    void *owner;
};

/* Answers 0 or a negative libuv error; `done` is not called then. */
int lookup_begin(struct lookup *lookup, struct resolver *resolver, const struct address *address,
                 lookup_done *done, void *owner);
/* `done` has not been called; the struct must stay where it is. */
bool lookup_is_busy(const struct lookup *lookup);
/* The next address that was found; false behind the last. */
bool lookup_next(struct lookup *lookup, struct socket_address *found);
bool lookup_has_next(const struct lookup *lookup);
/* Forgets what was found; `done` is not called any more. The struct may begin again. */
void lookup_deinit(struct lookup *lookup);

#endif
