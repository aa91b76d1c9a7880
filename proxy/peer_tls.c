/* peer_tls: see peer_tls.h. */
#include "proxy/peer_tls.h"

#include "base/check.h"
#include "proxy/tls/verify.h"

static const struct tls_plan plain;

static void open_context(struct peer_tls *tls)
{
    int status;
    tls->verify = verify_new("none", &status);
    check(tls->verify != NULL);
    tls->context = tls_context_new(
        &(struct tls_context_plan){ .certificates = tls->certificates, .verify = tls->verify });
}

int peer_tls_serve(struct peer_tls *tls, const struct certificates_plan *plan)
{
    int status = 0;
    tls->plan = *plan;
    tls->certificates = certificates_new(&tls->plan, &status);
    if (tls->certificates)
        open_context(tls);
    return status;
}

void peer_tls_connect(struct peer_tls *tls, const char *host)
{
    tls->host = host;
    open_context(tls);
}

void peer_tls_deinit(struct peer_tls *tls)
{
    tls_context_free(tls->context);
    resumption_deinit(&tls->resumption);
    verify_free(tls->verify);
    certificates_free(tls->certificates);
    *tls = (struct peer_tls){ 0 };
}

SSL *peer_tls_accept(struct peer_tls *tls)
{
    SSL *ssl = tls_context_accept(tls->context, &plain, &(struct tls_upstream){ 0 }, NULL);
    check(ssl != NULL);
    return ssl;
}

SSL *peer_tls_begin(struct peer_tls *tls)
{
    const struct tls_upstream server = { tls->host, &tls->resumption };
    SSL *ssl = tls_context_connect(tls->context, &plain, &server);
    check(ssl != NULL);
    return ssl;
}
