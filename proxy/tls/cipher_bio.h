/* cipher_bio: how OpenSSL reads and writes the wire: out of one buffer and into another. */
#ifndef SMTPCHAOS_PROXY_TLS_CIPHER_BIO_H
#define SMTPCHAOS_PROXY_TLS_CIPHER_BIO_H

#include <openssl/bio.h>

#include "proxy/tls/splitter.h"
#include "proxy/tls/wire_buffer.h"

/* What has come and what is to leave, borrowed by the BIO. */
struct wire {
    struct wire_buffer in;
    struct wire_buffer out;
    struct splitter splitter;
};

/* A BIO over the wire; NULL when there is no memory. */
BIO *cipher_bio_new(struct wire *wire);

#endif
