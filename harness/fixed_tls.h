/* fixed_tls: contexts of TLS that are the same in every run: a key that is written down, a
 * certificate that never runs out, and random numbers that begin anew when they are told to. For
 * harnesses alone: nothing of it keeps a secret. */
#ifndef SMTPCHAOS_HARNESS_FIXED_TLS_H
#define SMTPCHAOS_HARNESS_FIXED_TLS_H

#include <openssl/ssl.h>

struct fixed_tls {
    SSL_CTX *server;
    SSL_CTX *client;
};

/* Made at the first call; lives as long as the program. */
const struct fixed_tls *fixed_tls(void);
/* Random numbers begin anew. */
void fixed_tls_begin(void);

#endif
