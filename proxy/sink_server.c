/* sink_server: see sink_server.h. */
#include "proxy/sink_server.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "peers/receiver.h"
#include "proxy/clock.h"
#include "proxy/listener.h"
#include "proxy/maildir.h"
#include "proxy/peer_link.h"
#include "proxy/peer_tls.h"

struct sink_session;

struct sink_server {
    struct sink_options options;
    struct receiver_options receiver;
    char host[HOST_NAME_MAX + 1];
    struct listeners listeners;
    struct maildir maildir;
    struct peer_place place;
    struct sink_session *first;    /* all sessions, in no order */
    struct sink_counters counters; /* of sessions that have ended, as far as they count mail */
};

struct sink_session {
    struct peer_link link;
    struct sink_server *server;
    struct sink_session *next;
    struct sink_session *previous;
    struct receiver receiver;
    struct maildir_message message;
    bool has_ended; /* the client has ended its direction */
};

/* -- one session ------------------------------------------------------------------------------ */

static struct sink_session *session_of(struct peer_link *link)
{
    return (struct sink_session *)link;
}

static void on_feed(struct peer_link *link, struct span bytes, instant now)
{
    receiver_feed(&session_of(link)->receiver, bytes, now);
}

/* A client that only listens any more still hears what it was owed. */
static void on_ended(struct peer_link *link, int error, instant now)
{
    (void)error;
    (void)now;
    session_of(link)->has_ended = true;
}

static void on_turn(struct peer_link *link, instant now)
{
    (void)link;
    (void)now;
}

static struct chain *out_of(struct peer_link *link, instant now)
{
    (void)now;
    return receiver_out(&session_of(link)->receiver);
}

static void on_sent(struct peer_link *link, size_t bytes, instant now)
{
    chain_drop(out_of(link, now), bytes);
}

static bool wants_bytes(struct peer_link *link)
{
    return receiver_wants_bytes(&session_of(link)->receiver);
}

static bool wants_tls(struct peer_link *link)
{
    return link->is_tls_first || receiver_wants_tls(&session_of(link)->receiver);
}

static SSL *begin_tls(struct peer_link *link)
{
    return peer_tls_accept(session_of(link)->server->options.tls);
}

static void on_secured(struct peer_link *link, instant now)
{
    link->is_tls_first = false;
    receiver_secured(&session_of(link)->receiver, now);
}

static bool is_over(struct peer_link *link)
{
    struct sink_session *session = session_of(link);
    return session->has_ended || receiver_is_over(&session->receiver);
}

static instant deadline_of(struct peer_link *link)
{
    return receiver_deadline(&session_of(link)->receiver);
}

static void on_tick(struct peer_link *link, instant now)
{
    receiver_tick(&session_of(link)->receiver, now);
}

static void add_counters(struct sink_counters *sum, const struct receiver_counters *more)
{
    sum->messages += more->messages;
    sum->recipients += more->recipients;
    sum->bytes += more->bytes;
    sum->refused += more->refused;
}

static void on_gone(struct peer_link *link)
{
    struct sink_session *session = session_of(link);
    struct sink_server *server = session->server;
    if (session->previous)
        session->previous->next = session->next;
    else
        server->first = session->next;
    if (session->next)
        session->next->previous = session->previous;
    add_counters(&server->counters, &session->receiver.counters);
    server->counters.sessions_open--;
    receiver_deinit(&session->receiver);
    maildir_message_deinit(&session->message);
    free(session);
}

static const struct peer_link_calls calls = {
    .feed = on_feed,
    .ended = on_ended,
    .turn = on_turn,
    .out = out_of,
    .sent = on_sent,
    .wants_bytes = wants_bytes,
    .is_over = is_over,
    .deadline = deadline_of,
    .tick = on_tick,
    .wants_tls = wants_tls,
    .begin_tls = begin_tls,
    .secured = on_secured,
    .gone = on_gone,
};

