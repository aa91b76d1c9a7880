/* resumption: the last session that the upstream would let us resume, as every mail server that
 * sends much keeps it: the next handshake then costs neither side a signature. */
#ifndef SMTPCHAOS_PROXY_TLS_RESUMPTION_H
#define SMTPCHAOS_PROXY_TLS_RESUMPTION_H

#include <openssl/ssl.h>

/* One a thread and upstream; zeroed, there is none. */
struct resumption {
    SSL_SESSION *last; /* owned */
};

void resumption_deinit(struct resumption *resumption);
/* Lets the sessions of a context be kept by those who ask for it. */
void resumption_allow(SSL_CTX *context);
/* Resumes what is kept, if anything is, and keeps what comes. It must outlive the SSL. */
void resumption_use(struct resumption *resumption, SSL *ssl);

#endif
