/* splitter: see splitter.h. */
#include "proxy/tls/splitter.h"

#include <string.h>

#include "base/check.h"

/* RFC 8446 section 5.1, ContentType. */
enum { CHANGE_CIPHER_SPEC = 20, HANDSHAKE = 22 };

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void begin_record(struct splitter *splitter)
{
    const uint8_t *header = splitter->header;
    splitter->payload = (size_t)header[3] << 8 | header[4];
    splitter->piece = 0;
    splitter->has_encrypted = splitter->has_encrypted || header[0] == CHANGE_CIPHER_SPEC;
    splitter->is_handshake = header[0] == HANDSHAKE && !splitter->has_encrypted;
}

/* Takes one byte of a header, which leaves with the first piece. */
static void add_to_header(struct splitter *splitter, uint8_t byte)
{
    splitter->header[splitter->header_len++] = byte;
    if (splitter->header_len == RECORD_HEADER_SIZE)
        begin_record(splitter);
}

static void begin_piece(struct splitter *splitter, struct wire_buffer *out)
{
    uint8_t header[RECORD_HEADER_SIZE];
    size_t size = splitter->is_handshake ? splitter->size : SIZE_MAX;
    splitter->piece = smaller(splitter->payload, size);
    memcpy(header, splitter->header, 3);
    header[3] = (uint8_t)(splitter->piece >> 8);
    header[4] = (uint8_t)splitter->piece;
    check(wire_buffer_add(out, span_make(header, sizeof header)) == sizeof header);
}

static size_t add_payload(struct splitter *splitter, struct wire_buffer *out, struct span bytes)
{
    if (!splitter->piece)
        begin_piece(splitter, out);
    size_t taken = wire_buffer_add(out, span_take(bytes, splitter->piece));
    splitter->piece -= taken;
    splitter->payload -= taken;
    if (!splitter->payload)
        splitter->header_len = 0;
    return taken;
}

size_t splitter_add(struct splitter *splitter, struct wire_buffer *out, struct span bytes)
{
    size_t taken = 0;
    if (!splitter->size)
        return wire_buffer_add(out, bytes);
    while (taken < bytes.len && wire_buffer_room(out) > RECORD_HEADER_SIZE) {
        if (splitter->header_len < RECORD_HEADER_SIZE)
            add_to_header(splitter, bytes.ptr[taken++]);
        else
            taken += add_payload(splitter, out, span_drop(bytes, taken));
    }
    return taken;
}
