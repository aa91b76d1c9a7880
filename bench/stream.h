/* stream: one end of a connection, in clear or within TLS: what both load programs read from and
 * write to. TLS is made by the way, in the first calls. It is OpenSSL's, with nothing of ours. */
#ifndef SMTPCHAOS_BENCH_STREAM_H
#define SMTPCHAOS_BENCH_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <openssl/ssl.h>

/* When TLS begins. */
enum security { IN_CLEAR, IMPLICIT, BY_STARTTLS };

struct stream {
    int fd;
    SSL *ssl; /* NULL: in clear */
};

/* How security is named in options; anything else ends the program. */
enum security security_of(const char *name);

/* TLS 1.3 with one cipher, AES-256-GCM. As a client, which looks at no certificate; the last
 * session is kept and taken up again when it `resumes`. */
SSL_CTX *stream_client_context(bool resumes);
/* As a server; sessions can be taken up again where it has `tickets`. Files that cannot be read end
 * the program. */
SSL_CTX *stream_server_context(const char *certificate, const char *key, bool tickets);

/* Begins TLS on a stream that is in clear. */
void stream_secure(struct stream *stream, SSL_CTX *context, bool is_server);
/* Goes on with the handshake, if there is one. */
void stream_shake(struct stream *stream);
/* True when no handshake is under way. */
bool stream_is_ready(const struct stream *stream);
/* As read and send: EAGAIN may be met in a handshake too. */
ssize_t stream_read(struct stream *stream, void *to, size_t room);
ssize_t stream_send(struct stream *stream, const void *from, size_t len);
/* True when there may be bytes that epoll does not tell of. */
bool stream_has_more(const struct stream *stream);
/* TLS is ended in order, without waiting for the other side. */
void stream_close(struct stream *stream);

#endif
