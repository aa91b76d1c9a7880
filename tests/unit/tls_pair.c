/* tls_pair: see tls_pair.h. */
#include "tls_pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <cmocka.h>

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"mx.test", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    return certificate;
}

int tls_ground_setup(void **state)
{
    struct tls_ground *ground = calloc(1, sizeof *ground);
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = make_certificate(key);
    ground->server = SSL_CTX_new(TLS_server_method());
    ground->client = SSL_CTX_new(TLS_client_method());
    layer_prepare_context(ground->server);
    layer_prepare_context(ground->client);
    assert_int_equal(SSL_CTX_use_cert_and_key(ground->server, certificate, key, NULL, 1), 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
    *state = ground;
    return 0;
}

int tls_ground_teardown(void **state)
{
    struct tls_ground *ground = *state;
    SSL_CTX_free(ground->server);
    SSL_CTX_free(ground->client);
    free(ground);
    return 0;
}

static struct layer *begin_end(struct tls_pair *pair, SSL_CTX *context, enum tls_end end,
                               int highest)
{
    SSL *ssl = SSL_new(context);
    assert_non_null(ssl);
    if (end == END_SERVER)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    if (highest)
        SSL_set_max_proto_version(ssl, highest);
    return layer_new(ssl, &pair->store, &pair->plans[end]);
}

void tls_pair_begin(struct tls_pair *pair, const struct tls_ground *ground, int highest)
{
    pair->ends[END_SERVER] = begin_end(pair, ground->server, END_SERVER, highest);
    pair->ends[END_CLIENT] = begin_end(pair, ground->client, END_CLIENT, highest);
}

void tls_pair_end(struct tls_pair *pair)
{
    layer_free(pair->ends[END_SERVER]);
    layer_free(pair->ends[END_CLIENT]);
    buffer_store_deinit(&pair->store);
    *pair = (struct tls_pair){ 0 };
}

bool tls_pair_carry(struct tls_pair *pair, enum tls_end to)
{
    struct layer *from = pair->ends[to == END_SERVER ? END_CLIENT : END_SERVER];
    size_t room;
    struct span there = layer_peek(from);
    if (there.len > pair->held_max)
        pair->held_max = there.len;
    if (!there.len)
        return false;
    uint8_t *place = layer_reserve(pair->ends[to], &room);
    there = span_take(there, pair->cut && pair->cut < room ? pair->cut : room);
    if (there.len)
        memcpy(place, there.ptr, there.len);
    layer_commit(pair->ends[to], there.len);
    layer_consume(from, there.len);
    pair->carried[to] += there.len;
    return there.len > 0;
}

bool tls_pair_shake(struct tls_pair *pair)
{
    bool moves = true;
    while (moves) {
        layer_shake(pair->ends[END_CLIENT]);
        moves = tls_pair_carry(pair, END_SERVER);
        layer_shake(pair->ends[END_SERVER]);
        moves = tls_pair_carry(pair, END_CLIENT) || moves;
    }
    return layer_shake(pair->ends[END_CLIENT]) == LAYER_SECURE &&
           layer_shake(pair->ends[END_SERVER]) == LAYER_SECURE;
}

void tls_pair_send(struct tls_pair *pair, enum tls_end from, const uint8_t *bytes, size_t len)
{
    enum tls_end to = from == END_SERVER ? END_CLIENT : END_SERVER;
    size_t written = 0;
    size_t read = 0;
    uint8_t place[5000];
    while (read < len) {
        struct span left = span_make(bytes + written, len - written);
        written += left.len ? layer_write(pair->ends[from], &left, 1) : 0;
        tls_pair_carry(pair, to);
        ssize_t got = layer_read(pair->ends[to], place, sizeof place);
        assert_true(got > 0 || got == LAYER_NOTHING);
        if (got < 0)
            continue;
        assert_true((size_t)got <= len - read);
        assert_memory_equal(place, bytes + read, (size_t)got);
        read += (size_t)got;
    }
}