static struct sink_session *session_new(struct sink_server *server, instant now)
{
    struct sink_session *session = calloc(1, sizeof *session);
    check(session != NULL);
    session->server = server;
    session->next = server->first;
    if (server->first)
        server->first->previous = session;
    server->first = session;
    server->counters.sessions++;
    server->counters.sessions_open++;
    maildir_message_init(&session->message, &server->maildir);
    receiver_init(&session->receiver, &server->receiver,
                  server->options.maildir ? &session->message.store : NULL, &server->place.pool,
                  now);
    peer_link_init(&session->link, &calls, &server->place);
    return session;
}

/* -- the server ------------------------------------------------------------------------------- */

/* RFC 5321 section 3.8; what the kernel cannot take at once is not waited for. */
static void turn_away(struct sink_server *server, int fd)
{
    static const char words[] = "421 4.3.2 Too many sessions\r\n";
    server->counters.turned_away++;
    ssize_t written = write(fd, words, sizeof words - 1);
    (void)written;
    close(fd);
}

static void on_accept(const struct listener *listener, int fd, const struct socket_address *peer)
{
    struct sink_server *server = listener->owner;
    instant now = clock_now();
    (void)peer;
    if (server->counters.sessions_open >= server->options.sessions_max) {
        turn_away(server, fd);
        return;
    }
    struct sink_session *session = session_new(server, now);
    session->link.is_tls_first = listener->is_tls;
    if (peer_link_open(&session->link, fd, now) != 0) {
        close(fd);
        peer_link_close(&session->link);
    }
}

static int bind_all(struct sink_server *server, const struct sink_options *options)
{
    struct address anywhere = { .kind = ADDRESS_INET, .host = "127.0.0.1" };
    if (options->listen_count == 0)
        return listeners_bind(&server->listeners, &anywhere);
    int status = 0;
    for (size_t i = 0; i < options->listen_count && status == 0; i++)
        status = listeners_bind(&server->listeners, &options->listen[i]);
    return status;
}

static void set_options(struct sink_server *server, const struct sink_options *options)
{
    server->options = *options;
    server->options.listen = NULL;
    if (options->sessions_max == 0)
        server->options.sessions_max = MAX_SESSIONS_DEFAULT;
    if (gethostname(server->host, sizeof server->host - 1) != 0)
        memcpy(server->host, "localhost", sizeof "localhost");
    server->receiver = (struct receiver_options){ .host = span_of(server->host),
                                                  .lmtp = options->lmtp,
                                                  .starttls = options->starttls,
                                                  .size_max = options->size_max };
}

struct sink_server *sink_server_new(const struct sink_options *options, int *status)
{
    struct sink_server *server = calloc(1, sizeof *server);
    check(server != NULL);
    server->maildir.tmp = server->maildir.fresh = -1;
    set_options(server, options);
    *status = bind_all(server, options);
    if (*status == 0 && options->maildir)
        *status = maildir_open(&server->maildir, options->maildir, server->host);
    if (*status == 0)
        return server;
    sink_server_free(server);
    return NULL;
}

void sink_server_start(struct sink_server *server, struct poller *poller)
{
    server->place.poller = poller;
    listeners_start(&server->listeners, poller, on_accept, server);
}

bool sink_server_is_tls(const struct sink_server *server, size_t n)
{
    return server->listeners.all[n].is_tls;
}

const struct socket_address *sink_server_address(const struct sink_server *server, size_t n)
{
    return n < server->listeners.count ? &server->listeners.all[n].address : NULL;
}

struct sink_counters sink_server_counters(const struct sink_server *server)
{
    struct sink_counters counters = server->counters;
    for (struct sink_session *session = server->first; session; session = session->next)
        add_counters(&counters, &session->receiver.counters);
    return counters;
}

void sink_server_stop(struct sink_server *server)
{
    instant now = clock_now();
    listeners_stop(&server->listeners);
    for (struct sink_session *session = server->first; session; session = session->next) {
        receiver_shut_down(&session->receiver);
        peer_link_pump(&session->link, now);
        peer_link_close(&session->link);
    }
}

void sink_server_free(struct sink_server *server)
{
    check(server->first == NULL);
    listeners_deinit(&server->listeners);
    maildir_deinit(&server->maildir);
    peer_place_deinit(&server->place);
    free(server);
}
