/* peer_link: see peer_link.h. */
#include "proxy/peer_link.h"

#include <stddef.h>

#include "base/limits.h"
#include "proxy/clock.h"
#include "proxy/leg_tls.h"

/* Reads and writes in one callback before others have their turn. */
#define READS_MAX 4
#define WRITES_MAX 16
#define SPANS_MAX 32

/* The built-in peers begin TLS as it should be. */
static const struct tls_plan plain_plan;

void peer_place_deinit(struct peer_place *place)
{
    pool_deinit(&place->pool);
    buffer_store_deinit(&place->buffers);
}

static void on_ready(struct leg *leg, uint32_t events);
static void on_turn(struct turn *turn);

void peer_link_init(struct peer_link *link, const struct peer_link_calls *calls,
                    struct peer_place *place)
{
    *link = (struct peer_link){ .calls = calls, .place = place, .over_at = NEVER };
    link->turn.take = on_turn;
    leg_init(&link->leg, place->poller, on_ready, link);
    due_timer_init(&link->timer, &place->poller->loop, link);
}

/* -- the end ---------------------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    struct peer_link *link = handle->data;
    link->calls->gone(link);
}

void peer_link_close(struct peer_link *link)
{
    if (link->is_closing)
        return;
    link->is_closing = true;
    leg_close(&link->leg, link->is_torn);
    poller_withdraw(link->place->poller, &link->turn);
    uv_close((uv_handle_t *)&link->timer.handle, on_closed);
}

/* Edges of a failed attempt's socket are all told by now; the owner may try another address. */
static void tell_attempt(struct peer_link *link, instant now)
{
    int error = link->attempt_error;
    link->attempt_error = 0;
    leg_init(&link->leg, link->place->poller, on_ready, link);
    link->calls->connected(link, error, now);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static bool wants_tls(struct peer_link *link)
{
    return link->calls->wants_tls && link->calls->wants_tls(link) && !link->calls->is_over(link);
}

static bool may_read(struct peer_link *link)
{
    return !link->is_torn && !wants_tls(link) && link->leg.state == LEG_OPEN &&
           !link->calls->is_over(link) && link->calls->wants_bytes(link);
}

static bool has_to_read(struct peer_link *link)
{
    return leg_may_read(&link->leg) && may_read(link);
}

static void note_end(struct peer_link *link, int error, instant now)
{
    link->is_torn = error < 0;
    link->calls->ended(link, error, now);
}

static void read_some(struct peer_link *link, instant now)
{
    size_t room = sizeof link->place->buffer;
    for (int i = 0; i < READS_MAX && has_to_read(link); i++) {
        ssize_t got = leg_read(&link->leg, link->place->buffer, room);
        if (got > 0)
            link->calls->feed(link, span_make(link->place->buffer, (size_t)got), now);
        else if (got != UV_EAGAIN)
            note_end(link, (int)got, now);
    }
}

/* What was received before the connection was torn has been read, or the machine did not want
 * it. */
static void note_tear(struct peer_link *link, instant now)
{
    if (link->leg.is_torn && !link->is_torn)
        note_end(link, UV_ECONNRESET, now);
}

/* What was to be said over it cannot be said any more. */
static bool is_broken(const struct peer_link *link)
{
    return link->leg.layer && layer_is_broken(link->leg.layer);
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

/* True when anything has left and there is nobody else whose turn it is. */
static bool write_some(struct peer_link *link, instant now)
{
    int writes = 0;
    bool shakes = wants_tls(link) && (link->is_tls_first || link->leg.layer);
    if (shakes || is_broken(link) || (link->leg.layer && !leg_tls_flush(&link->leg)))
        return false;
    while (!link->is_torn && !link->leg.wants_write && writes < WRITES_MAX &&
           write_once(link, link->calls->out(link, now), now))
        writes++;
    if (writes == WRITES_MAX)
        poller_ask(link->place->poller, &link->turn);
    return writes > 0 && writes < WRITES_MAX;
}

/* -- TLS -------------------------------------------------------------------------------------- */

static void begin_tls(struct peer_link *link)
{
    SSL *ssl = link->calls->begin_tls(link);
    leg_tls_begin(&link->leg, layer_new(ssl, &link->place->buffers, &plain_plan));
}

/* Goes on with a handshake, which begins when the word for it has left. True when that is over. */
static bool shake(struct peer_link *link, instant now)
{
    if (link->leg.state != LEG_OPEN || link->is_torn || !wants_tls(link))
        return false;
    if (!link->leg.layer && !link->is_tls_first && link->calls->out(link, now)->len > 0)
        return false;
    if (!link->leg.layer)
        begin_tls(link);
    enum layer_state state = leg_tls_shake(&link->leg);
    if (state == LAYER_SECURE)
        link->calls->secured(link, now);
    else if (state == LAYER_FAILED)
        link->calls->ended(link, UV_EPROTO, now);
    else
        note_tear(link, now);
    return state == LAYER_SECURE || state == LAYER_FAILED;
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
    bool broken = is_broken(link);
    return (broken || link->calls->out(link, now)->len == 0) && leg_settle(&link->leg, broken);
}

void peer_link_pump(struct peer_link *link, instant now)
{
    if (link->is_closing || link->leg.state == LEG_IDLE || link->leg.state == LEG_CLOSED)
        return;
    do
        link->calls->turn(link, now);
    while (!link->is_closing && link->leg.state == LEG_OPEN &&
           (write_some(link, now) || shake(link, now)));
    if (link->is_closing)
        return;
    if (link->leg.state == LEG_OPEN && has_ended(link, now)) {
        peer_link_close(link);
        return;
    }
    if (has_to_read(link))
        poller_ask(link->place->poller, &link->turn);
    instant due = instant_min(link->calls->deadline(link), link->over_at);
    due_timer_set(&link->timer, due, now, on_timer);
}

/* -- the beginning ---------------------------------------------------------------------------- */

static void attempt_ended(struct peer_link *link, instant now)
{
    link->attempt_error = leg_connected(&link->leg);
    if (!link->attempt_error) {
        link->calls->connected(link, 0, now);
        return;
    }
    leg_close(&link->leg, false);
    poller_ask(link->place->poller, &link->turn);
}

static void on_ready(struct leg *leg, uint32_t events)
{
    struct peer_link *link = leg->owner;
    instant now = clock_now();
    leg_note(leg, events);
    if (leg->state == LEG_CLOSED)
        return;
    if (leg->state == LEG_CONNECTING)
        attempt_ended(link, now);
    else
        read_some(link, now);
    note_tear(link, now);
    peer_link_pump(link, now);
}

static void on_turn(struct turn *turn)
{
    struct peer_link *link = (struct peer_link *)((char *)turn - offsetof(struct peer_link, turn));
    instant now = clock_now();
    if (link->attempt_error)
        tell_attempt(link, now);
    read_some(link, now);
    peer_link_pump(link, now);
}

int peer_link_open(struct peer_link *link, int fd, instant now)
{
    int error = leg_open(&link->leg, fd);
    if (!error)
        peer_link_pump(link, now);
    return error;
}

int peer_link_connect(struct peer_link *link, const struct socket_address *to)
{
    return leg_connect(&link->leg, to);
}
