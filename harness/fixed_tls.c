/* fixed_tls: see fixed_tls.h. OpenSSL 3 has replaced how random numbers are exchanged, but its new
 * way takes a provider of one's own. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "harness/fixed_tls.h"

#include <string.h>

#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include "base/check.h"
#include "base/prng.h"
#include "proxy/tls/layer.h"

static struct prng prng;

static int give_bytes(unsigned char *bytes, int count)
{
    for (int i = 0; i < count; i++)
        bytes[i] = (unsigned char)prng_next(&prng);
    return 1;
}

static int is_ready(void)
{
    return 1;
}

static const RAND_METHOD method = { .bytes = give_bytes,
                                    .pseudorand = give_bytes,
                                    .status = is_ready };

void fixed_tls_begin(void)
{
    prng = prng_at(1, 2, 3, 4, 5);
}

static X509 *make_certificate(EVP_PKEY *key)
{
    X509 *certificate = X509_new();
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(certificate), "20200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(certificate), "99991231235959Z");
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"mx.test", -1, -1,
                               0);
    X509_set_issuer_name(certificate, name);
    X509_set_pubkey(certificate, key);
    check(X509_sign(certificate, key, NULL) > 0);
    return certificate;
}

static SSL_CTX *make_context(const SSL_METHOD *side)
{
    SSL_CTX *context = SSL_CTX_new(side);
    check(context != NULL);
    layer_prepare_context(context);
    return context;
}

static void make_both(struct fixed_tls *both)
{
    uint8_t secret[32];
    memset(secret, 7, sizeof secret);
    check(RAND_set_rand_method(&method) == 1);
    fixed_tls_begin();
    EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, secret, sizeof secret);
    X509 *certificate = make_certificate(key);
    both->server = make_context(TLS_server_method());
    both->client = make_context(TLS_client_method());
    check(SSL_CTX_use_cert_and_key(both->server, certificate, key, NULL, 1) == 1);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

const struct fixed_tls *fixed_tls(void)
{
    static struct fixed_tls both;
    if (!both.server)
        make_both(&both);
    return &both;
}
