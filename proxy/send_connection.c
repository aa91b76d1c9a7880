/* send_connection: see send_connection.h. */
#include "proxy/send_connection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/check.h"
#include "proxy/clock.h"
#include "proxy/tls/layer.h"

struct send_connection {
    struct peer_link link;
    struct sender_listener listener;
    struct send_run *run;
    struct send_connection *next;
    struct send_connection *previous;
    struct sender_options options;
    struct sender sender;
    uint64_t number;      /* of the connection, from 1 */
    size_t place;         /* the address that is being tried */
    instant give_up;      /* while it is not connected */
    struct send_job *job; /* NULL between messages */
    instant job_began;
    struct sender_message message;
    struct mail_source source;
    uint64_t done; /* messages so far */
    bool is_connected;
    bool is_idle;
};

static struct send_connection *connection_of(struct peer_link *link)
{
    return (struct send_connection *)link;
}

/* -- the dialogue, for people ----------------------------------------------------------------- */

static void print_line(const struct send_connection *connection, char who, struct span line)
{
    struct text shown = { 0 };
    if (connection->run->plan->connections > 1)
        text_addf(&shown, "%" PRIu64 " ", connection->number);
    text_addf(&shown, "%c: ", who);
    text_add_escaped(&shown, line);
    fprintf(stderr, "%s\n", text_string(&shown));
    text_deinit(&shown);
}

static void on_line(struct sender_listener *listener, enum side said_by, struct span line)
{
    struct send_connection *connection =
        (struct send_connection *)((char *)listener - offsetof(struct send_connection, listener));
    if (said_by == CLIENT && connection->sender.phase == SENDER_BODY) {
        struct text mail = { 0 };
        text_addf(&mail, "(%" PRIu64 " bytes of mail)", connection->sender.stuff.bytes);
        print_line(connection, 'C', text_span(&mail));
        text_deinit(&mail);
    }
    print_line(connection, said_by == CLIENT ? 'C' : 'S', line);
}

/* -- messages --------------------------------------------------------------------------------- */

static void begin_job(struct send_connection *connection, struct send_job *job, instant now)
{
    connection->job = job;
    connection->job_began = now;
    connection->message = (struct sender_message){ .from = connection->run->plan->from,
                                                   .recipients = job->recipients,
                                                   .recipient_count = job->recipient_count };
    mail_source_begin(&connection->source, connection->run->plan->maker, job->number, now,
                      &connection->message);
    sender_send(&connection->sender, &connection->message, now);
}

static void finish_job(struct send_connection *connection, const struct sender_outcome *outcome,
                       instant now)
{
    struct send_job *job = connection->job;
    const char *where = connection->is_connected ? sender_phase_name(outcome->phase) : "connection";
    connection->job = NULL;
    connection->done++;
    send_run_finish(connection->run, job, outcome, where, &connection->sender,
                    now - connection->job_began, connection->message.size);
}

static void set_idle(struct send_connection *connection, bool is_idle)
{
    if (connection->is_idle != is_idle)
        connection->run->idle += is_idle ? 1 : UINT64_MAX;
    connection->is_idle = is_idle;
}

/* Between two messages: the next one, or a wait for it, or the end. */
static void go_on(struct send_connection *connection, instant now)
{
    struct send_run *run = connection->run;
    bool may_go_on = connection->done < run->plan->keep;
    struct send_job *job = may_go_on ? send_run_take(run, now) : NULL;
    set_idle(connection, !job && may_go_on && send_run_has_fresh(run));
    if (job)
        begin_job(connection, job, now);
    else if (!connection->is_idle)
        sender_quit(&connection->sender, now);
}

static void on_turn(struct peer_link *link, instant now)
{
    struct send_connection *connection = connection_of(link);
    struct sender_outcome outcome;
    if (sender_take_outcome(&connection->sender, &outcome))
        finish_job(connection, &outcome, now);
    if (sender_is_over(&connection->sender))
        peer_link_close(link);
    else if (sender_is_ready(&connection->sender))
        go_on(connection, now);
    send_run_arm(connection->run, now);
}

/* -- the link --------------------------------------------------------------------------------- */

/* Tries the addresses that are left until one can be waited for. */
static int try_next(struct send_connection *connection)
{
    const struct send_plan *plan = connection->run->plan;
    int error = UV_EADDRNOTAVAIL;
    while (error && connection->place < plan->place_count)
        error = peer_link_connect(&connection->link, &plan->places[connection->place++]);
    return error;
}

static void give_up(struct send_connection *connection, int error)
{
    struct text why = { 0 };
    text_addf(&why, "cannot connect: %s", uv_strerror(error));
    send_run_cannot_connect(connection->run, error);
    sender_closed(&connection->sender, text_string(&why));
    on_turn(&connection->link, clock_now());
    text_deinit(&why);
}

