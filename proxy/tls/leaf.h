/* leaf: a certificate to be shown to clients, with the others that are shown beside it and its key.
 * Shared between threads; what a leaf holds does not change. */
#ifndef SMTPCHAOS_PROXY_TLS_LEAF_H
#define SMTPCHAOS_PROXY_TLS_LEAF_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdbool.h>

struct leaf_parts {
    X509 *certificate;
    struct stack_st_X509 *chain; /* shown behind it; NULL: none */
    EVP_PKEY *key;
};

struct leaf {
    struct leaf_parts main;
    struct leaf_parts also; /* for clients that know only another kind of key; empty: none */
    bool is_weak;           /* OpenSSL refuses it above security level 0 */
    atomic_uint references;
};

/* Takes the parts over; one reference is the caller's. */
struct leaf *leaf_new(const struct leaf_parts *main, const struct leaf_parts *also, bool is_weak);
struct leaf *leaf_hold(struct leaf *leaf);
/* Gives a reference back, from any thread. Nothing happens for NULL. */
void leaf_release(struct leaf *leaf);

/* Lets a server's handshake show the leaf, and nothing that OpenSSL would find to go with it; the
 * leaf may be released then. A weak one takes the handshake down to security level 0. False when
 * OpenSSL refuses, with the reason in its list. */
bool leaf_use(const struct leaf *leaf, SSL *ssl);

#endif
