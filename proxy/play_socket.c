/* play_socket: see play_socket.h. The steps follow one another as they stand; where one has to
 * wait, the loop turns until it is served or its time is up. */
#include "proxy/play_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/listener.h"
#include "proxy/lookup.h"
#include "proxy/play_peer.h"

/* How long the other side of a session that went well may take to end it. */
#define HEAR_OUT_MAX SECONDS(2)

struct play_socket {
    struct poller poller;
    uv_timer_t timer;
    bool is_late;
    bool plays[2]; /* by enum side */
    struct address connect;
    struct address listen;
    struct socket_address to;
    struct listeners listeners;
    int arrived; /* a connection that came before its session; -1 when there is none */
    struct play_peer peers[2]; /* by enum side, of the session that is on */
    bool session_is_on;
    duration timeout;
    const struct transcript *transcript;
    struct text *report;
};

/* -- waiting -------------------------------------------------------------------------------- */

static void on_late(uv_timer_t *timer)
{
    struct play_socket *play = timer->data;
    play->is_late = true;
}

static void begin_waiting(struct play_socket *play, duration wait)
{
    play->is_late = false;
    uv_update_time(&play->poller.loop);
    uint64_t wait_ms = wait / MS(1) + (wait % MS(1) != 0);
    uv_timer_start(&play->timer, on_late, wait_ms, 0);
}

/* One turn of the loop; false when the time is up. */
static bool wait_turn(struct play_socket *play)
{
    if (!play->is_late)
        poller_round(&play->poller);
    return !play->is_late;
}

/* -- reports -------------------------------------------------------------------------------- */

static const char *side_words(enum side side)
{
    return side == CLIENT ? "client" : "server";
}

static void begin_report(struct play_socket *play, size_t line, const char *what)
{
    text_add(play->report, text_span(&play->transcript->file));
    text_addf(play->report, ":%zu: %s (over sockets)\n", line, what);
}

static void report_heard(struct play_socket *play, size_t line, enum side side,
                         const struct play_step *step)
{
    struct text what = { 0 };
    text_addf(&what, "the %s %s", side_words(side),
              step ? "did not hear this" : "heard more than this, at the end");
    begin_report(play, line, text_string(&what));
    heard_add_diff(&play->peers[side].heard, step, play->report);
    text_deinit(&what);
}

/* -- connections ---------------------------------------------------------------------------- */

static void on_arrival(const struct listener *listener, int fd, const struct socket_address *peer)
{
    struct play_socket *play = listener->owner;
    (void)peer;
    if (play->session_is_on && play->peers[SERVER].leg.state == LEG_IDLE) {
        play_peer_accept(&play->peers[SERVER], fd);
        return;
    }
    if (play->arrived >= 0)
        close(play->arrived);
    play->arrived = fd;
}

static void open_server(struct play_socket *play)
{
    if (!play->plays[SERVER] || play->arrived < 0)
        return;
    play_peer_accept(&play->peers[SERVER], play->arrived);
    play->arrived = -1;
}

/* A proxy may tear a connection as soon as it has accepted it. */
static bool was_open(const struct play_peer *peer)
{
    return play_peer_is_open(peer) || peer->heard.end == PLAY_RST;
}

static int open_client(struct play_socket *play, size_t line)
{
    struct play_peer *client = &play->peers[CLIENT];
    if (!play->plays[CLIENT])
        return 0;
    begin_waiting(play, play->timeout);
    play_peer_connect(client, &play->to);
    while (client->error == 0 && !was_open(client) && wait_turn(play)) {
    }
    if (was_open(client))
        return 0;
    struct text what = { 0 };
    text_addf(&what, "the client cannot connect: %s",
              client->error ? uv_strerror(client->error) : "nobody answers");
    begin_report(play, line, text_string(&what));
    text_deinit(&what);
    return EX_UNAVAILABLE;
}

static void close_peers(struct play_socket *play)
{
    for (enum side side = CLIENT; side <= SERVER; side++)
        play_peer_close(&play->peers[side]);
    for (enum side side = CLIENT; side <= SERVER; side++)
        play_peer_deinit(&play->peers[side]);
    play->session_is_on = false;
}

