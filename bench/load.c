/* load: see load.h. One thread on epoll: what is ready is read, counted as replies, and answered
 * with the next step of the script. */
#include "bench/load.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "bench/outside.h"

#define EVENTS_MAX 256
#define READ_SIZE ((size_t)16 * 1024)
/* Sessions that may be on their way to their greeting together. */
#define OPENING_MAX 64
#define STALL_MS 10000

enum stage {
    WARMING,   /* some session has not done a round yet */
    MEASURING, /* rounds count */
    LEAVING    /* each session ends behind its round */
};

struct session {
    struct stream stream;
    unsigned step;     /* of the script; its count stands for the farewell */
    size_t sent;       /* bytes of the step */
    unsigned due;      /* replies that are awaited */
    size_t column;     /* in the reply's line, up to the one that tells its last line */
    bool is_last_line; /* of a reply */
    bool is_writing;   /* epoll says when there is room */
    bool is_warm;
    uint64_t began_ns; /* the round */
};

struct load {
    const struct load_options *options;
    const struct script *script;
    struct tally *tally;
    struct session *sessions;
    enum stage stage;
    SSL_CTX *context; /* NULL: no TLS */
    int epoll;
    unsigned opened; /* sessions that have begun */
    unsigned warm;   /* sessions that are in their rounds, or have done one */
    unsigned left;   /* sessions that have ended */
};

/* -- one session ------------------------------------------------------------------------------ */

static const struct step *current_step(const struct load *load, const struct session *session)
{
    const struct script *script = load->script;
    return session->step < script->count ? &script->steps[session->step] : &script->farewell;
}

static void watch(const struct load *load, struct session *session, int operation, bool writes)
{
    struct epoll_event event = { .events = EPOLLIN | (writes ? (unsigned)EPOLLOUT : 0),
                                 .data.ptr = session };
    if (epoll_ctl(load->epoll, operation, session->stream.fd, &event) != 0)
        fail("epoll_ctl");
    session->is_writing = writes;
}

static void say_on(struct load *load, struct session *session)
{
    const struct step *step = current_step(load, session);
    bool is_full = false;
    while (session->sent < step->len && !is_full) {
        ssize_t sent =
            stream_send(&session->stream, step->bytes + session->sent, step->len - session->sent);
        is_full = sent < 0 && errno == EAGAIN;
        if (sent < 0 && !is_full)
            fail("a session broke while it spoke");
        session->sent += sent > 0 ? (size_t)sent : 0;
        load->tally->bytes += sent > 0 ? (uint64_t)sent : 0;
    }
    /* In a handshake it is reading that leads on. */
    bool waits = is_full && stream_is_ready(&session->stream);
    if (waits != session->is_writing)
        watch(load, session, EPOLL_CTL_MOD, waits);
}

static void begin_step(struct load *load, struct session *session, unsigned step)
{
    session->step = step;
    session->sent = 0;
    session->due = current_step(load, session)->replies;
    if (step == load->script->loop_from)
        session->began_ns = clock_ns();
    say_on(load, session);
}

/* A connection over loopback is there at once, so that the hello finds room. */
static void secure(const struct load *load, struct session *session)
{
    stream_secure(&session->stream, load->context, false);
    stream_shake(&session->stream);
}

static void session_open(struct load *load, struct session *session)
{
    bool is_warm = session->is_warm;
    *session =
        (struct session){ .stream.fd = loopback_connect(load->options->port), .is_warm = is_warm };
    watch(load, session, EPOLL_CTL_ADD, false);
    if (load->options->security == IMPLICIT)
        secure(load, session);
    begin_step(load, session, 0);
}

static void session_close(struct load *load, struct session *session)
{
    stream_close(&session->stream);
    load->left++;
}

static void open_next(struct load *load)
{
    while (load->opened < load->options->sessions && load->opened - load->warm < OPENING_MAX)
        session_open(load, &load->sessions[load->opened++]);
}

static void note_warm(struct load *load, struct session *session)
{
    if (session->is_warm)
        return;
    session->is_warm = true;
    load->warm++;
    open_next(load);
}

/* -- rounds ----------------------------------------------------------------------------------- */

