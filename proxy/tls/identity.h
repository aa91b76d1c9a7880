/* identity: whom a certificate is made out to: a subject and its alternative names, from a host
 * name or from another certificate. */
#ifndef SMTPCHAOS_PROXY_TLS_IDENTITY_H
#define SMTPCHAOS_PROXY_TLS_IDENTITY_H

#include <openssl/x509v3.h>
#include <stdbool.h>

/* A zeroed struct names nobody. */
struct identity {
    X509_NAME *subject;   /* owned; NULL while there is none */
    GENERAL_NAMES *names; /* owned; NULL while there is none */
};

void identity_deinit(struct identity *identity);

/* True for what may stand in a certificate as the name of a host: a name of RFC 1123 with `_` and
 * `*` allowed, or an IP address. */
bool identity_is_host(const char *name);
/* Adds a host as an alternative name unless it is covered already; the first one becomes the
 * subject too. What is no host name is passed over. */
void identity_add_host(struct identity *identity, const char *name);
/* A subject that is a title, for an authority. Longer ones than 64 bytes are cut (RFC 5280,
 * ub-common-name). */
void identity_set_title(struct identity *identity, const char *title);
/* Takes over the subject and the alternative names of a certificate, of those not more than
 * CERTIFICATE_NAMES_MAX. */
void identity_mirror(struct identity *identity, X509 *certificate);

#endif
