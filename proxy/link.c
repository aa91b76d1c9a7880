/* link: see link.h. Every callback is the same three steps: translate what libuv said, tell the
 * session, and pump(): do what the session now wishes until it wishes nothing more. */
#include "proxy/link.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/capture.h"
#include "proxy/clock.h"
#include "proxy/due_timer.h"
#include "proxy/leg.h"
#include "proxy/leg_tls.h"
#include "proxy/lookup.h"

/* Reads in one callback before others have their turn. */
#define READS_MAX 8
#define SPANS_MAX 32
/* How soon to look again whether the pool has memory, in nanoseconds. */
#define POOL_RETRY MS(20)

struct link {
    struct link_place *place;
    struct link *next;
    struct link *previous;
    struct session *session; /* NULL once the session is over */
    struct rule_set *rules;
    struct leg legs[2];            /* by enum side */
    struct passage passage;        /* to the server */
    struct capture *capture;       /* NULL: nobody captures */
    struct introducer *introducer; /* while the server is told who the client is */
    struct lookup *lookup;         /* the upstream's addresses, while there are more to try */
    struct due_timer timer;
    struct turn turn; /* asked for while something is left to be done at once */
    bool tries_again; /* an attempt to connect has failed; the next one waits for its turn */
    unsigned handles; /* libuv has not given them back yet */
};

static const enum ending closed_by[] = {
    [CLIENT] = ENDING_CLIENT_CLOSED,
    [SERVER] = ENDING_SERVER_CLOSED,
};
static const enum ending reset_by[] = {
    [CLIENT] = ENDING_CLIENT_RESET,
    [SERVER] = ENDING_SERVER_RESET,
};

static void pump(struct link *link, instant now);

static bool wishes(const struct link *link, enum side side, enum session_wish wish)
{
    return session_wishes(link->session, side) & wish;
}

/* -- the end ---------------------------------------------------------------------------------- */

/* The one place where a link is freed: libuv has given back everything. */
static void release(struct link *link)
{
    if (link->handles || link->session)
        return;
    if (link->lookup) {
        lookup_deinit(link->lookup);
        free(link->lookup);
    }
    passage_deinit(&link->passage);
    introducer_free(link->introducer);
    if (link->previous)
        link->previous->next = link->next;
    else
        link->place->first = link->next;
    if (link->next)
        link->next->previous = link->previous;
    struct link_place *place = link->place;
    struct rule_set *rules = link->rules;
    capture_free(link->capture);
    free(link);
    place->gone(place->owner, rules);
}

static void on_closed(uv_handle_t *handle)
{
    struct link *link = handle->data;
    link->handles--;
    release(link);
}

static bool lingers(const struct link *link)
{
    return link->legs[CLIENT].state == LEG_LINGERS || link->legs[SERVER].state == LEG_LINGERS;
}

/* What was written in records and has not left would be lost with the leg: the kernel, which sees
 * to that for plain text, does not have it yet. */
static void close_leg(struct link *link, enum side side, bool torn, instant now)
{
    struct leg *leg = &link->legs[side];
    capture_end(link->capture, side, BY_US, torn, now);
    bool is_open = leg->state == LEG_OPEN || leg->state == LEG_LINGERS;
    if (!torn && is_open && !leg_settle(leg, session_close_is_rude(link->session, side)))
        leg->state = LEG_LINGERS;
    else
        leg_close(leg, torn);
}

static void close_timer(struct link *link)
{
    uv_close((uv_handle_t *)&link->timer.handle, on_closed);
}

static void end_lingering(struct link *link)
{
    for (enum side side = CLIENT; side <= SERVER; side++)
        if (link->legs[side].state == LEG_LINGERS)
            leg_close(&link->legs[side], false);
    close_timer(link);
}

static void on_lingered(uv_timer_t *timer)
{
    end_lingering(timer->data);
}

static void linger_on(struct link *link, struct leg *leg)
{
    if (!leg_settle(leg, true))
        return;
    leg_close(leg, false);
    if (!link->session && !lingers(link))
        close_timer(link);
}

