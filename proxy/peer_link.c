/* peer_link: see peer_link.h. */
#include "proxy/peer_link.h"

#include "base/check.h"
#include "base/limits.h"
#include "proxy/clock.h"

/* Reads and writes in one callback before others have their turn. */
#define READS_MAX 4
#define WRITES_MAX 16
#define SPANS_MAX 32

static void on_ready(uv_poll_t *poll, int status, int events);

void peer_link_init(struct peer_link *link, const struct peer_link_calls *calls,
                    struct peer_place *place)
{
    *link = (struct peer_link){ .calls = calls, .place = place, .over_at = NEVER, .handles = 1 };
    leg_init(&link->leg);
    due_timer_init(&link->timer, place->loop, link);
}

/* -- the end ---------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct peer_link *link = handle->data;
    if (--link->handles == 0)
        link->calls->gone(link);
}

void peer_link_close(struct peer_link *link)
{
    if (link->is_closing)
        return;
    link->is_closing = true;
    leg_close(&link->leg, link->is_torn, on_closed);
    uv_close((uv_handle_t *)&link->timer.handle, on_closed);
}

/* The socket of a failed attempt is gone; the owner may try another address. */
static void on_attempt_closed(uv_handle_t *handle)
{
    struct peer_link *link = handle->data;
    if (link->is_closing) {
        on_closed(handle);
        return;
    }
    instant now = clock_now();
    link->handles--;
    leg_init(&link->leg);
    link->calls->connected(link, link->attempt_error, now);
    peer_link_pump(link, now);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static bool may_read(struct peer_link *link)
{
    return !link->is_torn && link->leg.state == LEG_OPEN && !link->calls->is_over(link) &&
           link->calls->wants_bytes(link);
}

static void note_end(struct peer_link *link, int error, instant now)
{
    link->is_torn = error < 0;
    link->calls->ended(link, error, now);
}

static void read_some(struct peer_link *link, instant now)
{
    size_t room = sizeof link->place->buffer;
    for (int i = 0; i < READS_MAX && may_read(link); i++) {
        ssize_t got = leg_read(&link->leg, link->place->buffer, room);
        if (got == UV_EAGAIN)
            return;
        if (got <= 0) {
            note_end(link, (int)got, now);
            return;
        }
        link->calls->feed(link, span_make(link->place->buffer, (size_t)got), now);
        if ((size_t)got < room)
            return;
    }
}

/* What was received before the connection was torn has been read, or the machine did not want
 * it. */
static void note_tear(struct peer_link *link, instant now)
{
    if (link->leg.is_torn && !link->is_torn)
        note_end(link, UV_ECONNRESET, now);
}

/* True when something has left and there may be more. */
static bool write_once(struct peer_link *link, struct chain *out, instant now)
{
    struct span spans[SPANS_MAX];
    size_t count = chain_spans(out, spans, SPANS_MAX);
    ssize_t sent = count > 0 ? leg_write(&link->leg, spans, count) : 0;
    if (sent > 0)
        link->calls->sent(link, (size_t)sent, now);
    else if (sent == UV_EAGAIN)
        link->leg.wants_write = true;
    else if (sent < 0)
        note_end(link, (int)sent, now);
    return sent > 0;
}

/* True when anything has left. */
static bool write_some(struct peer_link *link, instant now)
{
    int writes = 0;
    while (!link->is_torn && !link->leg.wants_write && writes < WRITES_MAX &&
           write_once(link, link->calls->out(link, now), now))
        writes++;
    link->leg.wants_write = link->leg.wants_write || writes == WRITES_MAX;
    return writes > 0;
}

/* -- time ------------------------------------------------------------------------------------- */

static void on_timer(uv_timer_t *timer)
{
    struct peer_link *link = timer->data;
    instant now = clock_now();
    due_timer_fired(&link->timer);
    if (now >= link->over_at)
        link->is_torn = true;
    else
        link->calls->tick(link, now);
    peer_link_pump(link, now);
}

/* -- pump ------------------------------------------------------------------------------------- */

/* True when the connection is to be closed: all is said, or nobody listens any more. */
static bool has_ended(struct peer_link *link, instant now)
{
    if (link->is_torn)
        return true;
    if (!link->calls->is_over(link))
        return false;
    if (link->over_at == NEVER)
        link->over_at = instant_after(now, SECONDS(LINGER_S));
    return link->calls->out(link, now)->len == 0;
}

void peer_link_pump(struct peer_link *link, instant now)
{
    if (link->is_closing || link->leg.state == LEG_IDLE || link->leg.state == LEG_CLOSED)
        return;
    do
        link->calls->turn(link, now);
    while (!link->is_closing && link->leg.state == LEG_OPEN && write_some(link, now));
    if (link->is_closing)
        return;
    if (link->leg.state == LEG_OPEN && has_ended(link, now)) {
        peer_link_close(link);
        return;
    }
    leg_watch(&link->leg, may_read(link), on_ready);
    instant due = instant_min(link->calls->deadline(link), link->over_at);
    due_timer_set(&link->timer, due, now, on_timer);
}

/* -- the beginning ---------------------------------------------------------------------------- */

static void attempt_ended(struct peer_link *link, instant now)
{
    link->attempt_error = leg_connected(&link->leg);
    if (link->attempt_error)
        leg_close(&link->leg, false, on_attempt_closed);
    else
        link->calls->connected(link, 0, now);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct peer_link *link = poll->data;
    instant now = clock_now();
    leg_note(&link->leg, status, events);
    if (link->leg.state == LEG_CONNECTING)
        attempt_ended(link, now);
    else
        read_some(link, now);
    note_tear(link, now);
    peer_link_pump(link, now);
}

int peer_link_open(struct peer_link *link, int fd, instant now)
{
    int error = leg_open(&link->leg, link->place->loop, fd, on_ready, link);
    if (error)
        return error;
    link->handles++;
    peer_link_pump(link, now);
    return 0;
}

int peer_link_connect(struct peer_link *link, const struct socket_address *to)
{
    int error = leg_connect(&link->leg, link->place->loop, to, on_ready, link);
    if (error == 0)
        link->handles++;
    return error;
}
