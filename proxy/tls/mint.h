/* mint: one certificate, written out and signed (RFC 5280). Whose it is and who signs is decided by
 * others. */
#ifndef SMTPCHAOS_PROXY_TLS_MINT_H
#define SMTPCHAOS_PROXY_TLS_MINT_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "proxy/tls/identity.h"

/* All of it is borrowed. */
struct mint {
    const struct identity *identity;
    EVP_PKEY *key;        /* the holder's */
    X509 *issuer;         /* NULL: the certificate signs itself */
    EVP_PKEY *issuer_key; /* NULL as well then */
    int first_day;        /* of its validity, counted from now: -1 is yesterday */
    int last_day;
    bool is_authority; /* may sign others; else it is for a TLS server */
    bool is_weak;      /* SHA-1 in place of SHA-256, where the library can still be had to */
};

/* A new certificate, owned by the caller. */
X509 *mint_certificate(const struct mint *mint);

#endif
