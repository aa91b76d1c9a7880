/* lookup: see lookup.h. */
#include "proxy/lookup.h"

#include <stdio.h>
#include <string.h>

#include "base/check.h"

static void on_found(uv_getaddrinfo_t *request, int error, struct addrinfo *found)
{
    struct lookup *lookup = request->data;
    lookup->is_busy = false;
    lookup->next = found;
    lookup->done(lookup, error);
}

int lookup_begin(struct lookup *lookup, uv_loop_t *loop, const struct address *address,
                 lookup_done *done, void *owner)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    *lookup = (struct lookup){ .done = done, .owner = owner };
    lookup->request.data = lookup;
    /* `:PORT` has no name: the machine itself, as getaddrinfo(3) has it. */
    const char *host = address->host[0] ? address->host : NULL;
    int error = uv_getaddrinfo(loop, &lookup->request, on_found, host, port, &hints);
    lookup->is_busy = error == 0;
    return error;
}

bool lookup_next(struct lookup *lookup, struct socket_address *found)
{
    const struct addrinfo *next = lookup->next;
    if (!next)
        return false;
    check(next->ai_addrlen <= sizeof found->storage);
    *found = (struct socket_address){ .size = next->ai_addrlen };
    memcpy(&found->storage, next->ai_addr, next->ai_addrlen);
    lookup->next = next->ai_next;
    return true;
}

void lookup_cancel(struct lookup *lookup)
{
    if (lookup->is_busy)
        uv_cancel((uv_req_t *)&lookup->request);
}

void lookup_deinit(struct lookup *lookup)
{
    check(!lookup->is_busy);
    uv_freeaddrinfo(lookup->request.addrinfo);
}