static void close_link(struct link *link, instant now)
{
    struct session *session = link->session;
    for (enum side side = CLIENT; side <= SERVER; side++)
        close_leg(link, side, session_wishes(session, side) & WISH_RESET, now);
    link->session = NULL;
    poller_withdraw(link->place->poller, &link->turn);
    if (link->lookup)
        lookup_cancel(link->lookup);
    session_free(session, now);
    if (lingers(link))
        uv_timer_start(&link->timer.handle, on_lingered, LINGER_S * 1000, 0);
    else
        close_timer(link);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static enum direction direction_from(enum side side)
{
    return side == CLIENT ? TO_SERVER : TO_CLIENT;
}

static struct securing securing(struct link *link)
{
    return (struct securing){ link->place->tls, link->session, link->legs };
}

static void note_trouble(struct link *link, enum side side, ssize_t error, instant now)
{
    struct securing tls = securing(link);
    if (error == UV_EPROTO && link->legs[side].layer)
        securing_broke(&tls, side, now);
    else if (error != UV_EAGAIN)
        link->legs[side].is_torn = true;
}

static void note_end(struct link *link, enum side side, instant now)
{
    struct securing tls = securing(link);
    capture_end(link->capture, side, BY_PEER, false, now);
    securing_was_cut(&tls, side, now);
    session_ended(link->session, side, closed_by[side], now);
}

/* Answers how many bytes have come; 0 when there are none for now, or no more. */
static size_t read_once(struct link *link, enum side side, size_t *room, instant now)
{
    struct leg *leg = &link->legs[side];
    enum direction direction = direction_from(side);
    uint8_t *to = session_reserve(link->session, direction, room);
    ssize_t got = leg_read(leg, to, *room);
    /* All that had come was read last time, so these bytes came later. */
    if (leg->was_emptied)
        session_cut(link->session, direction);
    leg->was_emptied = got < (ssize_t)*room;
    capture_received(link->capture, side, span_make(to, got > 0 ? (size_t)got : 0), now);
    session_commit(link->session, direction, got > 0 ? (size_t)got : 0, now);
    if (got < 0)
        note_trouble(link, side, got, now);
    else if (got == 0)
        note_end(link, side, now);
    return got > 0 ? (size_t)got : 0;
}

static bool may_read(const struct link *link, enum side side)
{
    return link->legs[side].state == LEG_OPEN && wishes(link, side, WISH_READ) &&
           !pool_is_empty(link->place->pool);
}

static bool has_to_read(const struct link *link, enum side side)
{
    return leg_may_read(&link->legs[side]) && may_read(link, side);
}

static void read_some(struct link *link, enum side side, instant now)
{
    size_t room;
    for (int i = 0; i < READS_MAX && has_to_read(link, side); i++)
        read_once(link, side, &room, now);
}

/* True when that may have led to further wishes, or the leg is torn. */
static bool write_some(struct link *link, enum side side, instant now)
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
    ssize_t sent = leg_write(leg, spans, count);
    if (sent > 0) {
        capture_sent(link->capture, side, spans, (size_t)sent, now);
        return session_consume(link->session, direction, (size_t)sent, now);
    }
    if (sent < 0)
        note_trouble(link, side, sent, now);
    return sent != 0 && sent != UV_EAGAIN;
}

/* -- the upstream ----------------------------------------------------------------------------- */

static void refuse(struct link *link, int error, instant now)
{
    enum ending ending = error == UV_ETIMEDOUT ? ENDING_CONNECT_TIMEOUT : ENDING_SERVER_REFUSED;
    session_ended(link->session, SERVER, ending, now);
}

static int try_address(struct link *link, const struct socket_address *to)
{
    int fd;
    int error = passage_dial(&link->passage, to, &fd);
    return error ? error : leg_take_connecting(&link->legs[SERVER], fd);
}

/* Tries the addresses that are left until one of them can be waited for. */
static void connect_next(struct link *link, instant now)
{
    struct socket_address to;
    int error = UV_EADDRNOTAVAIL;
    while (error && lookup_next(link->lookup, &to))
        error = try_address(link, &to);
    if (error)
        refuse(link, error, now);
}

static void on_looked_up(struct lookup *lookup, int error)
{
    struct link *link = lookup->owner;
    link->handles--;
    if (!link->session) {
        release(link);
        return;
    }
    instant now = clock_now();
    if (error)
        refuse(link, error, now);
    else if (wishes(link, SERVER, WISH_CONNECT))
        connect_next(link, now);
    pump(link, now);
}

static int begin_lookup(struct link *link)
{
    link->lookup = calloc(1, sizeof *link->lookup);
    check(link->lookup != NULL);
    const struct address *upstream = &link->passage.upstream->address;
    uv_loop_t *loop = &link->place->poller->loop;
    int error = lookup_begin(link->lookup, loop, upstream, on_looked_up, link);
    link->handles += error == 0;
    return error;
}

static void connect_upstream(struct link *link, instant now)
{
    struct socket_address to;
    bool is_number = passage_destination(&link->passage, &to);
    int error = is_number ? try_address(link, &to) : begin_lookup(link);
    if (error)
        refuse(link, error, now);
}

static void on_ready(struct leg *leg, uint32_t events);

