/* leaf: see leaf.h. */
#include "proxy/tls/leaf.h"

#include <stdlib.h>

#include "base/check.h"

struct leaf *leaf_new(const struct leaf_parts *main, const struct leaf_parts *also, bool is_weak)
{
    struct leaf *leaf = calloc(1, sizeof *leaf);
    check(leaf != NULL);
    atomic_init(&leaf->references, 1);
    leaf->is_weak = is_weak;
    leaf->main = *main;
    if (also)
        leaf->also = *also;
    return leaf;
}

struct leaf *leaf_hold(struct leaf *leaf)
{
    atomic_fetch_add(&leaf->references, 1);
    return leaf;
}

static void free_parts(struct leaf_parts *parts)
{
    X509_free(parts->certificate);
    sk_X509_pop_free(parts->chain, X509_free);
    EVP_PKEY_free(parts->key);
}

void leaf_release(struct leaf *leaf)
{
    if (!leaf || atomic_fetch_sub(&leaf->references, 1) > 1)
        return;
    free_parts(&leaf->main);
    free_parts(&leaf->also);
    free(leaf);
}

static bool use(const struct leaf_parts *parts, SSL *ssl)
{
    return SSL_use_cert_and_key(ssl, parts->certificate, parts->key, parts->chain, 1) == 1;
}

bool leaf_use(const struct leaf *leaf, SSL *ssl)
{
    SSL_set_mode(ssl, SSL_MODE_NO_AUTO_CHAIN);
    if (leaf->is_weak)
        SSL_set_security_level(ssl, 0);
    /* What is used last is what OpenSSL calls the current one. */
    return (!leaf->also.certificate || use(&leaf->also, ssl)) && use(&leaf->main, ssl);
}