/* The server of a transcript is there once the proxy has connected to it. */
static bool is_there(struct play_socket *play, enum side side, const struct play_step *step)
{
    begin_waiting(play, play->timeout);
    while (play->peers[side].leg.state == LEG_IDLE && wait_turn(play)) {
    }
    if (play->peers[side].leg.state != LEG_IDLE)
        return true;
    begin_report(play, step->line, "nobody has connected to the server");
    return false;
}

/* -- steps ---------------------------------------------------------------------------------- */

static bool expect(struct play_socket *play, enum side side, const struct play_step *step)
{
    struct heard *heard = &play->peers[side].heard;
    if (!play->plays[side])
        return true;
    if (!is_there(play, side, step))
        return false;
    begin_waiting(play, play->timeout);
    enum heard_verdict verdict = heard_claim(heard, step);
    while (verdict == HEARD_NOT_YET && wait_turn(play))
        verdict = heard_claim(heard, step);
    if (verdict != HEARD_MATCH)
        report_heard(play, step->line, side, step);
    return verdict == HEARD_MATCH;
}

/* A RST destroys what is on its way, so it stands alone. */
static size_t end_of_run(const struct transcript *transcript, size_t first, size_t end)
{
    const struct play_step *steps = transcript->steps;
    size_t at = first + 1;
    while (at < end && (steps[at].kind == PLAY_PASS || steps[at].kind == PLAY_SAY) &&
           steps[at].side == steps[first].side && steps[at].end != PLAY_RST)
        at++;
    return at;
}

/* What one side says in a row arrives together: rules may ask how TCP cut it. */
static bool say(struct play_socket *play, const struct play_step *steps, size_t count)
{
    enum side side = steps[0].side;
    struct text bytes = { 0 };
    if (!play->plays[side])
        return true;
    if (!is_there(play, side, &steps[0]))
        return false;
    for (size_t i = 0; i < count; i++)
        text_add(&bytes, text_span(&steps[i].bytes));
    play_peer_say(&play->peers[side], text_span(&bytes));
    for (size_t i = 0; i < count; i++)
        if (steps[i].end != PLAY_NO_END)
            play_peer_end(&play->peers[side], steps[i].end);
    text_deinit(&bytes);
    return true;
}

static bool play_said(struct play_socket *play, size_t first, size_t end)
{
    const struct play_step *steps = play->transcript->steps;
    bool fine = say(play, &steps[first], end - first);
    for (size_t i = first; fine && i < end; i++)
        if (steps[i].kind == PLAY_PASS)
            fine = expect(play, side_opposite(steps[i].side), &steps[i]);
    return fine;
}

static void pass_time(struct play_socket *play, duration wait)
{
    begin_waiting(play, wait);
    while (wait_turn(play)) {
    }
}

static bool play_step(struct play_socket *play, size_t at, size_t end, size_t *next)
{
    const struct play_step *step = &play->transcript->steps[at];
    *next = at + 1;
    switch (step->kind) {
    case PLAY_PASS:
    case PLAY_SAY: *next = end_of_run(play->transcript, at, end); return play_said(play, at, *next);
    case PLAY_HEAR: return expect(play, step->side, step);
    case PLAY_CLOCK: pass_time(play, step->wait); return true;
    case PLAY_JOURNAL: return true;
    }
    return false;
}

/* -- sessions ------------------------------------------------------------------------------- */

static bool is_quiet(struct play_socket *play, size_t line)
{
    for (enum side side = CLIENT; side <= SERVER; side++) {
        if (!play->plays[side] || !heard_has_rest(&play->peers[side].heard))
            continue;
        report_heard(play, line, side, NULL);
        return false;
    }
    return true;
}

static bool play_steps(struct play_socket *play, const struct play_session *session)
{
    size_t end = session->first_step + session->step_count;
    size_t next = session->first_step;
    bool fine = true;
    while (fine && next < end)
        fine = play_step(play, next, end, &next);
    return fine && is_quiet(play, play->transcript->steps[end - 1].line);
}

/* What has been said last is to be heard. A connection that closes on words of the other side's
 * answers them with RST, which takes away what has not been read yet, so they are waited for. */