/* Edges of the attempt's socket are all told by now. */
static void try_again(struct link *link, instant now)
{
    link->tries_again = false;
    leg_init(&link->legs[SERVER], link->place->poller, on_ready, link);
    if (wishes(link, SERVER, WISH_CONNECT))
        connect_next(link, now);
}

static void attempt_failed(struct link *link, int error, instant now)
{
    leg_close(&link->legs[SERVER], false);
    link->tries_again = link->lookup && link->lookup->next;
    if (link->tries_again)
        poller_ask(link->place->poller, &link->turn);
    else
        refuse(link, error, now);
}

static void attempt_ended(struct link *link, instant now)
{
    int error = leg_connected(&link->legs[SERVER]);
    if (error) {
        attempt_failed(link, error, now);
        return;
    }
    capture_open(link->capture, SERVER, link->legs[SERVER].fd, now);
    link->introducer = introducer_begin(link->place->introducing, &link->passage, link->place->host,
                                        link->legs[SERVER].fd);
    if (!link->introducer)
        session_connected(link->session, now);
}

/* -- pump ------------------------------------------------------------------------------------- */

/* Bytes that had come before the connection was torn go first, as they would without us; while the
 * session does not want them, it hears nothing of the end either. */
static bool serve_torn(struct link *link, enum side side, instant now)
{
    size_t room;
    if (may_read(link, side) && read_once(link, side, &room, now) > 0)
        return true;
    if (leg_has_unread(&link->legs[side]))
        return false;
    capture_end(link->capture, side, BY_PEER, true, now);
    close_leg(link, side, true, now);
    session_ended(link->session, side, reset_by[side], now);
    return true;
}

static bool is_to_close(const struct link *link, enum side side)
{
    enum leg_state state = link->legs[side].state;
    return (state != LEG_CLOSED && wishes(link, side, WISH_RESET)) ||
           (state != LEG_CLOSED && state != LEG_LINGERS && wishes(link, side, WISH_CLOSE));
}

/* A handshake reads and writes by itself; the connection may end or tear in it. */
static bool serve_handshake(struct link *link, enum side side, instant now)
{
    struct securing tls = securing(link);
    if (securing_shake(&tls, side, now)) {
        if (link->legs[side].layer && layer_is_secure(link->legs[side].layer))
            capture_secured(link->capture, side, now);
        return true;
    }
    if (!link->legs[side].is_torn)
        return false;
    capture_end(link->capture, side, BY_PEER, true, now);
    close_leg(link, side, true, now);
    session_ended(link->session, side, reset_by[side], now);
    return true;
}

/* A rule holds the handshake back; a peer that gives up is noticed all the same. */
static bool serve_stalled(struct link *link, enum side side, instant now)
{
    const struct leg *leg = &link->legs[side];
    if (!leg->is_torn && !leg->peer_ended)
        return false;
    session_ended(link->session, side, leg->is_torn ? reset_by[side] : closed_by[side], now);
    return true;
}

static bool finish(struct link *link, enum side side, instant now)
{
    if (!leg_finish(&link->legs[side], session_close_is_rude(link->session, side)))
        return false;
    capture_end(link->capture, side, BY_US, false, now);
    session_finished(link->session, side, now);
    return true;
}

static bool bare(struct link *link, enum side side, instant now)
{
    struct securing tls = securing(link);
    securing_bare(&tls, side, now);
    return true;
}

/* Does what the session wishes of one side; true when that may have led to further wishes. */
static bool serve(struct link *link, enum side side, instant now)
{
    struct leg *leg = &link->legs[side];
    if (leg->state == LEG_IDLE && !link->lookup && wishes(link, side, WISH_CONNECT)) {
        connect_upstream(link, now);
        return true;
    }
    if (is_to_close(link, side)) {
        close_leg(link, side, wishes(link, side, WISH_RESET), now);
        return true;
    }
    if (leg->state != LEG_OPEN)
        return false;
    if (side == SERVER && link->introducer)
        return introducer_serve(&link->introducer, leg, link->session, now);
    if (wishes(link, side, WISH_SECURE))
        return serve_handshake(link, side, now);
    if (session_is_stalled(link->session, side))
        return serve_stalled(link, side, now);
    if (leg->is_torn)
        return serve_torn(link, side, now);
    if (wishes(link, side, WISH_BARE))
        return bare(link, side, now);
    if (wishes(link, side, WISH_FINISH))
        return finish(link, side, now);
    return write_some(link, side, now);
}

static void on_timer(uv_timer_t *timer)
{
    struct link *link = timer->data;
    instant now = clock_now();
    due_timer_fired(&link->timer);
    session_tick(link->session, now);
    pump(link, now);
}

