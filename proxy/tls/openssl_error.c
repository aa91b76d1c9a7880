/* openssl_error: see openssl_error.h. */
#include "proxy/tls/openssl_error.h"

#include <openssl/err.h>

void openssl_error_add(struct text *out)
{
    /* What is on top is often only who called whom. */
    unsigned long error = ERR_peek_error();
    const char *reason = ERR_reason_error_string(error);
    text_add(out, span_of(reason ? reason : "no reason given"));
    ERR_clear_error();
}