static void hear_out(struct play_socket *play, enum side side)
{
    struct play_peer *peer = &play->peers[side];
    bool is_alone = !play->plays[side_opposite(side)];
    if (!play->plays[side] || !is_alone || !play_peer_is_open(peer))
        return;
    play_peer_end(peer, PLAY_FIN);
    begin_waiting(play, play->timeout < HEAR_OUT_MAX ? play->timeout : HEAR_OUT_MAX);
    while (play_peer_is_open(peer) && peer->heard.end == PLAY_NO_END && wait_turn(play)) {
    }
}

static int play_session(struct play_socket *play, const struct play_session *session)
{
    size_t line = play->transcript->steps[session->first_step].line;
    if (play->plays[SERVER] && session->server != PLAY_SERVER_ACCEPTS) {
        begin_report(play, line, "a server that does not accept is played in memory only");
        return EX_NEGATIVE;
    }
    for (enum side side = CLIENT; side <= SERVER; side++)
        play_peer_init(&play->peers[side], &play->poller);
    play->session_is_on = true;
    open_server(play);
    int status = open_client(play, line);
    if (status == 0)
        status = play_steps(play, session) ? 0 : EX_NEGATIVE;
    for (enum side side = CLIENT; status == 0 && side <= SERVER; side++)
        hear_out(play, side);
    close_peers(play);
    return status;
}

int play_socket_run(struct play_socket *play, const struct transcript *transcript,
                    struct text *report)
{
    int status = 0;
    play->transcript = transcript;
    play->report = report;
    for (size_t i = 0; status == 0 && i < transcript->session_count; i++)
        status = play_session(play, &transcript->sessions[i]);
    return status;
}

/* -- opening and closing -------------------------------------------------------------------- */

struct play_socket *play_socket_new(const struct address *connect, const struct address *listen,
                                    duration timeout)
{
    struct play_socket *play = calloc(1, sizeof *play);
    check(play != NULL);
    play->plays[CLIENT] = connect != NULL;
    play->plays[SERVER] = listen != NULL;
    if (connect)
        play->connect = *connect;
    if (listen)
        play->listen = *listen;
    play->timeout = timeout;
    play->arrived = -1;
    poller_init(&play->poller);
    check(uv_timer_init(&play->poller.loop, &play->timer) == 0);
    play->timer.data = play;
    return play;
}

void play_socket_free(struct play_socket *play)
{
    if (play->arrived >= 0)
        close(play->arrived);
    listeners_stop(&play->listeners);
    uv_close((uv_handle_t *)&play->timer, NULL);
    poller_deinit(&play->poller);
    listeners_deinit(&play->listeners);
    free(play);
}

static void on_found(struct lookup *lookup, int error)
{
    struct play_socket *play = lookup->owner;
    if (error)
        complain("cannot find %s: %s", play->connect.host, uv_strerror(error));
    else if (!lookup_next(lookup, &play->to))
        complain("%s has no address", play->connect.host);
}

static int find_address(struct play_socket *play)
{
    struct resolver resolver;
    struct lookup lookup;
    if (!play->plays[CLIENT] || address_to_socket(&play->connect, &play->to))
        return 0;
    resolver_init(&resolver, &play->poller.loop);
    lookup_begin(&lookup, &resolver, &play->connect, on_found, play);
    while (lookup_is_busy(&lookup))
        poller_round(&play->poller);
    lookup_deinit(&lookup);
    resolver_end(&resolver);
    poller_round(&play->poller);
    return play->to.size > 0 ? 0 : EX_UNAVAILABLE;
}

static void print_addresses(const struct listeners *listeners)
{
    struct text name = { 0 };
    for (size_t i = 0; i < listeners->count; i++) {
        text_clear(&name);
        socket_address_format(&listeners->all[i].address, &name);
        printf("listening on %s\n", text_string(&name));
    }
    fflush(stdout);
    text_deinit(&name);
}

int play_socket_open(struct play_socket *play)
{
    int status = find_address(play);
    if (status != 0 || !play->plays[SERVER])
        return status;
    status = listeners_bind(&play->listeners, &play->listen);
    if (status != 0)
        return status;
    listeners_start(&play->listeners, &play->poller, on_arrival, play);
    if (play->listen.kind == ADDRESS_INET && play->listen.port == 0)
        print_addresses(&play->listeners);
    return 0;
}
