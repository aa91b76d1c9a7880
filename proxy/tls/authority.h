/* authority: a certificate that signs others, with its key: what `smtpchaos ca` makes, and what
 * intercepted sessions are signed with. Files are authority_files.h's. */
#ifndef SMTPCHAOS_PROXY_TLS_AUTHORITY_H
#define SMTPCHAOS_PROXY_TLS_AUTHORITY_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/text.h"
#include "proxy/tls/key.h"

/* A zeroed struct is none. */
struct authority {
    X509 *certificate; /* owned */
    EVP_PKEY *key;     /* owned */
};

/* Makes one that signs itself and holds from yesterday on. Without a `name` it is called "smtpchaos
 * authority" and a number that no other has, so that several can be told apart. */
void authority_make(struct authority *authority, enum key_type type, const char *name, int days);
/* Makes one that the issuer signs. */
void authority_make_below(struct authority *authority, const struct authority *issuer,
                          const char *name, int days);
void authority_deinit(struct authority *authority);

#define FINGERPRINT_TEXT_SIZE 96
/* Writes the SHA-256 of the whole certificate as openssl does: AB:CD:…, and a NUL. */
void certificate_fingerprint(const X509 *certificate, char text[FINGERPRINT_TEXT_SIZE]);
/* Adds the subject on one line, as in RFC 2253. */
void certificate_add_subject(const X509 *certificate, struct text *out);

#endif
