/* faults: how a handshake goes wrong when a plan wants it to: when a fault strikes, and what it
 * puts on the wire in place of TLS. Ending the connection is left to whoever holds it. */
#ifndef SMTPCHAOS_PROXY_TLS_FAULTS_H
#define SMTPCHAOS_PROXY_TLS_FAULTS_H

#include <stdbool.h>

#include "mutators/tls_plan.h"
#include "proxy/tls/wire_buffer.h"

/* What becomes of the handshake. */
enum fault_effect {
    FAULT_HARMLESS, /* it goes on */
    FAULT_STALLS,
    FAULT_ENDS,   /* once what waits has left */
    FAULT_DEAFENS /* we say nothing more; what comes is not looked at */
};

/* How far a handshake has come, as the end that answers the hello (a server) or says it sees it. */
struct handshake_progress {
    bool is_server;
    bool has_hello;  /* the ClientHello has come, or has left */
    bool is_within;  /* our first flight has left; or the server's first record has come */
    bool is_resumed; /* a stall has been, and is over */
};

/* True when the fault is to strike before the handshake goes on. */
bool fault_is_due(const struct tls_plan *plan, const struct handshake_progress *progress);
/* Carries it out; what has to be said is added to `out`. */
enum fault_effect fault_strike(const struct tls_plan *plan, struct wire_buffer *out);
/* What it is called in the journal: a clause. */
const char *fault_words(enum tls_fault fault);

#endif
