/* link_sorting: where the recipient says which server a mail goes to, the session speaks with a
 * sorting (peers/sorting.h) in the server's place, and that with one server after the other. */
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"
#include "peers/sorting.h"
#include "proxy/capture.h"
#include "proxy/link_parts.h"

#define SPANS_MAX 32

struct sorter {
    struct sorting sorting;
    const struct upstreams *upstreams;
    const struct address *listen;
    bool is_dialing;  /* link_upstream.c is at it */
    bool is_finished; /* the server has been told that the client says no more */
    bool is_told;     /* the session has been told that the server has ended */
    bool renews;      /* the leg is to be made new in the next turn, before it dials */
    instant due;      /* when the server has taken too long; NEVER: it has time */
};

static size_t choose(const void *owner, struct span recipient)
{
    const struct sorter *sorter = owner;
    size_t number = upstreams_choose_for(sorter->upstreams, sorter->listen, recipient);
    return number == UPSTREAM_NONE ? SORTING_NOBODY : number;
}

struct sorter *sorter_new(const struct link_place *place, const struct address *listen)
{
    struct sorter *sorter = calloc(1, sizeof *sorter);
    check(sorter != NULL);
    sorter->upstreams = place->upstreams;
    sorter->listen = listen;
    sorter->due = NEVER;
    sorter->sorting.host = place->host;
    sorter->sorting.choose = choose;
    sorter->sorting.owner = sorter;
    sorting_begin(&sorter->sorting, place->pool);
    return sorter;
}

void sorter_free(struct sorter *sorter)
{
    if (!sorter)
        return;
    sorting_deinit(&sorter->sorting);
    free(sorter);
}

instant sorter_due(const struct sorter *sorter)
{
    return sorter ? sorter->due : NEVER;
}

/* -- the connection to a server --------------------------------------------------------------- */

bool sorter_dials(const struct sorter *sorter)
{
    return sorter->is_dialing;
}

void sorter_reached(struct link *link, instant now)
{
    struct text name = { 0 };
    passage_add_name(link->passage, &name);
    session_meets(link->session, text_span(&name), now);
    text_deinit(&name);
    link->sorter->is_dialing = false;
    sorting_reached(&link->sorter->sorting);
}

void sorter_failed(struct link *link, enum ending ending, instant now)
{
    struct sorter *sorter = link->sorter;
    struct text name = { 0 };
    passage_add_name(link->passage, &name);
    session_misses(link->session, text_span(&name), ending, now);
    text_deinit(&name);
    sorter->is_dialing = false;
    sorter->due = NEVER;
    sorting_failed(&sorter->sorting, "the server for this recipient cannot be reached");
}

static bool tell_server(struct link *link, instant now)
{
    struct leg *leg = &link->legs[SERVER];
    struct chain *to_server = &link->sorter->sorting.to_server;
    struct span spans[SPANS_MAX];
    size_t count = chain_spans(to_server, spans, SPANS_MAX);
    if (!count || leg->wants_write || leg->is_torn)
        return false;
    ssize_t sent = leg_write(leg, spans, count);
    if (sent <= 0)
        return false;
    capture_sent(link->capture, SERVER, spans, (size_t)sent, now);
    chain_drop(to_server, (size_t)sent);
    return true;
}

/* QUIT is a courtesy: nobody waits for it to leave. */
static void hang_up(struct link *link, instant now)
{
    struct sorter *sorter = link->sorter;
    if (link->legs[SERVER].state == LEG_OPEN && !link->introducer)
        tell_server(link, now);
    sorter->is_dialing = false;
    sorter->due = NEVER;
    sorter->sorting.hangs_up = false;
    chain_drop(&sorter->sorting.to_server, sorter->sorting.to_server.len);
    introducer_free(link->introducer);
    link->introducer = NULL;
    if (link->legs[SERVER].state != LEG_IDLE)
        link_close_leg(link, SERVER, false, now);
}

/* A leg that was closed has to stay as it is for the rest of the turn. */
static bool dial_chosen(struct link *link, instant now)
{
    struct sorter *sorter = link->sorter;
    const struct leg *leg = &link->legs[SERVER];
    bool is_looking = link->lookup && lookup_is_busy(link->lookup);
    if (sorter->is_dialing || is_looking || link->tries_again)
        return false;
    if (leg->state != LEG_IDLE) {
        sorter->renews = true;
        poller_ask(link->place->poller, &link->turn);
        return false;
    }
    sorter->is_dialing = true;
    sorter->due = instant_after(now, session_connect_timeout(link->session));
    link->upstream = link->passage->upstream = &sorter->upstreams->all[sorter->sorting.number];
    link_connect(link, now);
    return true;
}

void sorter_turn(struct link *link)
{
    struct sorter *sorter = link->sorter;
    if (sorter && sorter->renews)
        leg_init(&link->legs[SERVER], link->place->poller, link->legs[CLIENT].ready, link);
    if (sorter)
        sorter->renews = false;
}

void sorter_tick(struct link *link, instant now)
{
    struct sorter *sorter = link->sorter;
    if (!sorter || now < sorter->due)
        return;
    sorter->due = NEVER;
    if (!sorting_is_reaching(&sorter->sorting))
        return;
    sorter_failed(link, ENDING_CONNECT_TIMEOUT, now);
    hang_up(link, now);
}

