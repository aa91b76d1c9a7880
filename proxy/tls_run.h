/* tls_run: all that TLS takes in one run of the proxy: certificates, contexts, the log of keys.
 * Made before anybody connects, so that what is wrong with it is said at once. */
#ifndef SMTPCHAOS_PROXY_TLS_RUN_H
#define SMTPCHAOS_PROXY_TLS_RUN_H

#include <stdbool.h>

#include "proxy/settings.h"
#include "proxy/tls/certificates.h"
#include "proxy/tls/context.h"
#include "proxy/tls/keylog.h"
#include "proxy/tls/verify.h"

struct tls_run {
    struct certificates_plan plan;
    struct certificates *certificates;
    struct keylog *keylog;
    struct verify *verify;
    struct tls_context *context; /* NULL: no TLS is made in this run */
};

/* Zeroed before. Answers 0, or an exit status after one line on stderr; tls_run_end is due in any
 * case. Borrows the settings. */
int tls_run_begin(struct tls_run *run, const struct settings *settings);
void tls_run_end(struct tls_run *run);
/* Reads certificates again, for handshakes that begin from then on. When something is wrong with
 * them, says so, and keeps the old ones. */
void tls_run_read_again(struct tls_run *run);

#endif
