/* link_upstream: the way to the server: its addresses, one attempt after the other. */
#include <stdlib.h>

#include "base/check.h"
#include "proxy/capture.h"
#include "proxy/clock.h"
#include "proxy/link_parts.h"

static void refuse(struct link *link, int error, instant now)
{
    enum ending ending = error == UV_ETIMEDOUT ? ENDING_CONNECT_TIMEOUT : ENDING_SERVER_REFUSED;
    if (link->sorter)
        sorter_failed(link, ending, now);
    else
        session_ended(link->session, SERVER, ending, now);
}

/* A connection to the server is still asked for. */
static bool is_wanted(const struct link *link)
{
    return link->sorter ? sorter_dials(link->sorter) : link_wishes(link, SERVER, WISH_CONNECT);
}

static int try_address(struct link *link, const struct socket_address *to)
{
    int fd;
    int error = passage_dial(link->passage, to, &fd);
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
    instant now = clock_now();
    if (error && is_wanted(link))
        refuse(link, error, now);
    else if (is_wanted(link))
        connect_next(link, now);
    link_pump(link, now);
}

static int begin_lookup(struct link *link)
{
    if (!link->lookup)
        link->lookup = calloc(1, sizeof *link->lookup);
    check(link->lookup != NULL);
    const struct address *upstream = &link->passage->upstream->address;
    return lookup_begin(link->lookup, link->place->resolver, upstream, on_looked_up, link);
}

void link_connect(struct link *link, instant now)
{
    struct socket_address to;
    bool is_number = passage_destination(link->passage, &to);
    /* Those of an earlier server are not meant any more. */
    if (link->lookup)
        lookup_deinit(link->lookup);
    int error = is_number ? try_address(link, &to) : begin_lookup(link);
    if (error)
        refuse(link, error, now);
}

/* Edges of the attempt's socket are all told by now. */
void link_try_again(struct link *link, instant now)
{
    link->tries_again = false;
    leg_init(&link->legs[SERVER], link->place->poller, link->legs[CLIENT].ready, link);
    if (is_wanted(link))
        connect_next(link, now);
}

static void attempt_failed(struct link *link, int error, instant now)
{
    leg_close(&link->legs[SERVER], false);
    link->tries_again = link->lookup && lookup_has_next(link->lookup);
    if (link->tries_again)
        poller_ask(link->place->poller, &link->turn);
    else
        refuse(link, error, now);
}

void link_attempt_ended(struct link *link, instant now)
{
    int error = leg_connected(&link->legs[SERVER]);
    if (error) {
        attempt_failed(link, error, now);
        return;
    }
    const struct capture_ends as_they_are = { 0 };
    capture_open(link->capture, SERVER, link->legs[SERVER].fd, &as_they_are, now);
    link->introducer = introducer_begin(link->place->introducing, link->passage, link->place->host,
                                        link->legs[SERVER].fd);
    if (!passage_is_known(link->passage) && !link->sorter) {
        passage_free(link->passage);
        link->passage = NULL;
    }
    if (!link->introducer && link->sorter)
        sorter_reached(link, now);
    else if (!link->introducer)
        session_connected(link->session, now);
}
