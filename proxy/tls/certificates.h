/* certificates: what clients are shown: the certificate that was given, or one that is minted for
 * the name they ask for or after the upstream's, good or with something wrong about it, as rules
 * want it. All workers share one; a mutex guards it. Minting costs one or two signatures, since
 * every leaf of a run has the same key of its kind.
 *
 * Names: with an upstream's certificate its subject and alternative names, and the name that the
 * client asked for (SNI) where they do not cover it; without one the name asked for; without that
 * the upstream's host, this machine's name and localhost. The kind of key is the upstream's, RSA or
 * ECDSA; without one there are both, and the handshake picks. */
#ifndef SMTPCHAOS_PROXY_TLS_CERTIFICATES_H
#define SMTPCHAOS_PROXY_TLS_CERTIFICATES_H

#include <openssl/x509.h>
#include <stdbool.h>

#include "mutators/tls_plan.h"
#include "proxy/tls/leaf.h"

struct certificates;

/* Borrowed for the certificates' life; zeroed, the authority is where it usually lives. */
struct certificates_plan {
    const char *authority;   /* --ca: the folder; it has to hold an authority */
    const char *certificate; /* --certificate, for CERTIFICATE_GOOD; NULL: minted */
    const char *key;         /* --key; NULL: it is in the certificate's file */
};

/* Reads what the plan names. When the usual place has no authority, one in memory signs, for this
 * run only. On failure NULL, one line on stderr, and the exit status in *status. */
struct certificates *certificates_new(const struct certificates_plan *plan, int *status);
/* Says on stderr who signs. */
void certificates_announce(const struct certificates *certificates);
void certificates_free(struct certificates *certificates);
/* Reads the plan's files again, for handshakes that begin from then on. When something is wrong
 * with them, says so, keeps the old ones and answers false. */
bool certificates_read_again(struct certificates *certificates);

/* What a certificate goes by; whatever is not known is NULL. */
struct leaf_model {
    const char *sni;  /* of this only what looks like a host counts */
    X509 *upstream;   /* the certificate that was seen there */
    const char *host; /* the upstream's */
};

/* A leaf that is like this; give it back with leaf_release. From any thread. */
struct leaf *certificates_for(struct certificates *certificates, enum certificate_kind kind,
                              const struct leaf_model *model);

/* The authority that signs, for a test or a client of our own; borrowed. */
X509 *certificates_authority(struct certificates *certificates);

#endif