static void set_timer(struct link *link, instant now)
{
    instant due = session_deadline(link->session);
    if (pool_is_empty(link->place->pool))
        due = instant_min(due, instant_after(now, POOL_RETRY));
    due_timer_set(&link->timer, due, now, on_timer);
}

/* A socket tells each change once: what was left in it is not told again. */
static void ask_for_turn(struct link *link)
{
    if (has_to_read(link, CLIENT) || has_to_read(link, SERVER))
        poller_ask(link->place->poller, &link->turn);
}

static void pump(struct link *link, instant now)
{
    bool again = true;
    while (again && !session_is_over(link->session)) {
        again = serve(link, SERVER, now);
        again = serve(link, CLIENT, now) || again;
    }
    if (session_is_over(link->session)) {
        close_link(link, now);
        return;
    }
    ask_for_turn(link);
    set_timer(link, now);
}

/* -- from the poller -------------------------------------------------------------------------- */

static void on_ready(struct leg *leg, uint32_t events)
{
    struct link *link = leg->owner;
    enum side side = leg == &link->legs[SERVER] ? SERVER : CLIENT;
    instant now = clock_now();
    leg_note(leg, events);
    if (leg->state == LEG_CLOSED)
        return;
    if (leg->state == LEG_LINGERS) {
        linger_on(link, leg);
        return;
    }
    if (leg->state == LEG_CONNECTING)
        attempt_ended(link, now);
    else
        read_some(link, side, now);
    pump(link, now);
}

static void on_turn(struct turn *turn)
{
    struct link *link = (struct link *)((char *)turn - offsetof(struct link, turn));
    instant now = clock_now();
    if (link->tries_again)
        try_again(link, now);
    read_some(link, CLIENT, now);
    read_some(link, SERVER, now);
    pump(link, now);
}

/* -- beginning -------------------------------------------------------------------------------- */

static struct session *begin_session(const struct link *link, const struct arrival *arrival,
                                     instant now)
{
    const struct link_place *place = link->place;
    struct text server = { 0 };
    struct text client = { 0 };
    struct text client_ip = { 0 };
    socket_address_format(&arrival->peer, &client);
    socket_address_format_host(&arrival->peer, &client_ip);
    passage_add_name(&link->passage, &server);
    struct session_setup setup = {
        .options = place->options,
        .rules = arrival->rules,
        .recall = place->recall,
        .pool = place->pool,
        .desk = place->desk,
        .journal = place->journal,
        .client_tls = arrival->client_tls,
        .server_tls = link->passage.upstream->address.is_tls,
        .facts = {
            .client = text_span(&client),
            .client_ip = text_span(&client_ip),
            .server = text_span(&server),
            .host = place->host,
            .guid = span_of(arrival->guid),
            .number = arrival->number,
        },
    };
    struct session *session = session_new(&setup, now);
    text_deinit(&client);
    text_deinit(&client_ip);
    text_deinit(&server);
    return session;
}

static struct link *link_new(struct link_place *place, const struct arrival *arrival)
{
    struct link *link = calloc(1, sizeof *link);
    check(link != NULL);
    *link = (struct link){ .place = place, .next = place->first, .rules = arrival->rules };
    link->passage = (struct passage){
        .upstream = arrival->upstream,
        .dialing = place->dialing,
        .own = place->own,
        .client = arrival->peer,
        .local = arrival->local,
        .original = arrival->original,
    };
    passage_init(&link->passage, arrival->fd);
    if (place->first)
        place->first->previous = link;
    place->first = link;
    due_timer_init(&link->timer, &place->poller->loop, link);
    link->handles = 1;
    link->turn.take = on_turn;
    leg_init(&link->legs[CLIENT], place->poller, on_ready, link);
    leg_init(&link->legs[SERVER], place->poller, on_ready, link);
    return link;
}

void link_open(struct link_place *place, const struct arrival *arrival, instant now)
{
    struct link *link = link_new(place, arrival);
    struct leg *leg = &link->legs[CLIENT];
    link->session = begin_session(link, arrival, now);
    if (leg_open(leg, arrival->fd) != 0) {
        close(arrival->fd);
        session_ended(link->session, CLIENT, ENDING_TROUBLE, now);
        close_link(link, now);
        return;
    }
    link->capture = capture_new(place->pcap, arrival->number);
    capture_open(link->capture, CLIENT, arrival->fd, now);
    pump(link, now);
}

void link_end(struct link *link, instant now)
{
    if (!link->session) {
        if (lingers(link))
            end_lingering(link);
        return;
    }
    session_drain(link->session, now);
    pump(link, now);
    if (link->session)
        close_link(link, now);
}

struct link *link_next(const struct link *link)
{
    return link->next;
}
