/* splitter: breaks handshake messages that leave in clear text into records of a given size, which
 * RFC 8446 section 5.1 and RFC 5246 section 6.2.1 allow and many implementations have never seen.
 * All other records pass as they are. */
#ifndef SMTPCHAOS_PROXY_TLS_SPLITTER_H
#define SMTPCHAOS_PROXY_TLS_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "proxy/tls/wire_buffer.h"

/* Type, version and length (RFC 8446 section 5.1). */
#define RECORD_HEADER_SIZE 5

struct splitter {
    size_t size; /* bytes of payload in one record; 0: nothing is split */
    uint8_t header[RECORD_HEADER_SIZE];
    size_t header_len;  /* bytes of the header that have come */
    size_t payload;     /* bytes of the record still to come */
    size_t piece;       /* bytes of the piece still to come */
    bool is_handshake;  /* the record is to be split */
    bool has_encrypted; /* what follows is not ours to read: ChangeCipherSpec has passed */
};

/* Adds records to `out`, split; answers how many of the bytes were taken, which is fewer when `out`
 * is full. */
size_t splitter_add(struct splitter *splitter, struct wire_buffer *out, struct span bytes);

#endif
