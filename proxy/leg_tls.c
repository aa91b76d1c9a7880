/* leg_tls: see leg_tls.h. */
#include "proxy/leg_tls.h"

#include <uv.h>

void leg_tls_begin(struct leg *leg, struct layer *layer)
{
    leg_tls_drop(leg);
    leg->layer = layer;
}

void leg_tls_drop(struct leg *leg)
{
    if (leg->layer)
        layer_free(leg->layer);
    leg->layer = NULL;
}

bool leg_tls_flush(struct leg *leg)
{
    struct span records = layer_peek(leg->layer);
    while (records.len && !leg->is_torn && !leg->wants_write) {
        ssize_t sent = leg_send(leg, &records, 1);
        leg->wants_write = sent == UV_EAGAIN || (sent >= 0 && (size_t)sent < records.len);
        leg->is_torn = sent < 0 && sent != UV_EAGAIN;
        if (sent > 0)
            layer_consume(leg->layer, (size_t)sent);
        records = layer_peek(leg->layer);
    }
    return !records.len || leg->is_torn;
}

/* Takes records in. True when there is something new for the layer. */
static bool receive(struct leg *leg)
{
    size_t room;
    uint8_t *to = layer_reserve(leg->layer, &room);
    ssize_t got = room ? leg_receive(leg, to, room) : UV_EAGAIN;
    layer_commit(leg->layer, got > 0 ? (size_t)got : 0);
    if (got == 0)
        layer_input_ended(leg->layer);
    leg->is_torn |= got < 0 && got != UV_EAGAIN;
    return got >= 0;
}

/* -- the handshake ---------------------------------------------------------------------------- */

/* What has left may be as much of an occasion as what has come: some faults wait for it. */
enum layer_state leg_tls_shake(struct leg *leg)
{
    enum layer_state state = layer_shake(leg->layer);
    while (state == LAYER_SHAKING) {
        bool had_to_say = layer_peek(leg->layer).len > 0;
        bool said = leg_tls_flush(leg) && had_to_say && !leg->is_torn;
        bool heard = leg->may_read && receive(leg);
        if (!said && !heard)
            return state;
        state = layer_shake(leg->layer);
    }
    leg_tls_flush(leg);
    return state;
}

void leg_tls_bare(struct leg *leg)
{
    layer_bare(leg->layer);
    leg_tls_flush(leg);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static ssize_t answer(ssize_t got)
{
    if (got == LAYER_NOTHING)
        return UV_EAGAIN;
    return got == LAYER_BROKEN ? UV_EPROTO : got;
}

ssize_t leg_tls_read(struct leg *leg, uint8_t *to, size_t room)
{
    ssize_t got = layer_read(leg->layer, to, room);
    while (got == LAYER_NOTHING && (leg->may_read || leg->is_torn) && receive(leg))
        got = layer_read(leg->layer, to, room);
    /* Reading may have led to something that has to be said: an alert, another key. */
    leg_tls_flush(leg);
    return got == LAYER_NOTHING && leg->is_torn ? UV_ECONNRESET : answer(got);
}

ssize_t leg_tls_write(struct leg *leg, const struct span *spans, size_t count)
{
    size_t taken = layer_write(leg->layer, spans, count);
    leg_tls_flush(leg);
    if (leg->is_torn)
        return UV_ECONNRESET;
    return taken == 0 && layer_is_broken(leg->layer) ? UV_EPROTO : (ssize_t)taken;
}

bool leg_tls_settle(struct leg *leg, bool rude)
{
    if (!rude)
        layer_finish(leg->layer);
    return leg_tls_flush(leg);
}
