/* key: private keys: made, and named for people. Reading them is pem_file.h's. */
#ifndef SMTPCHAOS_PROXY_TLS_KEY_H
#define SMTPCHAOS_PROXY_TLS_KEY_H

#include <openssl/evp.h>

#include "base/text.h"

enum key_type {
    KEY_ECDSA, /* P-256 */
    KEY_RSA,   /* 2048 bits */
    KEY_WEAK   /* RSA with 1024 bits, which nobody should trust since 2014 */
};

/* A new key, from the library's randomness. */
EVP_PKEY *key_make(enum key_type type);
/* Adds "ECDSA P-256", "RSA 2048". */
void key_describe(const EVP_PKEY *key, struct text *out);

#endif
