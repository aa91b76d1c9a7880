/* verify: see verify.h. */
#include "proxy/tls/verify.h"

#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/tls/openssl_error.h"
#include "proxy/tls/pem_file.h"

#define DIGEST_SIZE 32
/* 112 bits, as Debian's OpenSSL wants of everybody: no RSA below 2048 bits, no SHA-1. */
#define SECURITY_LEVEL 2
/* RFC 6698 section 2.1. */
enum { DANE_EE = 3, WHOLE_CERTIFICATE = 0, PUBLIC_KEY = 1, SHA_256 = 1 };

enum verify_kind { VERIFY_NONE, VERIFY_SYSTEM, VERIFY_CA, VERIFY_PIN };

struct verify {
    enum verify_kind kind;
    X509_STORE *store; /* SYSTEM, CA: who is trusted */
    unsigned char pin[DIGEST_SIZE];
};

/* -- the option ------------------------------------------------------------------------------- */

static int hex_value(uint8_t digit)
{
    digit = byte_lower(digit);
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    return digit >= 'a' && digit <= 'f' ? digit - 'a' + 10 : -1;
}

/* Colons between bytes, as openssl writes fingerprints, are fine. */
static bool read_pin(struct span hex, unsigned char pin[DIGEST_SIZE])
{
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        if (i > 0 && hex.len > 0 && hex.ptr[0] == ':')
            hex = span_drop(hex, 1);
        int high = hex.len > 1 ? hex_value(hex.ptr[0]) : -1;
        int low = hex.len > 1 ? hex_value(hex.ptr[1]) : -1;
        if (high < 0 || low < 0)
            return false;
        pin[i] = (unsigned char)(high * 16 + low);
        hex = span_drop(hex, 2);
    }
    return hex.len == 0;
}

static int take_pin(struct verify *verify, const char *hex)
{
    verify->kind = VERIFY_PIN;
    if (read_pin(span_of(hex), verify->pin))
        return 0;
    complain("--verify: a pin is \"pin:sha256:\" and 64 hexadecimal digits");
    return EX_USAGE;
}

static X509_STORE *store_new(void)
{
    X509_STORE *store = X509_STORE_new();
    check(store != NULL);
    return store;
}

static int take_system(struct verify *verify)
{
    verify->kind = VERIFY_SYSTEM;
    verify->store = store_new();
    check(X509_STORE_set_default_paths(verify->store));
    return 0;
}

static int take_file(struct verify *verify, const char *file)
{
    struct pem_file pem;
    verify->kind = VERIFY_CA;
    verify->store = store_new();
    int status = pem_file_read(file, &pem);
    if (status)
        return status;
    for (int i = 0; i < sk_X509_num(pem.certificates); i++)
        check(X509_STORE_add_cert(verify->store, sk_X509_value(pem.certificates, i)));
    if (sk_X509_num(pem.certificates) == 0) {
        complain("%s: there is no certificate in it", file);
        status = EX_DATAERR;
    }
    pem_file_deinit(&pem);
    return status;
}

static int refuse(const char *wanted)
{
    struct text error = { 0 };
    struct nearest nearest = nearest_begin(span_of(wanted));
    text_add(&error, SPAN("--verify: cannot make sense of "));
    text_add_quoted(&error, span_of(wanted));
    text_add(&error, SPAN("; it is none, system, ca:FILE or pin:sha256:HEX"));
    nearest_try(&nearest, SPAN("none"));
    nearest_try(&nearest, SPAN("system"));
    nearest_suggest(&nearest, &error);
    complain("%s", text_string(&error));
    text_deinit(&error);
    return EX_USAGE;
}