static void round_over(struct load *load, struct session *session)
{
    const struct script *script = load->script;
    if (load->stage == MEASURING)
        tally_round(load->tally, clock_ns() - session->began_ns);
    note_warm(load, session);
    if (load->stage == LEAVING && script->farewell.len > 0) {
        begin_step(load, session, script->count);
    } else if (load->stage == LEAVING) {
        session_close(load, session);
    } else if (script->reconnects) {
        stream_close(&session->stream);
        session_open(load, session);
    } else {
        begin_step(load, session, script->loop_from);
    }
}

/* All replies to a step have come. */
static void step_over(struct load *load, struct session *session)
{
    unsigned next = session->step + 1;
    if (session->sent < current_step(load, session)->len)
        refuse("a reply came before its command");
    if (session->step >= load->script->count) {
        session_close(load, session);
    } else if (next == load->script->count) {
        round_over(load, session);
    } else {
        /* Who only holds is warm when the rounds begin. */
        if (load->options->holds && next == load->script->loop_from)
            note_warm(load, session);
        if (load->script->steps[session->step].secures)
            secure(load, session);
        begin_step(load, session, next);
    }
}

/* A reply's last line has a space, or nothing, behind its code (RFC 5321 section 4.2.1). Only
 * replies that say yes are counted. */
static void count_replies(struct session *session, const char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        if (session->column == 0 && bytes[i] > '3')
            refuse("a reply that says no");
        if (session->column == 3)
            session->is_last_line = bytes[i] != '-';
        session->column++;
        if (bytes[i] != '\n')
            continue;
        session->column = 0;
        if (session->is_last_line && session->due-- == 0)
            refuse("more replies than commands");
    }
}

/* True when there may be more. */
static bool hear_once(struct load *load, struct session *session)
{
    char bytes[READ_SIZE];
    ssize_t got = stream_read(&session->stream, bytes, sizeof bytes);
    if (got < 0 && errno == EAGAIN)
        return false;
    if (got < 0)
        fail("a session broke while it listened");
    if (got == 0)
        refuse("a session was ended by the other side");
    bool more = stream_has_more(&session->stream);
    count_replies(session, bytes, (size_t)got);
    if (session->due == 0)
        step_over(load, session);
    return more && session->stream.fd >= 0;
}

static void hear(struct load *load, struct session *session)
{
    while (hear_once(load, session))
        continue;
}

static void serve(struct load *load, const struct epoll_event *event)
{
    struct session *session = event->data.ptr;
    if (event->events & ~(unsigned)EPOLLOUT)
        hear(load, session);
    if (session->stream.fd >= 0 && session->sent < current_step(load, session)->len)
        say_on(load, session);
}

/* -- the whole -------------------------------------------------------------------------------- */

/* Whoever holds sessions tells when all are there, and lets go when told. */
static void hold(const struct load *load)
{
    char nothing;
    printf("holding %u\n", load->warm);
    fflush(stdout);
    while (read(STDIN_FILENO, &nothing, 1) > 0)
        continue;
    exit(EXIT_SUCCESS);
}

static void change_stage(struct load *load)
{
    if (load->stage == WARMING && load->warm == load->options->sessions) {
        if (load->options->holds)
            hold(load);
        tally_begin(load->tally);
        load->stage = MEASURING;
    }
    if (load->stage == MEASURING && clock_ns() - load->tally->began_ns >= load->options->lasts_ns) {
        tally_end(load->tally);
        load->stage = LEAVING;
    }
}

static void turn(struct load *load)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(load->epoll, events, EVENTS_MAX, STALL_MS);
    if (count == 0)
        refuse("nothing has moved for ten seconds");
    if (count < 0 && errno != EINTR)
        fail("epoll_wait");
    for (int i = 0; i < count; i++)
        serve(load, &events[i]);
    change_stage(load);
}

void load_run(const struct load_options *options, const struct script *script, struct tally *tally)
{
    struct load load = {
        .options = options,
        .script = script,
        .tally = tally,
        .sessions = calloc(options->sessions, sizeof *load.sessions),
        .epoll = epoll_create1(EPOLL_CLOEXEC),
    };
    if (!load.sessions || load.epoll < 0)
        fail("no room for the sessions");
    if (options->security != IN_CLEAR)
        load.context = stream_client_context(options->resumes);
    open_next(&load);
    while (load.left < options->sessions)
        turn(&load);
    SSL_CTX_free(load.context);
    close(load.epoll);
    free(load.sessions);
}
