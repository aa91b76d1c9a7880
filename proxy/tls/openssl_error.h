/* openssl_error: OpenSSL's list of errors as one clause for people. */
#ifndef SMTPCHAOS_PROXY_TLS_OPENSSL_ERROR_H
#define SMTPCHAOS_PROXY_TLS_OPENSSL_ERROR_H

#include "base/text.h"

/* Adds why the last call of this thread failed, in the library's words, and empties the list. */
void openssl_error_add(struct text *out);

#endif
