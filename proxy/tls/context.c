/* context: see context.h. */
#include "proxy/tls/context.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "base/check.h"
#include "proxy/tls/layer.h"
#include "proxy/tls/terms.h"

struct tls_context {
    struct tls_context_plan plan;
    SSL_CTX *server;
    SSL_CTX *client;
    int slot; /* of a server's SSL: its struct showing */
};

/* What one handshake shows to the client; it lives as long as its SSL. */
struct showing {
    struct certificates *certificates;
    enum certificate_kind kind;
    X509 *upstream;   /* NULL: there is none to be like */
    const char *host; /* the upstream's, or NULL; borrowed */
};

/* -- what the client is shown ----------------------------------------------------------------- */

static void on_free_showing(void *parent, void *pointer, CRYPTO_EX_DATA *data, int index,
                            long argument, void *more)
{
    struct showing *showing = pointer;
    (void)parent, (void)data, (void)index, (void)argument, (void)more;
    if (!showing)
        return;
    X509_free(showing->upstream);
    free(showing);
}

/* The hello has come, and with it the name that is asked for. */
static int on_certificate(SSL *ssl, void *argument)
{
    const struct showing *showing = argument;
    const char *asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    const struct leaf_model model = { asked, showing->upstream, showing->host };
    struct leaf *leaf = certificates_for(showing->certificates, showing->kind, &model);
    bool fine = leaf_use(leaf, ssl);
    leaf_release(leaf);
    return fine;
}

static void show(struct tls_context *context, SSL *ssl, const struct showing *wanted)
{
    struct showing *showing = malloc(sizeof *showing);
    check(showing != NULL);
    *showing = *wanted;
    if (showing->upstream)
        X509_up_ref(showing->upstream);
    check(SSL_set_ex_data(ssl, context->slot, showing) == 1);
    SSL_set_cert_cb(ssl, on_certificate, showing);
}

/* -- contexts --------------------------------------------------------------------------------- */

static SSL_CTX *make(const SSL_METHOD *method, struct keylog *keylog)
{
    SSL_CTX *context = SSL_CTX_new(method);
    check(context != NULL);
    layer_prepare_context(context);
    SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
    if (keylog)
        keylog_watch(keylog, context);
    return context;
}

static bool is_name(const char *host)
{
    uint8_t number[sizeof(struct in6_addr)];
    return host[0] && inet_pton(AF_INET, host, number) != 1 &&
           inet_pton(AF_INET6, host, number) != 1;
}

struct tls_context *tls_context_new(const struct tls_context_plan *plan)
{
    struct tls_context *context = calloc(1, sizeof *context);
    check(context != NULL);
    context->plan = *plan;
    context->slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, on_free_showing);
    check(context->slot >= 0);
    context->server = make(TLS_server_method(), plan->keylog);
    context->client = make(TLS_client_method(), plan->keylog);
    /* Clients resume with tickets; nothing is kept for them here. */
    SSL_CTX_set_session_cache_mode(context->server, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context->server, 1);
    resumption_allow(context->client);
    verify_prepare_context(plan->verify, context->client);
    return context;
}

void tls_context_free(struct tls_context *context)
{
    if (!context)
        return;
    SSL_CTX_free(context->server);
    SSL_CTX_free(context->client);
    free(context);
}

/* -- handshakes ------------------------------------------------------------------------------- */

static SSL *begin(SSL_CTX *context, const struct tls_plan *plan)
{
    SSL *ssl = SSL_new(context);
    check(ssl != NULL);
    if (terms_set(ssl, plan))
        return ssl;
    ERR_clear_error();
    SSL_free(ssl);
    return NULL;
}

SSL *tls_context_accept(struct tls_context *context, const struct tls_plan *plan,
                        const struct tls_upstream *upstream, X509 *shown)
{
    SSL *ssl = begin(context->server, plan);
    if (!ssl)
        return NULL;
    SSL_set_accept_state(ssl);
    show(context, ssl,
         &(struct showing){ context->plan.certificates, plan->certificate, shown, upstream->host });
    return ssl;
}

SSL *tls_context_connect(struct tls_context *context, const struct tls_plan *plan,
                         const struct tls_upstream *upstream)
{
    SSL *ssl = begin(context->client, plan);
    if (!ssl)
        return NULL;
    SSL_set_connect_state(ssl);
    const struct tls_context_plan *own = &context->plan;
    if (upstream->host && is_name(upstream->host))
        SSL_set_tlsext_host_name(ssl, upstream->host);
    if (!verify_prepare(own->verify, ssl, upstream->host, own->verifies_strictly)) {
        SSL_free(ssl);
        return NULL;
    }
    if (upstream->resumption && tls_plan_is_plain(plan))
        resumption_use(upstream->resumption, ssl);
    return ssl;
}

bool tls_context_verified(const struct tls_context *context, const SSL *ssl,
                          char why[sizeof((struct tls_facts *)0)->verified])
{
    return verify_result(context->plan.verify, ssl, why);
}
