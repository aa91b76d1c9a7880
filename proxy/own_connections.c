/* own_connections: see own_connections.h. A table by source port. */
#include "proxy/own_connections.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <uv.h>

#include "base/check.h"

#define BUCKETS 4096

struct own_connections {
    uv_mutex_t mutex;
    struct own_connection *buckets[BUCKETS];
};

struct own_connections *own_connections_new(void)
{
    struct own_connections *own = calloc(1, sizeof *own);
    check(own != NULL);
    check(uv_mutex_init(&own->mutex) == 0);
    return own;
}

void own_connections_free(struct own_connections *own)
{
    if (!own)
        return;
    uv_mutex_destroy(&own->mutex);
    free(own);
}

static struct own_connection **bucket_of(struct own_connections *own,
                                         const struct socket_address *from)
{
    return &own->buckets[socket_address_port(from) % BUCKETS];
}

static void add(struct own_connections *own, struct own_connection *connection, int fd)
{
    struct socket_address *from = &connection->from;
    from->size = sizeof from->storage;
    getsockname(fd, (struct sockaddr *)&from->storage, &from->size);
    struct own_connection **first = bucket_of(own, from);
    connection->next = *first;
    *first = connection;
}

int own_connections_dial(struct own_connections *own, struct own_connection *connection,
                         const struct dialing *how, const struct socket_address *client,
                         const struct socket_address *to, int *fd)
{
    *connection = (struct own_connection){ .to = *to };
    uv_mutex_lock(&own->mutex);
    int error = dial(how, client, to, fd);
    if (!error)
        add(own, connection, *fd);
    uv_mutex_unlock(&own->mutex);
    return error;
}

void own_connections_remove(struct own_connections *own, struct own_connection *connection)
{
    uv_mutex_lock(&own->mutex);
    struct own_connection **place = bucket_of(own, &connection->from);
    while (*place != connection)
        place = &(*place)->next;
    *place = connection->next;
    uv_mutex_unlock(&own->mutex);
}

bool own_connections_has(struct own_connections *own, const struct socket_address *from,
                         const struct socket_address *to)
{
    uv_mutex_lock(&own->mutex);
    const struct own_connection *one = *bucket_of(own, from);
    while (one && !(socket_address_equal(&one->from, from) && socket_address_equal(&one->to, to)))
        one = one->next;
    uv_mutex_unlock(&own->mutex);
    return one != NULL;
}
