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
    const char *host;      /* the upstream's, asked for in SNI when it is a name; may be NULL */
    const struct verify *verify;
    bool verifies_strictly; /* a certificate that is not fine ends the handshake */
};

/* From any thread, as everything here. */
struct tls_context *tls_context_new(const struct tls_context_plan *plan);
void tls_context_free(struct tls_context *context);

/* An SSL that answers a client's hello. It shows a certificate like `upstream`'s, which is borrowed
 * until it returns and may be NULL. NULL when the plan's terms cannot be had. */
SSL *tls_context_accept(struct tls_context *context, const struct tls_plan *plan, X509 *upstream);
/* An SSL that says hello to the upstream. A plain plan may resume; `resumption` outlives it. */
SSL *tls_context_connect(struct tls_context *context, const struct tls_plan *plan,
                         struct resumption *resumption);

/* Behind the upstream's handshake, or what became of it: see verify_result. */
bool tls_context_verified(const struct tls_context *context, const SSL *ssl,
                          char why[sizeof((struct tls_facts *)0)->verified]);

#endif
