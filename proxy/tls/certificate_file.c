/* certificate_file: see certificate_file.h. */
#include "proxy/tls/certificate_file.h"

#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/tls/authority_files.h"
#include "proxy/tls/pem_file.h"

static int read_key(const char *file, EVP_PKEY **key)
{
    struct pem_file pem;
    int status = pem_file_read(file, &pem);
    if (status)
        return status;
    *key = pem.key;
    pem.key = NULL;
    pem_file_deinit(&pem);
    return 0;
}

static int refuse(const char *file, const char *why)
{
    complain("%s: %s", file, why);
    return EX_DATAERR;
}

/* Answers the exit status. */
static int check_pair(const char *certificate, const char *key_file, const struct pem_file *pem)
{
    X509 *first = sk_X509_value(pem->certificates, 0);
    if (!first)
        return refuse(certificate, "there is no certificate in it");
    if (!pem->key)
        return refuse(key_file, "there is no key in it");
    if (X509_check_private_key(first, pem->key) == 1)
        return 0;
    complain("%s: this key does not belong to the certificate in %s", key_file, certificate);
    return EX_DATAERR;
}

static struct leaf *make_leaf(struct pem_file *pem)
{
    struct leaf_parts parts = { .certificate = sk_X509_shift(pem->certificates),
                                .chain = pem->certificates,
                                .key = pem->key };
    *pem = (struct pem_file){ 0 };
    return leaf_new(&parts, NULL, false);
}

struct leaf *certificate_file_read(const char *certificate, const char *key, int *status)
{
    struct pem_file pem;
    struct leaf *leaf = NULL;
    const char *key_file = key ? key : certificate;
    *status = pem_file_read(certificate, &pem);
    if (*status)
        return NULL;
    if (key) {
        EVP_PKEY_free(pem.key);
        pem.key = NULL;
        *status = read_key(key, &pem.key);
    }
    if (*status == 0)
        *status = check_pair(certificate, key_file, &pem);
    if (*status == 0) {
        warn_of_readers(key_file);
        leaf = make_leaf(&pem);
    }
    pem_file_deinit(&pem);
    return leaf;
}
