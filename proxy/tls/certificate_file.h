/* certificate_file: the certificate and key of --certificate and --key, as a leaf. */
#ifndef SMTPCHAOS_PROXY_TLS_CERTIFICATE_FILE_H
#define SMTPCHAOS_PROXY_TLS_CERTIFICATE_FILE_H

#include "proxy/tls/leaf.h"

/* Reads a certificate, those that follow it in the file as its chain, and its key: from `key`, or
 * from the same file when that is NULL. On failure NULL, one line on stderr, and the exit status in
 * *status: EX_NOINPUT for a file that is not there, EX_DATAERR for what is wrong within. */
struct leaf *certificate_file_read(const char *certificate, const char *key, int *status);

#endif
