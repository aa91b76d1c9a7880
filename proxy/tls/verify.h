/* verify: what the upstream's certificate has to be like: option --verify. OpenSSL does the work;
 * here is what it is asked, and its answer in words.
 *
 *     none            nobody looks
 *     system          signed by an authority that this machine trusts, and made out to the upstream
 *     ca:FILE         the same with the authorities in a file
 *     pin:sha256:HEX  this one certificate or key, as DANE has it (RFC 6698): HEX is the SHA-256
 *                     of the public key (a TLSA record 3 1 1) or of the whole certificate (3 0 1);
 *                     names, dates and authorities do not matter then (RFC 7671 section 5.1) */
#ifndef SMTPCHAOS_PROXY_TLS_VERIFY_H
#define SMTPCHAOS_PROXY_TLS_VERIFY_H

#include <openssl/ssl.h>
#include <stdbool.h>

#include "base/text.h"
#include "mutators/tls_plan.h"

struct verify;

/* Reads the option's text, and the file it names. On failure NULL, one line on stderr, and the exit
 * status in *status. Nobody changes it later, so that threads can share it. */
struct verify *verify_new(const char *wanted, int *status);
void verify_free(struct verify *verify);
/* False for `none`. */
bool verify_is_wanted(const struct verify *verify);

/* Once, of the context that clients' handshakes share. */
void verify_prepare_context(const struct verify *verify, SSL_CTX *context);
/* Before a client's handshake: what is wrong ends the handshake with the alert that says so when
 * `is_strict`, and else is only noted. `host` is the upstream's name or number; NULL, as for a Unix
 * socket: names are not compared. False when OpenSSL refuses. */
bool verify_prepare(const struct verify *verify, SSL *ssl, const char *host, bool is_strict);
/* Behind it, whether it went well or not: true when the certificate is fine, was not looked at, or
 * was not even seen since the handshake failed for another reason; else `why` is told. */
bool verify_result(const struct verify *verify, const SSL *ssl,
                   char why[sizeof((struct tls_facts *)0)->verified]);

#endif
