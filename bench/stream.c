/* stream: see stream.h. */
#include "bench/stream.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "bench/outside.h"

#define SUITE "TLS_AES_256_GCM_SHA384"
/* Records that one read of the socket may bring. */
#define READ_AHEAD_SIZE ((size_t)64 * 1024)

/* The client's last session; one thread. */
static SSL_SESSION *last;

enum security security_of(const char *name)
{
    if (strcmp(name, "implicit") == 0)
        return IMPLICIT;
    if (strcmp(name, "starttls") == 0)
        return BY_STARTTLS;
    refuse("--tls is implicit or starttls");
}

/* OpenSSL writes without saying that it wants no signal. */
static SSL_CTX *context_new(const SSL_METHOD *method)
{
    signal(SIGPIPE, SIG_IGN);
    SSL_CTX *context = SSL_CTX_new(method);
    if (!context || SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION) != 1 ||
        SSL_CTX_set_ciphersuites(context, SUITE) != 1)
        refuse("OpenSSL does not know " SUITE);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, READ_AHEAD_SIZE);
    return context;
}

/* Answers 1: the session is ours. */
static int on_session(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl;
    SSL_SESSION_free(last);
    last = session;
    return 1;
}

SSL_CTX *stream_client_context(bool resumes)
{
    SSL_CTX *context = context_new(TLS_client_method());
    if (resumes) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
        SSL_CTX_sess_set_new_cb(context, on_session);
    }
    return context;
}

SSL_CTX *stream_server_context(const char *certificate, const char *key, bool tickets)
{
    SSL_CTX *context = context_new(TLS_server_method());
    if (SSL_CTX_use_certificate_file(context, certificate, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1)
        refuse("the certificate or its key cannot be read");
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, tickets ? 1 : 0);
    return context;
}

void stream_secure(struct stream *stream, SSL_CTX *context, bool is_server)
{
    SSL *ssl = SSL_new(context);
    if (!ssl || SSL_set_fd(ssl, stream->fd) != 1)
        refuse("OpenSSL has no room");
    if (is_server)
        SSL_set_accept_state(ssl);
    else
        SSL_set_connect_state(ssl);
    if (!is_server && last)
        SSL_set_session(ssl, last);
    stream->ssl = ssl;
}

/* What OpenSSL says, as the system would: errno says why. */
static ssize_t result_of(struct stream *stream, int result, size_t done)
{
    if (result == 1)
        return (ssize_t)done;
    switch (SSL_get_error(stream->ssl, result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: errno = EAGAIN; return -1;
    case SSL_ERROR_ZERO_RETURN: return 0;
    default: errno = EPROTO; return -1;
    }
}

void stream_shake(struct stream *stream)
{
    ERR_clear_error();
    if (stream->ssl && result_of(stream, SSL_do_handshake(stream->ssl), 1) < 0 && errno != EAGAIN)
        fail("a handshake");
}

bool stream_is_ready(const struct stream *stream)
{
    return !stream->ssl || SSL_is_init_finished(stream->ssl);
}

ssize_t stream_read(struct stream *stream, void *to, size_t room)
{
    if (!stream->ssl)
        return read(stream->fd, to, room);
    ERR_clear_error();
    size_t got = 0;
    int result = SSL_read_ex(stream->ssl, to, room, &got);
    return result_of(stream, result, got);
}

ssize_t stream_send(struct stream *stream, const void *from, size_t len)
{
    if (!stream->ssl)
        return send(stream->fd, from, len, MSG_NOSIGNAL);
    ERR_clear_error();
    size_t sent = 0;
    int result = SSL_write_ex(stream->ssl, from, len, &sent);
    return result_of(stream, result, sent);
}

bool stream_has_more(const struct stream *stream)
{
    return stream->ssl && SSL_has_pending(stream->ssl);
}

void stream_close(struct stream *stream)
{
    if (stream->ssl) {
        ERR_clear_error();
        SSL_shutdown(stream->ssl);
        SSL_free(stream->ssl);
    }
    close(stream->fd);
    *stream = (struct stream){ .fd = -1 };
}
