/* stuff: see stuff.h. Stretches that need no change are copied at once. */
#include "peers/stuff.h"

#include <string.h>

void stuff_begin(struct stuff *stuff, bool dots)
{
    *stuff = (struct stuff){ .dots = dots };
}

static void put(struct chain *out, struct span bytes)
{
    if (out)
        chain_append(out, bytes);
}

/* Eight bytes at a time; mail is megabytes and nearly always plain. */
static bool has_eight_bit(struct span piece)
{
    uint64_t all = 0;
    size_t i = 0;
    for (; i + sizeof all <= piece.len; i += sizeof all) {
        uint64_t word;
        memcpy(&word, piece.ptr + i, sizeof word);
        all |= word;
    }
    for (; i < piece.len; i++)
        all |= piece.ptr[i];
    return (all & UINT64_C(0x8080808080808080)) != 0;
}

static bool is_behind_cr(const struct stuff *stuff, struct span piece, size_t at)
{
    return at > 0 ? piece.ptr[at - 1] == '\r' : stuff->after_cr;
}

/* Bytes of the piece that can be copied as they stand: up to a lone LF, or up to a dot that has to
 * be doubled, or all. Counted from a place in the middle of a line. */
static size_t stretch_length(const struct stuff *stuff, struct span piece)
{
    size_t at = 0;
    while (at < piece.len) {
        at += span_find(span_drop(piece, at), '\n');
        if (at >= piece.len || !is_behind_cr(stuff, piece, at))
            return at;
        at++;
        if (stuff->dots && at < piece.len && piece.ptr[at] == '.')
            return at;
    }
    return at;
}

static void remember_end(struct stuff *stuff, struct span stretch)
{
    uint8_t last = stretch.ptr[stretch.len - 1];
    stuff->mid_line = last != '\n';
    stuff->after_cr = last == '\r';
}

/* Copies a stretch; answers what is left. */
static struct span copy_stretch(struct stuff *stuff, struct span piece, struct chain *out)
{
    struct span stretch = span_take(piece, stretch_length(stuff, piece));
    if (stretch.len > 0) {
        put(out, stretch);
        remember_end(stuff, stretch);
        stuff->bytes += stretch.len;
    }
    return span_drop(piece, stretch.len);
}

static void end_line(struct stuff *stuff, struct chain *out)
{
    put(out, SPAN("\r\n"));
    stuff->bytes += 2;
    stuff->mid_line = stuff->after_cr = false;
}

void stuff_add(struct stuff *stuff, struct span piece, struct chain *out)
{
    stuff->eight_bit = stuff->eight_bit || has_eight_bit(piece);
    while (piece.len > 0) {
        if (stuff->dots && !stuff->mid_line && piece.ptr[0] == '.')
            put(out, SPAN("."));
        piece = copy_stretch(stuff, piece, out);
        if (piece.len > 0 && piece.ptr[0] == '\n' && !stuff->after_cr) {
            end_line(stuff, out);
            piece = span_drop(piece, 1);
        }
    }
}

void stuff_end(struct stuff *stuff, struct chain *out)
{
    if (stuff->mid_line)
        end_line(stuff, out);
}
