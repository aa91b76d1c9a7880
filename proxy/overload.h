/* overload: what becomes of a client that comes when --max-sessions are open already. */
#ifndef SMTPCHAOS_PROXY_OVERLOAD_H
#define SMTPCHAOS_PROXY_OVERLOAD_H

#include "base/instant.h"
#include "proxy/link.h"

/* Says 421 (RFC 5321 section 3.8), closes the arrival's socket and writes it down. */
void overload_refuse(const struct link_place *place, const struct arrival *arrival, instant now);

#endif
