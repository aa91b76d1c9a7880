/* terms: see terms.h. */
#include "proxy/tls/terms.h"

#include <string.h>

#include "base/span.h"
#include "base/text.h"

static int number_of(enum tls_version version)
{
    switch (version) {
    case TLS_VERSION_ANY: return 0;
    case TLS_1_0: return TLS1_VERSION;
    case TLS_1_1: return TLS1_1_VERSION;
    case TLS_1_2: return TLS1_2_VERSION;
    case TLS_1_3: return TLS1_3_VERSION;
    }
    return 0;
}

/* TLS 1.0 and 1.1 sign with MD5 and SHA-1, which OpenSSL does at level 0 only. */
static void set_versions(SSL *ssl, int lowest, int highest)
{
    bool is_old = highest && highest < TLS1_2_VERSION;
    if (!lowest && is_old)
        lowest = TLS1_VERSION;
    if (lowest && lowest < TLS1_2_VERSION)
        SSL_set_security_level(ssl, 0);
    if (lowest)
        SSL_set_min_proto_version(ssl, lowest);
    if (highest)
        SSL_set_max_proto_version(ssl, highest);
}

/* OpenSSL keeps the suites of TLS 1.3, whose names begin with TLS_, in a list of their own. */
static void sort_ciphers(struct span left, struct text *suites, struct text *others)
{
    while (left.len) {
        struct cut cut = span_cut(left, ':');
        struct text *list = span_starts(cut.before, SPAN("TLS_")) ? suites : others;
        if (list->len)
            text_add_byte(list, ':');
        text_add(list, cut.before);
        left = cut.after;
    }
}

/* A list without a suite of TLS 1.3 means TLS 1.2, and one with nothing else means TLS 1.3. */
static bool set_ciphers(SSL *ssl, const struct tls_plan *plan)
{
    struct text suites = { 0 };
    struct text others = { 0 };
    sort_ciphers(span_of(plan->ciphers), &suites, &others);
    bool fine = !suites.len || SSL_set_ciphersuites(ssl, text_string(&suites)) == 1;
    fine = fine && (!others.len || SSL_set_cipher_list(ssl, text_string(&others)) == 1);
    if (!suites.len && plan->highest == TLS_VERSION_ANY && plan->lowest != TLS_1_3)
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
    if (!others.len && plan->lowest == TLS_VERSION_ANY && plan->highest == TLS_VERSION_ANY)
        SSL_set_min_proto_version(ssl, TLS1_3_VERSION);
    text_deinit(&suites);
    text_deinit(&others);
    return fine;
}

bool terms_set(SSL *ssl, const struct tls_plan *plan)
{
    set_versions(ssl, number_of(plan->lowest), number_of(plan->highest));
    /* Whoever resumes sees neither certificate nor anything else of what the plan wants. */
    if (!tls_plan_is_plain(plan)) {
        SSL_set_options(ssl, SSL_OP_NO_TICKET);
        SSL_set_num_tickets(ssl, 0);
    }
    return !plan->ciphers[0] || set_ciphers(ssl, plan);
}
