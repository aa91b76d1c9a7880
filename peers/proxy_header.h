/* proxy_header: the header in which a load balancer says who the client is: the PROXY protocol,
 * version 1 and 2 (HAProxy's doc/proxy-protocol.txt). Strict: what the specification does not allow
 * is bad. */
#ifndef SMTPCHAOS_PEERS_PROXY_HEADER_H
#define SMTPCHAOS_PEERS_PROXY_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/text.h"

enum proxy_header_state {
    PROXY_HEADER_UNFINISHED, /* what is there may begin a header: all of it belongs to it */
    PROXY_HEADER_WHOLE,
    PROXY_HEADER_BAD
};

enum proxy_family {
    PROXY_FAMILY_NONE, /* UNKNOWN, LOCAL, a Unix socket: the connection speaks for itself */
    PROXY_FAMILY_V4,
    PROXY_FAMILY_V6
};

struct proxy_end {
    uint8_t address[16]; /* in network order; v4 in the first four */
    uint16_t port;
};

struct proxy_header {
    enum proxy_family family;
    struct proxy_end source;      /* the client */
    struct proxy_end destination; /* where it connected to */
    size_t size;                  /* WHOLE: bytes of the header */
    const char *why;              /* BAD: a clause */
};

/* Looks for a header at the beginning of the bytes. */
enum proxy_header_state proxy_header_parse(struct span bytes, struct proxy_header *header);
/* Appends a header of this version, 1 or 2. */
void proxy_header_write(const struct proxy_header *header, unsigned version, struct text *out);

#endif
