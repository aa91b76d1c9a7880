/* herald: a client that comes through a load balancer is announced by a PROXY header, which is
 * awaited before the session begins; and the address of a client as such a header has it. */
#ifndef SMTPCHAOS_PROXY_HERALD_H
#define SMTPCHAOS_PROXY_HERALD_H

#include "base/instant.h"
#include "peers/proxy_header.h"
#include "proxy/link.h"

/* Begins a session: at once, or where the place accepts PROXY headers, when one has come. Without a
 * good header the connection is torn and that is written down. */
void herald_open(struct link_place *place, const struct arrival *arrival, instant now);
/* Tears all connections whose header has not come. */
void heralds_end(struct link_place *place);

/* Says in a header who the client is and where it connected to; NONE when one of them is no IP
 * address, or they are of different families. */
void herald_describe(const struct socket_address *client, const struct socket_address *local,
                     struct proxy_header *header);

#endif
