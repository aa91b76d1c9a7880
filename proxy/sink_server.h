/* sink_server: the built-in receiver on sockets: accepts all mail, counts it, and keeps it in a
 * Maildir when told to. `smtpchaos sink` is this with a life of its own; the proxy runs it on one
 * of its own loops for `--upstream sink`.
 *
 *     int status;
 *     struct sink_server *sink = sink_server_new(&(struct sink_options){ 0 }, &status);
 *     if (!sink)
 *         return status;
 *     sink_server_start(sink, poller);
 *     … connect to sink_server_address(sink, 0), read sink_server_counters(sink) …
 *     sink_server_stop(sink);
 *     poller_run(poller);
 *     sink_server_free(sink);
 *
 * All of it belongs to the loop's thread. */
#ifndef SMTPCHAOS_PROXY_SINK_SERVER_H
#define SMTPCHAOS_PROXY_SINK_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "proxy/address.h"
#include "proxy/poller.h"

struct peer_tls;
struct sink_server;

struct sink_options {
    const struct address *listen; /* borrowed for sink_server_new only */
    size_t listen_count;          /* 0: a free port of 127.0.0.1 */
    const char *maildir;          /* NULL: mail is only counted */
    bool lmtp;
    bool starttls;         /* offered; listeners with `smtps:` are what they are in any case */
    struct peer_tls *tls;  /* borrowed; NULL: neither of both is there */
    uint64_t size_max;     /* bytes of one message; 0 is no bound */
    uint64_t sessions_max; /* at once, more hear 421; 0 is MAX_SESSIONS_DEFAULT */
};

struct sink_counters {
    uint64_t sessions;      /* so far */
    uint64_t sessions_open; /* now */
    uint64_t turned_away;   /* past sessions_max */
    uint64_t messages;      /* accepted */
    uint64_t recipients;    /* of accepted messages */
    uint64_t bytes;         /* of accepted messages */
    uint64_t refused;       /* messages refused at their end: too large, or not to be stored */
};

/* Opens the Maildir and binds the addresses. On failure NULL, one line on stderr, and the exit
 * status in *status. */
struct sink_server *sink_server_new(const struct sink_options *options, int *status);
/* Begins to accept. The loop must outlive the server. */
void sink_server_start(struct sink_server *server, struct poller *poller);
/* Where it listens: the nth socket, NULL behind the last. Known from sink_server_new on. */
const struct socket_address *sink_server_address(const struct sink_server *server, size_t n);
/* Whether its clients begin with TLS. */
bool sink_server_is_tls(const struct sink_server *server, size_t n);
struct sink_counters sink_server_counters(const struct sink_server *server);
/* Stops listening and ends all sessions; clients hear 421, messages under way are forgotten. The
 * loop has nothing of the server's left once it has run. */
void sink_server_stop(struct sink_server *server);
/* After that, or when it was never started. */
void sink_server_free(struct sink_server *server);

#endif
