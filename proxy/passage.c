/* passage: see passage.h. */
#include "proxy/passage.h"

#include <stdlib.h>

#include "base/check.h"

struct passage *passage_new(const struct passage *given)
{
    struct passage *passage = malloc(sizeof *passage);
    check(passage != NULL);
    *passage = *given;
    if (!passage->own)
        return passage;
    passage->known = calloc(1, sizeof *passage->known);
    check(passage->known != NULL);
    return passage;
}

void passage_free(struct passage *passage)
{
    if (!passage)
        return;
    passage_forget(passage);
    free(passage->known);
    free(passage);
}

void passage_find_local(struct passage *passage, int fd)
{
    struct socket_address *local = &passage->local;
    if (!local->size && passage->original.size) {
        *local = passage->original;
    } else if (!local->size) {
        local->size = sizeof local->storage;
        getsockname(fd, (struct sockaddr *)&local->storage, &local->size);
    }
}

bool passage_is_known(const struct passage *passage)
{
    return passage->known != NULL;
}

static bool is_original(const struct passage *passage)
{
    return passage->upstream->address.kind == ADDRESS_ORIGINAL;
}

void passage_add_name(const struct passage *passage, struct text *out)
{
    if (!passage->upstream)
        text_add(out, SPAN("by recipient"));
    else if (is_original(passage) && passage->original.size)
        socket_address_format(&passage->original, out);
    else
        text_add(out, text_span(&passage->upstream->name));
}

bool passage_destination(const struct passage *passage, struct socket_address *to)
{
    if (!is_original(passage))
        return address_to_socket(&passage->upstream->address, to);
    *to = passage->original;
    return true;
}

int passage_dial(struct passage *passage, const struct socket_address *to, int *fd)
{
    passage_forget(passage);
    if (!passage->own)
        return dial(passage->dialing, &passage->client, to, fd);
    return own_connections_dial(passage->own, passage->known, passage->dialing, &passage->client,
                                to, fd);
}

void passage_forget(struct passage *passage)
{
    /* A name without a family is none that was added. */
    if (!passage->known || passage->known->from.storage.ss_family == AF_UNSPEC)
        return;
    own_connections_remove(passage->own, passage->known);
    passage->known->from = (struct socket_address){ 0 };
}
