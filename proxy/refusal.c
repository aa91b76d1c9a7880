/* refusal: see refusal.h. */
#include "proxy/refusal.h"

#include <sys/socket.h>
#include <unistd.h>

#include "session/journal.h"

void refusal_write_down(const struct link_place *place, const struct arrival *arrival,
                        const char *how, const char *why, struct span reply, instant now)
{
    struct text client = { 0 };
    struct text client_ip = { 0 };
    socket_address_format(&arrival->peer, &client);
    socket_address_format_host(&arrival->peer, &client_ip);
    struct facts facts = {
        .client = text_span(&client),
        .client_ip = text_span(&client_ip),
        .server = arrival->upstream ? text_span(&arrival->upstream->name) : SPAN("by recipient"),
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
                                      .code = reply.len ? 421 : 0,
                                      .line = reply,
                                      .local = reply.len > 0,
                                      .verb = VERB_NONE,
                                      .how = how,
                                      .why = why,
                                  });
    text_deinit(&client);
    text_deinit(&client_ip);
}

void refusal_tear(const struct link_place *place, const struct arrival *arrival, const char *how,
                  const char *why, instant now)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    setsockopt(arrival->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(arrival->fd);
    refusal_write_down(place, arrival, how, why, SPAN(""), now);
}
