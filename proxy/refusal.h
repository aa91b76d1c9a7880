/* refusal: connections that become no session. */
#ifndef SMTPCHAOS_PROXY_REFUSAL_H
#define SMTPCHAOS_PROXY_REFUSAL_H

#include "base/instant.h"
#include "base/span.h"
#include "proxy/link.h"

/* Writes an `error` into the journal; `reply` is what the client has heard, empty when nothing. */
void refusal_write_down(const struct link_place *place, const struct arrival *arrival,
                        const char *how, const char *why, struct span reply, instant now);
/* Tears the arrival's connection, closes its socket and writes it down. */
void refusal_tear(const struct link_place *place, const struct arrival *arrival, const char *how,
                  const char *why, instant now);

#endif
