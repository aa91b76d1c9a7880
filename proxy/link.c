/* link: see link.h. Every callback is the same three steps: translate what libuv said, tell the
 * session, and link_pump(): do what the session now wishes until it wishes nothing more. */
#include "proxy/link.h"

#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/capture.h"
#include "proxy/clock.h"
#include "proxy/leg_tls.h"
#include "proxy/link_parts.h"

/* How soon to look again whether the pool has memory, in nanoseconds. */
#define POOL_RETRY MS(20)

static const enum ending closed_by[] = {
    [CLIENT] = ENDING_CLIENT_CLOSED,
    [SERVER] = ENDING_SERVER_CLOSED,
};
static const enum ending reset_by[] = {
    [CLIENT] = ENDING_CLIENT_RESET,
    [SERVER] = ENDING_SERVER_RESET,
};

/* -- pump ------------------------------------------------------------------------------------- */

/* Bytes that had come before the connection was torn go first, as they would without us; while the
 * session does not want them, it hears nothing of the end either. */
static bool serve_torn(struct link *link, enum side side, instant now)
{
    if (link_may_read(link, side) && link_read_once(link, side, now) > 0)
        return true;
    if (leg_has_unread(&link->legs[side]))
        return false;
    capture_end(link->capture, side, BY_PEER, true, now);
    link_close_leg(link, side, true, now);
    session_ended(link->session, side, reset_by[side], now);
    return true;
}

static bool is_to_close(const struct leg *leg, unsigned wishes)
{
    return leg->state != LEG_CLOSED &&
           (wishes & WISH_RESET || (wishes & WISH_CLOSE && leg->state != LEG_LINGERS));
}

