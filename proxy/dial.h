/* dial: begins connections to servers: from which address they come, and which mark their packets
 * carry. Waiting until they are there is leg.h's. */
#ifndef SMTPCHAOS_PROXY_DIAL_H
#define SMTPCHAOS_PROXY_DIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "proxy/address.h"

enum dial_source {
    DIAL_FROM_ANYWHERE, /* the kernel chooses */
    DIAL_FROM_ADDRESS,
    DIAL_FROM_CLIENT /* the client's own address */
};

struct dialing {
    enum dial_source source;
    struct socket_address address; /* DIAL_FROM_ADDRESS; any port */
    bool keeps_port;               /* DIAL_FROM_CLIENT: the client's port too, where it is free */
    uint32_t mark;                 /* of the packets, for the packet filter; 0: none */
};

/* A socket that is connecting, not blocking, on behalf of `client`. Answers 0, or a negative libuv
 * error: UV_EAFNOSUPPORT when the source is of another family than `to`. */
int dial(const struct dialing *how, const struct socket_address *client,
         const struct socket_address *to, int *fd);

/* Tries whether the kernel lets us. On failure false, with a clause in `error` that names the
 * capability that is missing. */
bool dial_is_permitted(const struct dialing *how, struct text *error);

#endif
