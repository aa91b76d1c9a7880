/* link_bytes: bytes from a leg to the session and back. */
#include "proxy/capture.h"
#include "proxy/leg_tls.h"
#include "proxy/link_parts.h"

/* Reads in one callback before others have their turn. What three bring leaves in one segment on
 * loopback, which has room for 65,483 bytes; eight left a third, tiny one behind in each write, and
 * cost half as much again. */
#define READS_MAX 3
#define SPANS_MAX 32

static const enum ending closed_by[] = {
    [CLIENT] = ENDING_CLIENT_CLOSED,
    [SERVER] = ENDING_SERVER_CLOSED,
};

static enum direction direction_from(enum side side)
{
    return side == CLIENT ? TO_SERVER : TO_CLIENT;
}

struct securing link_securing(struct link *link)
{
    return (struct securing){ link->place->tls, link->session, link->legs, link->upstream };
}

static void note_trouble(struct link *link, enum side side, ssize_t error, instant now)
{
    struct securing tls = link_securing(link);
    if (error == UV_EPROTO && link->legs[side].layer)
        securing_broke(&tls, side, now);
    else if (error != UV_EAGAIN)
        link->legs[side].is_torn = true;
}

static void note_end(struct link *link, enum side side, instant now)
{
    struct securing tls = link_securing(link);
    capture_end(link->capture, side, BY_PEER, false, now);
    securing_was_cut(&tls, side, now);
    session_ended(link->session, side, closed_by[side], now);
}

size_t link_read_once(struct link *link, enum side side, instant now)
{
    struct leg *leg = &link->legs[side];
    enum direction direction = direction_from(side);
    size_t room;
    uint8_t *to = session_reserve(link->session, direction, &room);
    ssize_t got = leg_read(leg, to, room);
    /* All that had come was read last time, so these bytes came later. */
    if (leg->was_emptied)
        session_cut(link->session, direction);
    leg->was_emptied = got < (ssize_t)room;
    capture_received(link->capture, side, span_make(to, got > 0 ? (size_t)got : 0), now);
    session_commit(link->session, direction, got > 0 ? (size_t)got : 0, now);
    if (got < 0)
        note_trouble(link, side, got, now);
    else if (got == 0)
        note_end(link, side, now);
    return got > 0 ? (size_t)got : 0;
}

bool link_may_read(const struct link *link, enum side side)
{
    if (side == SERVER && link->sorter)
        return false;
    return link->legs[side].state == LEG_OPEN && link_wishes(link, side, WISH_READ) &&
           !pool_is_empty(link->place->pool);
}

bool link_has_to_read(const struct link *link, enum side side)
{
    return leg_may_read(&link->legs[side]) && link_may_read(link, side);
}

void link_read(struct link *link, enum side side, instant now)
{
    for (int i = 0; i < READS_MAX && link_has_to_read(link, side); i++)
        link_read_once(link, side, now);
}

bool link_write(struct link *link, enum side side, instant now)
{
    struct leg *leg = &link->legs[side];
    enum direction direction = direction_opposite(direction_from(side));
    struct span spans[SPANS_MAX];
    if (leg->state != LEG_OPEN || leg->wants_write || leg->is_torn)
        return false;
    /* Records that are left from before go first. */
    if (leg->layer && !leg_tls_flush(leg))
        return false;
    size_t count = session_peek_all(link->session, direction, spans, SPANS_MAX);
    if (!count)
        return leg->is_torn;
    leg->ends_next = !leg->layer && session_finish_follows(link->session, direction);
    ssize_t sent = leg_write(leg, spans, count);
    if (sent > 0) {
        capture_sent(link->capture, side, spans, (size_t)sent, now);
        return session_consume(link->session, direction, (size_t)sent, now);
    }
    if (sent < 0)
        note_trouble(link, side, sent, now);
    return sent != 0 && sent != UV_EAGAIN;
}
