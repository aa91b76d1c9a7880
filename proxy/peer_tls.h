/* peer_tls: what the built-in peers need for TLS: `smtpchaos sink` as the server, `smtpchaos send`
 * as a client that trusts everybody. */
#ifndef SMTPCHAOS_PROXY_PEER_TLS_H
#define SMTPCHAOS_PROXY_PEER_TLS_H

#include <openssl/ssl.h>

#include "proxy/tls/certificates.h"
#include "proxy/tls/context.h"

/* A zeroed struct is none. */
struct peer_tls {
    struct certificates_plan plan;
    struct certificates *certificates; /* of a server */
    struct verify *verify;
    struct tls_context *context;
    struct resumption resumption;
    const char *host; /* the server's, of a client; borrowed */
};

/* Answers 0, or the exit status after one line on stderr; peer_tls_deinit is due in any case. */
int peer_tls_serve(struct peer_tls *tls, const struct certificates_plan *plan);
/* `host` is the server's name, or NULL. */
void peer_tls_connect(struct peer_tls *tls, const char *host);
void peer_tls_deinit(struct peer_tls *tls);

/* A handshake that begins, as the server or as the client. */
SSL *peer_tls_accept(struct peer_tls *tls);
SSL *peer_tls_begin(struct peer_tls *tls);

#endif
