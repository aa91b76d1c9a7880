/* overload: see overload.h. */
#include "proxy/overload.h"

#include <sys/socket.h>
#include <unistd.h>

#include "proxy/refusal.h"

/* What the client has said already is read first: closing a socket with unread bytes makes the
 * kernel send RST, which could overtake the reply. */
static void say(int fd, struct span reply)
{
    uint8_t nowhere[4096];
    send(fd, reply.ptr, reply.len, MSG_DONTWAIT | MSG_NOSIGNAL);
    shutdown(fd, SHUT_WR);
    while (recv(fd, nowhere, sizeof nowhere, MSG_DONTWAIT) == sizeof nowhere)
        continue;
}

void overload_refuse(const struct link_place *place, const struct arrival *arrival, instant now)
{
    struct text reply = { 0 };
    text_addf(&reply, "421 4.3.2 %.*s smtpchaos: too many sessions\r\n", (int)place->host.len,
              (const char *)place->host.ptr);
    /* Who begins with TLS could not read it; who has a header to say first is told nothing. */
    if (!arrival->client_tls && !place->accepts_proxy)
        say(arrival->fd, text_span(&reply));
    close(arrival->fd);
    refusal_write_down(place, arrival, "too-many-sessions",
                       "more clients than --max-sessions allows", text_span(&reply), now);
    text_deinit(&reply);
}
