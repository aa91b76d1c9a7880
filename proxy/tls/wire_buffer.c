/* wire_buffer: see wire_buffer.h. */
#include "proxy/tls/wire_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"

struct spare_buffer {
    struct spare_buffer *next;
};

static uint8_t *take(struct buffer_store *store)
{
    struct spare_buffer *spare = store->first;
    store->in_use++;
    if (spare) {
        store->first = spare->next;
        store->spare_count--;
        return (uint8_t *)spare;
    }
    uint8_t *bytes = malloc(TLS_BUFFER_SIZE);
    check(bytes != NULL);
    return bytes;
}

static void give_back(struct buffer_store *store, uint8_t *bytes)
{
    store->in_use--;
    if (store->spare_count == TLS_SPARE_BUFFERS_MAX) {
        free(bytes);
        return;
    }
    struct spare_buffer *spare = (struct spare_buffer *)(void *)bytes;
    spare->next = store->first;
    store->first = spare;
    store->spare_count++;
}

void buffer_store_deinit(struct buffer_store *store)
{
    check(store->in_use == 0);
    while (store->first)
        free(take(store));
    store->in_use = 0;
}

void wire_buffer_init(struct wire_buffer *buffer, struct buffer_store *store)
{
    *buffer = (struct wire_buffer){ .store = store };
}

void wire_buffer_deinit(struct wire_buffer *buffer)
{
    if (buffer->bytes)
        give_back(buffer->store, buffer->bytes);
    wire_buffer_init(buffer, buffer->store);
}

size_t wire_buffer_len(const struct wire_buffer *buffer)
{
    return buffer->end - buffer->begin;
}

size_t wire_buffer_room(const struct wire_buffer *buffer)
{
    return TLS_BUFFER_SIZE - wire_buffer_len(buffer);
}

struct span wire_buffer_span(const struct wire_buffer *buffer)
{
    if (!buffer->bytes)
        return (struct span){ 0 };
    return span_make(buffer->bytes + buffer->begin, wire_buffer_len(buffer));
}

uint8_t *wire_buffer_reserve(struct wire_buffer *buffer, size_t *room)
{
    if (!buffer->bytes)
        buffer->bytes = take(buffer->store);
    if (buffer->begin) {
        memmove(buffer->bytes, buffer->bytes + buffer->begin, wire_buffer_len(buffer));
        buffer->end -= buffer->begin;
        buffer->begin = 0;
    }
    *room = TLS_BUFFER_SIZE - buffer->end;
    return buffer->bytes + buffer->end;
}

/* Nothing is held: nor is memory. */
static void rest(struct wire_buffer *buffer)
{
    if (buffer->begin == buffer->end)
        wire_buffer_deinit(buffer);
}

void wire_buffer_commit(struct wire_buffer *buffer, size_t got)
{
    check(buffer->bytes && got <= TLS_BUFFER_SIZE - buffer->end);
    buffer->end += got;
    rest(buffer);
}

size_t wire_buffer_add(struct wire_buffer *buffer, struct span bytes)
{
    size_t room = TLS_BUFFER_SIZE - buffer->end;
    if (!bytes.len)
        return 0;
    if (!buffer->bytes || room < bytes.len)
        wire_buffer_reserve(buffer, &room);
    size_t taken = bytes.len < room ? bytes.len : room;
    memcpy(buffer->bytes + buffer->end, bytes.ptr, taken);
    buffer->end += taken;
    return taken;
}

void wire_buffer_drop(struct wire_buffer *buffer, size_t n)
{
    check(n <= wire_buffer_len(buffer));
    buffer->begin += n;
    rest(buffer);
}
