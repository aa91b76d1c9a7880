/* authority: see authority.h. */
#include "proxy/tls/authority.h"

#include <openssl/bio.h>
#include <openssl/rand.h>
#include <stdio.h>

#include "base/check.h"
#include "proxy/tls/identity.h"
#include "proxy/tls/mint.h"

static void make_name(struct text *name)
{
    unsigned char number[4];
    check(RAND_bytes(number, sizeof number) == 1);
    text_add(name, SPAN("smtpchaos authority "));
    for (size_t i = 0; i < sizeof number; i++)
        text_addf(name, "%02x", (unsigned)number[i]);
}

/* Takes the key over. */
static void make(struct authority *authority, EVP_PKEY *key, const struct authority *issuer,
                 const char *name, int days)
{
    struct identity identity = { 0 };
    identity_set_title(&identity, name);
    struct mint mint = { .identity = &identity,
                         .key = key,
                         .issuer = issuer ? issuer->certificate : NULL,
                         .issuer_key = issuer ? issuer->key : NULL,
                         .first_day = -1,
                         .last_day = days,
                         .is_authority = true };
    *authority = (struct authority){ mint_certificate(&mint), key };
    identity_deinit(&identity);
}

void authority_make(struct authority *authority, enum key_type type, const char *name, int days)
{
    struct text made_up = { 0 };
    if (!name)
        make_name(&made_up);
    make(authority, key_make(type), NULL, name ? name : text_string(&made_up), days);
    text_deinit(&made_up);
}

void authority_make_below(struct authority *authority, const struct authority *issuer,
                          const char *name, int days)
{
    make(authority, key_make(KEY_ECDSA), issuer, name, days);
}

void authority_deinit(struct authority *authority)
{
    X509_free(authority->certificate);
    EVP_PKEY_free(authority->key);
    *authority = (struct authority){ 0 };
}

void certificate_fingerprint(const X509 *certificate, char text[FINGERPRINT_TEXT_SIZE])
{
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    check(X509_digest(certificate, EVP_sha256(), digest, &length) == 1);
    for (size_t i = 0; i < length; i++)
        snprintf(text + i * 3, FINGERPRINT_TEXT_SIZE - i * 3, i + 1 < length ? "%02X:" : "%02X",
                 (unsigned)digest[i]);
}

void certificate_add_subject(const X509 *certificate, struct text *out)
{
    char *line = NULL;
    BIO *bio = BIO_new(BIO_s_mem());
    check(bio != NULL);
    X509_NAME_print_ex(bio, X509_get_subject_name(certificate), 0,
                       XN_FLAG_RFC2253 & ~(unsigned long)XN_FLAG_DN_REV);
    long length = BIO_get_mem_data(bio, &line);
    text_add(out, span_make(line, length > 0 ? (size_t)length : 0));
    BIO_free(bio);
}