static int take(struct verify *verify, const char *wanted)
{
    struct span text = span_of(wanted);
    if (span_equal(text, SPAN("none")))
        return 0;
    if (span_equal(text, SPAN("system")))
        return take_system(verify);
    if (span_starts(text, SPAN("ca:")) && text.len > strlen("ca:"))
        return take_file(verify, wanted + strlen("ca:"));
    if (span_starts_nocase(text, SPAN("pin:sha256:")))
        return take_pin(verify, wanted + strlen("pin:sha256:"));
    return refuse(wanted);
}

struct verify *verify_new(const char *wanted, int *status)
{
    struct verify *verify = calloc(1, sizeof *verify);
    check(verify != NULL);
    *status = take(verify, wanted);
    if (*status == 0)
        return verify;
    verify_free(verify);
    return NULL;
}

void verify_free(struct verify *verify)
{
    if (verify)
        X509_STORE_free(verify->store);
    free(verify);
}

bool verify_is_wanted(const struct verify *verify)
{
    return verify->kind != VERIFY_NONE;
}

/* -- the handshake ---------------------------------------------------------------------------- */

static bool pin_form(const struct verify *verify, SSL *ssl, uint8_t selector)
{
    return SSL_dane_tlsa_add(ssl, DANE_EE, selector, SHA_256, verify->pin, DIGEST_SIZE) == 1;
}

/* Digests of the two forms cannot be taken for one another. OpenSSL wants a name, and is told not
 * to compare it. */
static bool prepare_pin(const struct verify *verify, SSL *ssl)
{
    if (SSL_dane_enable(ssl, "pinned.invalid") != 1)
        return false;
    SSL_dane_set_flags(ssl, DANE_FLAG_NO_DANE_EE_NAMECHECKS);
    return pin_form(verify, ssl, PUBLIC_KEY) && pin_form(verify, ssl, WHOLE_CERTIFICATE);
}

static bool set_name(X509_VERIFY_PARAM *wanted, const char *host)
{
    if (!host || X509_VERIFY_PARAM_set1_ip_asc(wanted, host) == 1)
        return true;
    ERR_clear_error();
    X509_VERIFY_PARAM_set_hostflags(wanted, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
    return X509_VERIFY_PARAM_set1_host(wanted, host, 0) == 1;
}

static bool prepare_store(const struct verify *verify, SSL *ssl, const char *host)
{
    X509_VERIFY_PARAM *wanted = SSL_get0_param(ssl);
    X509_VERIFY_PARAM_set_auth_level(wanted, SECURITY_LEVEL);
    return SSL_set1_verify_cert_store(ssl, verify->store) == 1 && set_name(wanted, host);
}

void verify_prepare_context(const struct verify *verify, SSL_CTX *context)
{
    if (verify->kind == VERIFY_PIN)
        check(SSL_CTX_dane_enable(context) == 1);
}

bool verify_prepare(const struct verify *verify, SSL *ssl, const char *host, bool is_strict)
{
    SSL_set_verify(ssl, is_strict && verify_is_wanted(verify) ? SSL_VERIFY_PEER : SSL_VERIFY_NONE,
                   NULL);
    switch (verify->kind) {
    case VERIFY_NONE: return true;
    case VERIFY_SYSTEM:
    case VERIFY_CA: return prepare_store(verify, ssl, host);
    case VERIFY_PIN: return prepare_pin(verify, ssl);
    }
    return false;
}

/* -- the answer ------------------------------------------------------------------------------- */

static const char *words(long error)
{
    switch (error) {
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH: return "it is made out to another name";
    case X509_V_ERR_DANE_NO_MATCH: return "it is not the pinned one";
    default: return X509_verify_cert_error_string(error);
    }
}

bool verify_result(const struct verify *verify, const SSL *ssl,
                   char why[sizeof((struct tls_facts *)0)->verified])
{
    long error = SSL_get_verify_result(ssl);
    why[0] = '\0';
    if (!verify_is_wanted(verify) || error == X509_V_OK)
        return true;
    snprintf(why, sizeof((struct tls_facts *)0)->verified, "%s", words(error));
    return false;
}