static void on_connected(struct peer_link *link, int error, instant now)
{
    struct send_connection *connection = connection_of(link);
    (void)now;
    if (error && connection->place < connection->run->plan->place_count)
        error = try_next(connection);
    else if (!error)
        connection->is_connected = connection->run->has_connected = true;
    if (error)
        give_up(connection, error);
}

static void on_feed(struct peer_link *link, struct span bytes, instant now)
{
    sender_feed(&connection_of(link)->sender, bytes, now);
}

/* A handshake that failed, or records that are none, say more than an error's number. */
static void lose_tls(struct peer_link *link)
{
    struct text why = { 0 };
    struct span trouble = layer_trouble(link->leg.layer);
    text_addf(&why, "TLS: %.*s", (int)trouble.len, (const char *)trouble.ptr);
    sender_closed(&connection_of(link)->sender, text_string(&why));
    text_deinit(&why);
}

static void on_ended(struct peer_link *link, int error, instant now)
{
    (void)now;
    if (error == UV_EPROTO && link->leg.layer) {
        lose_tls(link);
        return;
    }
    sender_closed(&connection_of(link)->sender,
                  error ? uv_strerror(error) : "the server closed the connection");
}

static struct chain *out_of(struct peer_link *link, instant now)
{
    return sender_out(&connection_of(link)->sender, now);
}

static void on_sent(struct peer_link *link, size_t bytes, instant now)
{
    sender_consume(&connection_of(link)->sender, bytes, now);
}

static bool wants_bytes(struct peer_link *link)
{
    (void)link;
    return true;
}

static bool wants_tls(struct peer_link *link)
{
    return link->is_tls_first || sender_wants_tls(&connection_of(link)->sender);
}

static SSL *begin_tls(struct peer_link *link)
{
    return peer_tls_begin(connection_of(link)->run->plan->tls);
}

static void on_secured(struct peer_link *link, instant now)
{
    link->is_tls_first = false;
    sender_secured(&connection_of(link)->sender, now);
}

static bool is_over(struct peer_link *link)
{
    return sender_is_over(&connection_of(link)->sender);
}

static instant deadline_of(struct peer_link *link)
{
    struct send_connection *connection = connection_of(link);
    instant deadline = sender_deadline(&connection->sender);
    return connection->is_connected ? deadline : instant_min(deadline, connection->give_up);
}

static void on_tick(struct peer_link *link, instant now)
{
    struct send_connection *connection = connection_of(link);
    if (!connection->is_connected && now >= connection->give_up)
        give_up(connection, UV_ETIMEDOUT);
    else
        sender_tick(&connection->sender, now);
}

static void on_gone(struct peer_link *link)
{
    struct send_connection *connection = connection_of(link);
    struct send_run *run = connection->run;
    if (connection->previous)
        connection->previous->next = connection->next;
    else
        run->first = connection->next;
    if (connection->next)
        connection->next->previous = connection->previous;
    set_idle(connection, false);
    run->open--;
    sender_deinit(&connection->sender);
    mail_source_deinit(&connection->source);
    free(connection);
    send_run_arm(run, clock_now());
}

static const struct peer_link_calls calls = {
    .connected = on_connected,
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

/* -- for the run ------------------------------------------------------------------------------ */

static struct send_connection *connection_new(struct send_run *run, instant now)
{
    struct send_connection *connection = calloc(1, sizeof *connection);
    check(connection != NULL);
    connection->run = run;
    connection->number = ++run->opened;
    connection->next = run->first;
    if (run->first)
        run->first->previous = connection;
    run->first = connection;
    run->open++;
    connection->options = run->plan->sender;
    connection->listener.line = on_line;
    if (run->plan->verbose)
        connection->options.listener = &connection->listener;
    connection->give_up = instant_after(now, run->plan->connect_timeout);
    sender_init(&connection->sender, &connection->options, &run->place.pool, now);
    peer_link_init(&connection->link, &calls, &run->place);
    connection->link.is_tls_first = run->plan->is_tls_first;
    return connection;
}

void send_connection_open(struct send_run *run, struct send_job *job, instant now)
{
    struct send_connection *connection = connection_new(run, now);
    begin_job(connection, job, now);
    int error = try_next(connection);
    if (error)
        give_up(connection, error);
    else
        peer_link_pump(&connection->link, now);
}

void send_connection_wake(struct send_connection *connection, instant now)
{
    peer_link_pump(&connection->link, now);
}

bool send_connection_is_idle(const struct send_connection *connection)
{
    return connection->is_idle;
}

void send_connection_abort(struct send_connection *connection)
{
    sender_closed(&connection->sender, "interrupted");
    on_turn(&connection->link, clock_now());
}

struct send_connection *send_connection_next(const struct send_connection *connection)
{
    return connection->next;
}
