/* resumption: see resumption.h. */
#include "proxy/tls/resumption.h"

#include <pthread.h>

#include "base/check.h"

static int slot; /* of an SSL: where its sessions are kept */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_slot(void)
{
    slot = SSL_get_ex_new_index(0, NULL, NULL, NULL, NULL);
    check(slot >= 0);
}

void resumption_deinit(struct resumption *resumption)
{
    SSL_SESSION_free(resumption->last);
    resumption->last = NULL;
}

/* Answers 1 when the session is ours from now on. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    struct resumption *resumption = SSL_get_ex_data(ssl, slot);
    if (!resumption)
        return 0;
    resumption_deinit(resumption);
    resumption->last = session;
    return 1;
}

void resumption_allow(SSL_CTX *context)
{
    pthread_once(&once, make_slot);
    SSL_CTX_set_session_cache_mode(context,
                                   SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
    SSL_CTX_sess_set_new_cb(context, on_session);
}

void resumption_use(struct resumption *resumption, SSL *ssl)
{
    SSL_set_ex_data(ssl, slot, resumption);
    if (resumption->last && SSL_SESSION_is_resumable(resumption->last))
        SSL_set_session(ssl, resumption->last);
}
