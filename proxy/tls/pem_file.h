/* pem_file: certificates and keys out of a file in PEM form (RFC 7468), and back into text. */
#ifndef SMTPCHAOS_PROXY_TLS_PEM_FILE_H
#define SMTPCHAOS_PROXY_TLS_PEM_FILE_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "base/text.h"

/* A zeroed struct is empty. */
struct pem_file {
    struct stack_st_X509 *certificates; /* owned, in the file's order; NULL before it was read */
    EVP_PKEY *key;                      /* owned: the first one; NULL: there is none */
};

/* Reads all that is there. Answers 0, or the exit status after one line on stderr: EX_NOINPUT for a
 * file that cannot be opened, EX_DATAERR for one that is damaged or whose key is encrypted: nobody
 * is asked for a password. */
int pem_file_read(const char *name, struct pem_file *pem);
void pem_file_deinit(struct pem_file *pem);

void pem_add_certificate(X509 *certificate, struct text *out);
void pem_add_key(EVP_PKEY *key, struct text *out);
/* Forgets a text that holds a key. */
void pem_wipe(struct text *text);

#endif
