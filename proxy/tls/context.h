/* context: what all handshakes of a run share, and how one of them begins: as the server that a
 * client sees, or as the client that the upstream sees. What is carried by it is layer.h's. */
#ifndef SMTPCHAOS_PROXY_TLS_CONTEXT_H
#define SMTPCHAOS_PROXY_TLS_CONTEXT_H

#include <openssl/ssl.h>

#include "mutators/tls_plan.h"
#include "proxy/tls/certificates.h"
#include "proxy/tls/keylog.h"
#include "proxy/tls/resumption.h"
#include "proxy/tls/verify.h"

struct tls_context;

/* Borrowed for the context's life. */
struct tls_context_plan {
    struct certificates *certificates;
    struct keylog *keylog; /* NULL: none */
    const struct verify *verify;
    bool verifies_strictly; /* a certificate that is not fine ends the handshake */
};

/* From any thread, as everything here. */
struct tls_context *tls_context_new(const struct tls_context_plan *plan);
void tls_context_free(struct tls_context *context);

/* The server behind a handshake: its own end of it, or whom a client is shown. */
struct tls_upstream {
    const char *host; /* in SNI when it is a name; NULL: it has none. Outlives the SSL */
    struct resumption *resumption; /* NULL: nothing is resumed. Outlives the SSL */
};

/* An SSL that answers a client's hello. It shows a certificate like the one that the upstream has
 * shown, which may be NULL. NULL when the plan's terms cannot be had. */
SSL *tls_context_accept(struct tls_context *context, const struct tls_plan *plan,
                        const struct tls_upstream *upstream, X509 *shown);
/* An SSL that says hello to the upstream; a plain plan may resume. */
SSL *tls_context_connect(struct tls_context *context, const struct tls_plan *plan,
                         const struct tls_upstream *upstream);

/* Behind the upstream's handshake, or what became of it: see verify_result. */
bool tls_context_verified(const struct tls_context *context, const SSL *ssl,
                          char why[sizeof((struct tls_facts *)0)->verified]);

#endif
