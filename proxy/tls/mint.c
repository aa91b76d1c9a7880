/* mint: see mint.h. */
#include "proxy/tls/mint.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include "base/check.h"

/* RFC 5280 4.1.2.2: positive, at most 20 bytes, and not to be guessed. */
static void set_serial(X509 *certificate)
{
    unsigned char bytes[16];
    check(RAND_bytes(bytes, sizeof bytes) == 1);
    bytes[0] = (unsigned char)((bytes[0] & 0x7f) | 0x40);
    BIGNUM *number = BN_bin2bn(bytes, sizeof bytes, NULL);
    check(number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)));
    BN_free(number);
}

static void set_validity(X509 *certificate, const struct mint *mint)
{
    check(X509_time_adj_ex(X509_getm_notBefore(certificate), mint->first_day, 0, NULL));
    check(X509_time_adj_ex(X509_getm_notAfter(certificate), mint->last_day, 0, NULL));
}

static void add_extension(X509 *certificate, X509V3_CTX *context, int nid, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, context, nid, value);
    check(extension != NULL && X509_add_ext(certificate, extension, -1));
    X509_EXTENSION_free(extension);
}

/* RSA keys may also be asked to decrypt: RFC 5246 section 7.4.7.1. */
static const char *key_usage(const struct mint *mint)
{
    if (mint->is_authority)
        return "critical,keyCertSign,cRLSign";
    return EVP_PKEY_is_a(mint->key, "RSA") ? "critical,digitalSignature,keyEncipherment"
                                           : "critical,digitalSignature";
}

static void add_extensions(X509 *certificate, const struct mint *mint)
{
    X509V3_CTX context = { 0 };
    X509V3_set_ctx(&context, mint->issuer ? mint->issuer : certificate, certificate, NULL, NULL, 0);
    add_extension(certificate, &context, NID_basic_constraints,
                  mint->is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
    add_extension(certificate, &context, NID_key_usage, key_usage(mint));
    if (!mint->is_authority)
        add_extension(certificate, &context, NID_ext_key_usage, "serverAuth");
    add_extension(certificate, &context, NID_subject_key_identifier, "hash");
    if (mint->issuer)
        add_extension(certificate, &context, NID_authority_key_identifier, "keyid");
}

/* RFC 5280 4.2.1.6: critical when there is no subject. */
static void add_names(X509 *certificate, const struct identity *identity)
{
    bool is_critical = X509_NAME_entry_count(identity->subject) == 0;
    if (identity->names && sk_GENERAL_NAME_num(identity->names) > 0)
        check(X509_add1_ext_i2d(certificate, NID_subject_alt_name, identity->names, is_critical,
                                X509V3_ADD_DEFAULT));
}

static void sign(X509 *certificate, const struct mint *mint)
{
    EVP_PKEY *key = mint->issuer ? mint->issuer_key : mint->key;
    if (mint->is_weak && X509_sign(certificate, key, EVP_sha1()))
        return;
    ERR_clear_error();
    check(X509_sign(certificate, key, EVP_sha256()));
}

X509 *mint_certificate(const struct mint *mint)
{
    X509 *certificate = X509_new();
    X509_NAME *subject = mint->identity->subject;
    check(certificate != NULL && subject != NULL);
    check(X509_set_version(certificate, X509_VERSION_3));
    set_serial(certificate);
    set_validity(certificate, mint);
    check(X509_set_subject_name(certificate, subject));
    check(X509_set_issuer_name(certificate,
                               mint->issuer ? X509_get_subject_name(mint->issuer) : subject));
    check(X509_set_pubkey(certificate, mint->key));
    add_extensions(certificate, mint);
    add_names(certificate, mint->identity);
    sign(certificate, mint);
    return certificate;
}
