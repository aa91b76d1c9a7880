/* herald: see herald.h. Only the header's own bytes are read from the socket, which then goes to
 * the session as if nothing had been before them. */
#include "proxy/herald.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/check.h"
#include "proxy/clock.h"
#include "proxy/refusal.h"

struct herald {
    struct watch watch; /* first: what the poller calls is the herald itself */
    uv_timer_t timer;
    struct link_place *place;
    struct arrival arrival;
    struct herald *next;
    struct herald *previous;
    size_t len;
    uint8_t bytes[PROXY_HEADER_MAX];
};

/* -- addresses -------------------------------------------------------------------------------- */

static void take_end(const struct proxy_end *end, bool is_v4, struct socket_address *out)
{
    struct sockaddr_in *v4 = (struct sockaddr_in *)&out->storage;
    struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->storage;
    *out = (struct socket_address){ .size = is_v4 ? sizeof *v4 : sizeof *v6 };
    out->storage.ss_family = is_v4 ? AF_INET : AF_INET6;
    if (is_v4)
        memcpy(&v4->sin_addr, end->address, 4);
    else
        memcpy(&v6->sin6_addr, end->address, 16);
    socket_address_set_port(out, end->port);
}

static void give_end(const struct socket_address *address, struct proxy_end *end)
{
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)&address->storage;
    const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)&address->storage;
    if (address->storage.ss_family == AF_INET)
        memcpy(end->address, &v4->sin_addr, 4);
    else
        memcpy(end->address, &v6->sin6_addr, 16);
    end->port = socket_address_port(address);
}

void herald_describe(const struct socket_address *client, const struct socket_address *local,
                     struct proxy_header *header)
{
    struct socket_address from = *client;
    struct socket_address to = *local;
    *header = (struct proxy_header){ 0 };
    socket_address_unmap(&from);
    socket_address_unmap(&to);
    sa_family_t family = from.storage.ss_family;
    if (family != to.storage.ss_family || (family != AF_INET && family != AF_INET6))
        return;
    header->family = family == AF_INET ? PROXY_FAMILY_V4 : PROXY_FAMILY_V6;
    give_end(&from, &header->source);
    give_end(&to, &header->destination);
}

/* -- the end of waiting ----------------------------------------------------------------------- */

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

/* The socket has left the herald's hands. */
static void retire(struct herald *herald)
{
    if (herald->previous)
        herald->previous->next = herald->next;
    else
        herald->place->heralds = herald->next;
    if (herald->next)
        herald->next->previous = herald->previous;
    uv_close((uv_handle_t *)&herald->timer, on_closed);
}

static void refuse(struct herald *herald, const char *why)
{
    struct link_place *place = herald->place;
    refusal_tear(place, &herald->arrival, "bad-proxy-header", why, clock_now());
    poller_forget(place->poller);
    place->gone(place->owner, herald->arrival.rules);
    retire(herald);
}

static void begin(struct herald *herald, const struct proxy_header *header)
{
    struct arrival *arrival = &herald->arrival;
    bool is_v4 = header->family == PROXY_FAMILY_V4;
    if (header->family != PROXY_FAMILY_NONE) {
        take_end(&header->source, is_v4, &arrival->peer);
        take_end(&header->destination, is_v4, &arrival->local);
    }
    poller_unwatch(herald->place->poller, arrival->fd);
    link_open(herald->place, arrival, clock_now());
    retire(herald);
}

/* -- waiting ---------------------------------------------------------------------------------- */

/* Bytes that were looked at are taken out of the socket. */
static void take(struct herald *herald, size_t count)
{
    ssize_t got = recv(herald->arrival.fd, herald->bytes + herald->len, count, MSG_DONTWAIT);
    check(got == (ssize_t)count);
    herald->len += count;
}

/* True when more may be looked at. */
static bool look(struct herald *herald)
{
    struct proxy_header header;
    ssize_t got = recv(herald->arrival.fd, herald->bytes + herald->len,
                       sizeof herald->bytes - herald->len, MSG_PEEK | MSG_DONTWAIT);
    if (got < 0 && errno == EINTR)
        return true;
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got <= 0) {
        refuse(herald, "the connection ended before it");
        return false;
    }
    struct span seen = { herald->bytes, herald->len + (size_t)got };
    switch (proxy_header_parse(seen, &header)) {
    case PROXY_HEADER_UNFINISHED: take(herald, (size_t)got); return true;
    case PROXY_HEADER_BAD: refuse(herald, header.why); return false;
    case PROXY_HEADER_WHOLE:
        take(herald, header.size - herald->len);
        begin(herald, &header);
        return false;
    }
    return false;
}

static void on_ready(struct watch *watch, uint32_t events)
{
    struct herald *herald = (struct herald *)watch;
    (void)events;
    if (uv_is_closing((uv_handle_t *)&herald->timer))
        return;
    while (look(herald))
        continue;
}

static void on_timeout(uv_timer_t *timer)
{
    refuse(timer->data, "it did not come in time");
}

static void await_header(struct link_place *place, const struct arrival *arrival)
{
    struct herald *herald = calloc(1, sizeof *herald);
    check(herald != NULL);
    herald->watch.ready = on_ready;
    herald->place = place;
    herald->arrival = *arrival;
    herald->next = place->heralds;
    if (place->heralds)
        place->heralds->previous = herald;
    place->heralds = herald;
    uv_timer_init(&place->poller->loop, &herald->timer);
    herald->timer.data = herald;
    uv_timer_start(&herald->timer, on_timeout, PROXY_HEADER_TIMEOUT_S * 1000, 0);
    check(poller_watch(place->poller, arrival->fd, &herald->watch) == 0);
}

void herald_open(struct link_place *place, const struct arrival *arrival, instant now)
{
    if (place->accepts_proxy)
        await_header(place, arrival);
    else
        link_open(place, arrival, now);
}

void heralds_end(struct link_place *place)
{
    struct herald *next;
    for (struct herald *herald = place->heralds; herald; herald = next) {
        next = herald->next;
        refuse(herald, "the proxy was told to end");
    }
}
