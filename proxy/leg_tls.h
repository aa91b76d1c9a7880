/* leg_tls: TLS on a leg: carries records between its socket and its layer (tls/layer.h). leg.h
 * calls what concerns bytes; what concerns the handshake is link.h's to call. */
#ifndef SMTPCHAOS_PROXY_LEG_TLS_H
#define SMTPCHAOS_PROXY_LEG_TLS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/span.h"
#include "proxy/leg.h"
#include "proxy/tls/layer.h"

/* Puts TLS on the leg, in place of what may have been there; the layer is the leg's from now on. */
void leg_tls_begin(struct leg *leg, struct layer *layer);
/* Takes it away again, if it is there; nothing leaves. */
void leg_tls_drop(struct leg *leg);
/* Goes on with the handshake as far as it goes. */
enum layer_state leg_tls_shake(struct leg *leg);
/* Says close_notify and goes on in clear text. */
void leg_tls_bare(struct leg *leg);

/* leg_read, leg_write and leg_settle of a leg with TLS. */
ssize_t leg_tls_read(struct leg *leg, uint8_t *to, size_t room);
ssize_t leg_tls_write(struct leg *leg, const struct span *spans, size_t count);
bool leg_tls_settle(struct leg *leg, bool rude);
/* True when nothing waits to leave, or nothing can leave any more. */
bool leg_tls_flush(struct leg *leg);

#endif
