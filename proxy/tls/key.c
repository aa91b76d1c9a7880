/* key: see key.h. */
#include "proxy/tls/key.h"

#include <openssl/ec.h>
#include <openssl/objects.h>
#include <openssl/rsa.h>

#include "base/check.h"

EVP_PKEY *key_make(enum key_type type)
{
    EVP_PKEY *key = NULL;
    switch (type) {
    case KEY_ECDSA: key = EVP_EC_gen("P-256"); break;
    case KEY_RSA: key = EVP_RSA_gen(2048); break;
    case KEY_WEAK: key = EVP_RSA_gen(1024); break;
    }
    check(key != NULL);
    return key;
}

/* NIST's name where there is one, as in P-256, else the library's. */
static const char *curve_of(const EVP_PKEY *key, char *name, size_t size)
{
    size_t length;
    if (!EVP_PKEY_get_group_name(key, name, size, &length))
        return "with a curve of its own";
    const char *nist = EC_curve_nid2nist(OBJ_sn2nid(name));
    return nist ? nist : name;
}

void key_describe(const EVP_PKEY *key, struct text *out)
{
    char curve[80];
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC)
        text_addf(out, "ECDSA %s", curve_of(key, curve, sizeof curve));
    else
        text_addf(out, "%s %d", EVP_PKEY_get0_type_name(key), EVP_PKEY_get_bits(key));
}
