/* pem_file: see pem_file.h. */
#include "proxy/tls/pem_file.h"

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "proxy/tls/openssl_error.h"

void pem_file_deinit(struct pem_file *pem)
{
    sk_X509_pop_free(pem->certificates, X509_free);
    EVP_PKEY_free(pem->key);
    *pem = (struct pem_file){ 0 };
}

/* -- reading ---------------------------------------------------------------------------------- */

/* OpenSSL's own way is to ask at the terminal.
 * NOLINTNEXTLINE(readability-non-const-parameter): the type is the library's. */
static int refuse_password(char *password, int size, int for_writing, void *asked)
{
    (void)password;
    (void)size;
    (void)for_writing;
    *(bool *)asked = true;
    return -1;
}

static int damaged(const char *name, const char *what)
{
    struct text why = { 0 };
    openssl_error_add(&why);
    complain("%s: the %s cannot be read: %s", name, what, text_string(&why));
    text_deinit(&why);
    return EX_DATAERR;
}

/* The end of a file in PEM form is an error to OpenSSL. */
static bool is_end(void)
{
    unsigned long error = ERR_peek_last_error();
    bool at_end = ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
    if (at_end)
        ERR_clear_error();
    return at_end;
}

static BIO *open_text(const struct text *text)
{
    BIO *bio = BIO_new_mem_buf(text->ptr ? text->ptr : (const void *)"", (int)text->len);
    check(bio != NULL);
    return bio;
}

static int read_certificates(const char *name, const struct text *text, struct pem_file *pem)
{
    X509 *certificate;
    BIO *bio = open_text(text);
    pem->certificates = sk_X509_new_null();
    check(pem->certificates != NULL);
    while ((certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL)
        check(sk_X509_push(pem->certificates, certificate) > 0);
    BIO_free(bio);
    return is_end() ? 0 : damaged(name, "certificate");
}

static int read_key(const char *name, const struct text *text, struct pem_file *pem)
{
    bool is_encrypted = false;
    if (span_search(text_span(text), SPAN("PRIVATE KEY-----")) == text->len)
        return 0;
    BIO *bio = open_text(text);
    pem->key = PEM_read_bio_PrivateKey(bio, NULL, refuse_password, &is_encrypted);
    BIO_free(bio);
    if (pem->key)
        return 0;
    if (!is_encrypted)
        return damaged(name, "key");
    ERR_clear_error();
    complain("%s: the key is encrypted; `openssl pkey -in FILE -out PLAIN` takes that away", name);
    return EX_DATAERR;
}

int pem_file_read(const char *name, struct pem_file *pem)
{
    struct text text = { .max = PEM_SIZE_MAX };
    *pem = (struct pem_file){ 0 };
    ERR_clear_error();
    int status = file_read(name, &text);
    if (status == 0)
        status = read_certificates(name, &text, pem);
    if (status == 0)
        status = read_key(name, &text, pem);
    pem_wipe(&text);
    if (status)
        pem_file_deinit(pem);
    return status;
}

/* -- writing ---------------------------------------------------------------------------------- */

static void add_bio(BIO *bio, struct text *out)
{
    char *bytes = NULL;
    long length = BIO_get_mem_data(bio, &bytes);
    text_add(out, span_make(bytes, length > 0 ? (size_t)length : 0));
    BIO_free(bio);
}

void pem_add_certificate(X509 *certificate, struct text *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    check(bio != NULL && PEM_write_bio_X509(bio, certificate) == 1);
    add_bio(bio, out);
}

void pem_add_key(EVP_PKEY *key, struct text *out)
{
    BIO *bio = BIO_new(BIO_s_secmem());
    check(bio != NULL && PEM_write_bio_PKCS8PrivateKey(bio, key, NULL, NULL, 0, NULL, NULL) == 1);
    add_bio(bio, out);
}

void pem_wipe(struct text *text)
{
    if (text->ptr)
        OPENSSL_cleanse(text->ptr, text->capacity);
    text_deinit(text);
}
