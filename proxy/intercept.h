/* intercept: connections that were on their way to somebody else when the kernel's packet filter
 * gave them to us. The rules of the filter are nft.h's. */
#ifndef SMTPCHAOS_PROXY_INTERCEPT_H
#define SMTPCHAOS_PROXY_INTERCEPT_H

#include <stdbool.h>

#include "proxy/address.h"

/* How connections are diverted to us; the words of --intercept in their order. */
enum intercept {
    INTERCEPT_NONE,
    INTERCEPT_REDIRECT, /* netfilter's REDIRECT or DNAT: the destination was rewritten */
    INTERCEPT_TPROXY    /* TPROXY: the socket has the destination as its own name */
};

/* Lets a socket have names that are not the machine's, to receive at or to send from. Answers 0 or
 * an errno; EPERM without CAP_NET_ADMIN and CAP_NET_RAW. */
int socket_make_transparent(int fd, int family);
/* Where an accepted connection was going before it was diverted. Answers 0 or an errno. */
int intercept_destination(enum intercept how, int fd, struct socket_address *out);
/* True when a connection to `to` would come to the listener itself. */
bool intercept_leads_to(const struct socket_address *listener, const struct socket_address *to);

#endif
