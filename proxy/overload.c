/* overload: see overload.h. */
#include "proxy/overload.h"

#include <sys/socket.h>
#include <unistd.h>

#include "session/journal.h"

static void write_down(const struct link_place *place, const struct arrival *arrival,
                       const struct text *reply, instant now)
{
    struct text client = { 0 };
    struct text client_ip = { 0 };
    socket_address_format(&arrival->peer, &client);
    socket_address_format_host(&arrival->peer, &client_ip);
    struct facts facts = {
        .client = text_span(&client),
        .client_ip = text_span(&client_ip),
        .server = place->upstream_name,
        .host = place->host,
        .guid = span_of(arrival->guid),
        .number = arrival->number,
    };
    journal_write(place->journal, &(struct journal_entry){
                                      .event = JOURNAL_ERROR,
                                      .time = now,
                                      .facts = &facts,
                                      .has_direction = true,
                                      .direction = TO_CLIENT,
                                      .code = 421,
                                      .line = text_span(reply),
                                      .local = true,
                                      .verb = VERB_NONE,
                                      .how = "too-many-sessions",
                                      .why = "more clients than --max-sessions allows",
                                  });
    text_deinit(&client);
    text_deinit(&client_ip);
}

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
    /* Who begins with TLS could not read it. */
    if (!arrival->client_tls)
        say(arrival->fd, text_span(&reply));
    close(arrival->fd);
    write_down(place, arrival, &reply, now);
    text_deinit(&reply);
}
