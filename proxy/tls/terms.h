/* terms: what a plan wants of the handshake's terms: versions, ciphers, tickets. */
#ifndef SMTPCHAOS_PROXY_TLS_TERMS_H
#define SMTPCHAOS_PROXY_TLS_TERMS_H

#include <stdbool.h>

#include <openssl/ssl.h>

#include "mutators/tls_plan.h"

/* Sets them; false when OpenSSL knows none of the ciphers. */
bool terms_set(SSL *ssl, const struct tls_plan *plan);

#endif
