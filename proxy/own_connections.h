/* own_connections: the connections that the proxy makes itself, so that it knows them again when a
 * packet filter sends them back to it: that would be a loop. Shared by all workers. */
#ifndef SMTPCHAOS_PROXY_OWN_CONNECTIONS_H
#define SMTPCHAOS_PROXY_OWN_CONNECTIONS_H

#include <stdbool.h>

#include "proxy/dial.h"

struct own_connections;

/* One of them; it stays where it is until own_connections_remove. */
struct own_connection {
    struct own_connection *next;
    struct socket_address from;
    struct socket_address to;
};

struct own_connections *own_connections_new(void);
/* All have been removed. */
void own_connections_free(struct own_connections *own);

/* dial(), and the connection is known before anybody can accept it. */
int own_connections_dial(struct own_connections *own, struct own_connection *connection,
                         const struct dialing *how, const struct socket_address *client,
                         const struct socket_address *to, int *fd);
void own_connections_remove(struct own_connections *own, struct own_connection *connection);
/* True when somebody who came from `from` and was going to `to` is ourselves. */
bool own_connections_has(struct own_connections *own, const struct socket_address *from,
                         const struct socket_address *to);

#endif