/* A handshake reads and writes by itself; the connection may end or tear in it. */
static bool serve_handshake(struct link *link, enum side side, instant now)
{
    struct securing tls = link_securing(link);
    if (securing_shake(&tls, side, now)) {
        if (link->legs[side].layer && layer_is_secure(link->legs[side].layer))
            capture_secured(link->capture, side, now);
        return true;
    }
    if (!link->legs[side].is_torn)
        return false;
    capture_end(link->capture, side, BY_PEER, true, now);
    link_close_leg(link, side, true, now);
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

static bool introduce(struct link *link, instant now)
{
    struct text rest = { 0 };
    bool is_done = introducer_serve(&link->introducer, &link->legs[SERVER], &rest);
    if (is_done)
        session_connected(link->session, now);
    for (size_t at = 0; at < rest.len;)
        at += session_receive(link->session, TO_CLIENT, span_drop(text_span(&rest), at), now);
    text_deinit(&rest);
    return is_done;
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
    struct securing tls = link_securing(link);
    securing_bare(&tls, side, now);
    return true;
}

/* Does what the session wishes of one side; true when that may have led to further wishes. */
static bool serve(struct link *link, enum side side, instant now)
{
    struct leg *leg = &link->legs[side];
    unsigned wishes = session_wishes(link->session, side);
    if (is_to_close(leg, wishes)) {
        link_close_leg(link, side, wishes & WISH_RESET, now);
        return true;
    }
    if (side == SERVER && link->sorter)
        return sorter_serve(link, now);
    if (leg->state == LEG_IDLE && !link->lookup && wishes & WISH_CONNECT) {
        link_connect(link, now);
        return true;
    }
    if (leg->state != LEG_OPEN)
        return false;
    if (side == SERVER && link->introducer)
        return introduce(link, now);
    if (wishes & WISH_SECURE)
        return serve_handshake(link, side, now);
    if (session_is_stalled(link->session, side))
        return serve_stalled(link, side, now);
    if (leg->is_torn)
        return serve_torn(link, side, now);
    if (wishes & WISH_BARE)
        return bare(link, side, now);
    if (wishes & WISH_FINISH)
        return finish(link, side, now);
    /* Records that are left from before may still have to go. */
    return (wishes & WISH_WRITE || leg->layer) && link_write(link, side, now);
}

static void on_timer(uv_timer_t *timer)
{
    struct link *link = timer->data;
    instant now = clock_now();
    due_timer_fired(&link->timer);
    session_tick(link->session, now);
    sorter_tick(link, now);
    link_pump(link, now);
}

static void set_timer(struct link *link, instant now)
{
    instant due = instant_min(session_deadline(link->session), sorter_due(link->sorter));
    if (pool_is_empty(link->place->pool))
        due = instant_min(due, instant_after(now, POOL_RETRY));
    due_timer_set(&link->timer, due, now, on_timer);
}

/* A socket tells each change once: what was left in it is not told again. */
static void ask_for_turn(struct link *link)
{
    if (link_has_to_read(link, CLIENT) || link_has_to_read(link, SERVER))
        poller_ask(link->place->poller, &link->turn);
}

void link_pump(struct link *link, instant now)
{
    bool again = true;
    while (again && !session_is_over(link->session)) {
        again = serve(link, SERVER, now);
        again = serve(link, CLIENT, now) || again;
    }
    if (session_is_over(link->session)) {
        link_close(link, now);
        return;
    }
    ask_for_turn(link);
    set_timer(link, now);
}

/* -- from the poller -------------------------------------------------------------------------- */

/* A timer may be told behind the bytes that came after it was due. What fell due before them leaves
 * before them too, so that rules find who spoke too early, and who did not, as the clock has it. */
static void catch_up(struct link *link, instant now)
{
    if (!link->session || link->timer.due > now)
        return;
    session_tick(link->session, now);
    link_pump(link, now);
}

static void on_ready(struct leg *leg, uint32_t events)
{
    struct link *link = leg->owner;
    enum side side = leg == &link->legs[SERVER] ? SERVER : CLIENT;
    instant now = link->place->poller->now;
    catch_up(link, now);
    leg_note(leg, events);
    if (leg->state == LEG_CLOSED)
        return;
    if (leg->state == LEG_LINGERS) {
        link_linger_on(link, leg);
        return;
    }
    if (leg->state == LEG_CONNECTING)
        link_attempt_ended(link, now);
    else
        link_read(link, side, now);
    link->has_read = true;
    poller_ask(link->place->poller, &link->turn);
}

/* What was read in this round leaves when all have read theirs: side by side, the kernel's way in
 * and its way out cost a twentieth less than by turns. */
static void on_turn(struct turn *turn)
{
    struct link *link = (struct link *)((char *)turn - offsetof(struct link, turn));
    instant now = link->place->poller->now;
    catch_up(link, now);
    if (!link->session)
        return;
    if (link->tries_again)
        link_try_again(link, now);
    sorter_turn(link);
    if (!link->has_read) {
        link_read(link, CLIENT, now);
        link_read(link, SERVER, now);
    }
    link->has_read = false;
    link_pump(link, now);
}

/* -- beginning -------------------------------------------------------------------------------- */

/* The session copies what it is told, so its names are written where the last one's were. */
static void name_peers(struct link *link, const struct arrival *arrival)
{
    struct peer_names *names = &link->place->names;
    text_clear(&names->client);
    text_clear(&names->client_ip);
    text_clear(&names->server);
    socket_address_format(&arrival->peer, &names->client);
    socket_address_format_host(&arrival->peer, &names->client_ip);
    passage_add_name(link->passage, &names->server);
}

static struct session *begin_session(struct link *link, const struct arrival *arrival, instant now)
{
    const struct link_place *place = link->place;
    name_peers(link, arrival);
    struct session_setup setup = {
        .options = place->options,
        .rules = arrival->rules,
        .recall = place->recall,
        .pool = place->pool,
        .desk = place->desk,
        .journal = place->journal,
        .client_tls = arrival->client_tls,
        .server_tls = !link->sorter && link->passage->upstream->address.is_tls,
        .facts = {
            .client = text_span(&place->names.client),
            .client_ip = text_span(&place->names.client_ip),
            .server = text_span(&place->names.server),
            .host = place->host,
            .guid = span_of(arrival->guid),
            .number = arrival->number,
        },
    };
    link->recording = recording_new(place->record, &setup, now);
    return session_new(&setup, now);
}

static struct link *link_new(struct link_place *place, const struct arrival *arrival)
{
    struct link *link = malloc(sizeof *link);
    check(link != NULL);
    *link = (struct link){
        .place = place, .next = place->first, .rules = arrival->rules, .upstream = arrival->upstream
    };
    link->passage = passage_new(&(struct passage){
        .upstream = arrival->upstream,
        .dialing = place->dialing,
        .own = place->own,
        .client = arrival->peer,
        .local = arrival->local,
        .original = arrival->original,
    });
    if (arrival->sorted_at)
        link->sorter = sorter_new(place, arrival->sorted_at);
    if (introducing_is_on(place->introducing))
        passage_find_local(link->passage, arrival->fd);
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
        link_close(link, now);
        return;
    }
    link->capture = capture_new(place->pcap, arrival->number);
    const struct capture_ends ends = { .peer = arrival->peer, .own = arrival->local };
    capture_open(link->capture, CLIENT, arrival->fd, &ends, now);
    link_pump(link, now);
}

void link_end(struct link *link, instant now)
{
    if (!link->session) {
        if (link_lingers(link))
            link_end_lingering(link);
        return;
    }
    session_drain(link->session, now);
    link_pump(link, now);
    if (link->session)
        link_close(link, now);
}

void link_place_deinit(struct link_place *place)
{
    check(place->first == NULL);
    text_deinit(&place->names.client);
    text_deinit(&place->names.client_ip);
    text_deinit(&place->names.server);
}

struct link *link_next(const struct link *link)
{
    return link->next;
}
