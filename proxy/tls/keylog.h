/* keylog: the secrets of TLS sessions in the NSS key log format, for Wireshark. Whoever has the
 * file can read a capture of what passed, so that nobody but its owner may read it. */
#ifndef SMTPCHAOS_PROXY_TLS_KEYLOG_H
#define SMTPCHAOS_PROXY_TLS_KEYLOG_H

#include <openssl/ssl.h>

struct keylog;

/* Opens the file for appending; a new one gets mode 0600. NULL after one line on stderr, when it
 * cannot be written or others may read it; *status is the exit status then. */
struct keylog *keylog_open(const char *file, int *status);
void keylog_close(struct keylog *keylog);
/* Lets the secrets of all sessions of a context be written. The keylog must outlive it. */
void keylog_watch(struct keylog *keylog, SSL_CTX *context);

#endif
