/* wire_buffer: bytes of one end of TLS as they stand on the wire, in one piece. The memory is
 * borrowed from a store of the thread while there are bytes, so that an idle end holds none. */
#ifndef SMTPCHAOS_PROXY_TLS_WIRE_BUFFER_H
#define SMTPCHAOS_PROXY_TLS_WIRE_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Where the memory comes from: one store a thread. A zeroed store is usable. */
struct buffer_store {
    struct spare_buffer *first;
    size_t spare_count;
    size_t in_use; /* buffers that are lent out */
};

/* Every buffer must have come back. */
void buffer_store_deinit(struct buffer_store *store);

/* At most TLS_BUFFER_SIZE bytes. */
struct wire_buffer {
    struct buffer_store *store; /* borrowed */
    uint8_t *bytes;             /* NULL while nothing is held or reserved */
    size_t begin;
    size_t end;
};

void wire_buffer_init(struct wire_buffer *buffer, struct buffer_store *store);
void wire_buffer_deinit(struct wire_buffer *buffer);

size_t wire_buffer_len(const struct wire_buffer *buffer);
/* How many bytes more it can hold. */
size_t wire_buffer_room(const struct wire_buffer *buffer);
/* The bytes; valid until the buffer changes. */
struct span wire_buffer_span(const struct wire_buffer *buffer);
/* A place for *room bytes behind those that are there; wire_buffer_commit says how many came. */
uint8_t *wire_buffer_reserve(struct wire_buffer *buffer, size_t *room);
void wire_buffer_commit(struct wire_buffer *buffer, size_t got);
/* Adds as many of the bytes as there is room for, and answers how many. */
size_t wire_buffer_add(struct wire_buffer *buffer, struct span bytes);
/* Forgets the first n bytes. */
void wire_buffer_drop(struct wire_buffer *buffer, size_t n);

#endif