/* -- bytes ------------------------------------------------------------------------------------ */

static bool hear_client(struct link *link, instant now)
{
    struct sorting *sorting = &link->sorter->sorting;
    struct span bytes = session_peek(link->session, TO_SERVER);
    if (!bytes.len || !sorting_takes_client(sorting))
        return false;
    size_t taken = sorting_hear_client(sorting, bytes);
    session_consume(link->session, TO_SERVER, taken, now);
    return taken > 0;
}

static bool tell_client(struct link *link, instant now)
{
    struct chain *to_client = &link->sorter->sorting.to_client;
    struct span bytes = chain_head(to_client);
    if (!bytes.len || !link_wishes(link, SERVER, WISH_READ))
        return false;
    chain_drop(to_client, session_receive(link->session, TO_CLIENT, bytes, now));
    return true;
}

static void server_ended(struct link *link, bool torn, instant now)
{
    capture_end(link->capture, SERVER, BY_PEER, torn, now);
    link->sorter->due = NEVER;
    sorting_server_ended(&link->sorter->sorting, torn);
    chain_drop(&link->sorter->sorting.to_server, link->sorter->sorting.to_server.len);
    link->sorter->sorting.hangs_up = false;
    link_close_leg(link, SERVER, torn, now);
}

static bool hear_server(struct link *link, instant now)
{
    struct leg *leg = &link->legs[SERVER];
    struct sorting *sorting = &link->sorter->sorting;
    uint8_t bytes[16384];
    if (!leg_may_read(leg) || !sorting_takes_server(sorting) || pool_is_empty(link->place->pool))
        return false;
    ssize_t got = leg_read(leg, bytes, sizeof bytes);
    if (got == UV_EAGAIN)
        return false;
    if (got <= 0) {
        server_ended(link, got < 0, now);
        return true;
    }
    if (!sorting->client_ended)
        link->sorter->due = NEVER;
    capture_received(link->capture, SERVER, span_make(bytes, (size_t)got), now);
    sorting_hear_server(sorting, span_make(bytes, (size_t)got));
    return true;
}

/* The XCLIENT that comes first is not part of what is sorted. */
static bool introduce(struct link *link, instant now)
{
    struct text rest = { 0 };
    bool is_done = introducer_serve(&link->introducer, &link->legs[SERVER], &rest);
    if (is_done) {
        link->sorter->due = NEVER;
        sorter_reached(link, now);
        sorting_hear_server(&link->sorter->sorting, text_span(&rest));
    }
    text_deinit(&rest);
    return is_done;
}

static bool exchange(struct link *link, instant now)
{
    struct leg *leg = &link->legs[SERVER];
    if (leg->state != LEG_OPEN)
        return false;
    if (link->introducer)
        return introduce(link, now);
    bool again = tell_server(link, now);
    again = hear_server(link, now) || again;
    if (leg->state != LEG_OPEN || !leg->is_torn || leg_has_unread(leg))
        return again;
    server_ended(link, true, now);
    return true;
}

/* -- ends ------------------------------------------------------------------------------------- */

/* It may be gone altogether, and is not waited with for long. */
static bool client_ended(struct link *link, instant now)
{
    if (!link_wishes(link, SERVER, WISH_FINISH))
        return false;
    link->sorter->due =
        instant_min(link->sorter->due, instant_after(now, session_connect_timeout(link->session)));
    session_finished(link->session, SERVER, now);
    sorting_client_ended(&link->sorter->sorting);
    return true;
}

static void finish_server(struct link *link, instant now)
{
    struct sorter *sorter = link->sorter;
    struct leg *leg = &link->legs[SERVER];
    if (sorter->is_finished || !sorting_wants_finish(&sorter->sorting) || leg->state != LEG_OPEN)
        return;
    sorter->is_finished = leg_finish(leg, false);
    capture_end(link->capture, SERVER, BY_US, false, now);
}

static bool end(struct link *link, instant now)
{
    struct sorter *sorter = link->sorter;
    const struct sorting *sorting = &sorter->sorting;
    if (sorting->step != SORTING_OVER || sorting->to_client.len || sorter->is_told)
        return false;
    sorter->is_told = true;
    session_ended(link->session, SERVER,
                  sorting->is_torn ? ENDING_SERVER_RESET : ENDING_SERVER_CLOSED, now);
    return true;
}

bool sorter_serve(struct link *link, instant now)
{
    const struct sorting *sorting = &link->sorter->sorting;
    if (link_wishes(link, SERVER, WISH_CONNECT)) {
        session_connected(link->session, now);
        return true;
    }
    if (session_wishes(link->session, SERVER) & (WISH_RESET | WISH_CLOSE))
        return false;
    if (sorting->hangs_up)
        hang_up(link, now);
    bool again = sorting->step == SORTING_REACHES && dial_chosen(link, now);
    /* Both may have spoken in one round: a server that has ended is told nothing more. */
    again = exchange(link, now) || again;
    again = hear_client(link, now) || again;
    again = tell_client(link, now) || again;
    again = client_ended(link, now) || again;
    finish_server(link, now);
    return end(link, now) || again;
}
