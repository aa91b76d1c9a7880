/* session: one client connection, the server connection that belongs to it, and what both were
 * told. A pure function of the rules, the seed, its number and the calls made on it: it owns no
 * socket, reads no clock and tosses no coin.
 *
 * Two pairs of doors carry bytes: reserve and commit take them in, peek and consume give them out.
 * After every call, ask session_wishes for both sides and session_deadline, and do as they say. */
#ifndef SMTPCHAOS_SESSION_SESSION_H
#define SMTPCHAOS_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "base/instant.h"
#include "base/recall.h"
#include "mutators/template.h"
#include "mutators/tls_plan.h"
#include "session/journal.h"
#include "session/rule_set.h"
#include "session/witness.h"
#include "smtp/event.h"

struct session;
/* What judging an event takes, shared by the sessions of one thread. */
struct desk;

enum ending {
#define ENDING(name, word, words) ENDING_##name,
#include "session/endings.def"
#undef ENDING
};

/* What becomes of TLS. */
enum tls_mode {
    TLS_PASS,      /* STARTTLS is forwarded, and what follows is opaque */
    TLS_INTERCEPT, /* TLS is made with both sides: the server's handshake comes first */
    TLS_TO_CLIENT, /* STARTTLS is offered and granted to the client, the server never hears of it */
    TLS_TO_SERVER  /* STARTTLS is said to a server that offers it, the client never hears of it */
};

/* What is the same for every session of a run. Borrowed for the sessions' life. */
struct session_options {
    uint64_t seed;
    size_t max_line;            /* bytes; 0 is the default */
    duration idle_timeout;      /* 0 is the default; NEVER is none */
    duration connect_timeout;   /* 0 is the default; NEVER is none */
    struct span only_recipient; /* glob: rules touch a message only if all its recipients match */
    bool dry_run;               /* rules are decided and written down, not done */
    const bool *rules_off;      /* the switch; NULL is "on". Read at each event */
    instant rules_until;        /* rules are off from then on; 0 is never */
    enum tls_mode tls;
    duration tls_timeout;    /* of one handshake; 0 is the default; NEVER is none */
    bool unverified_goes_on; /* a server's certificate that fails verification is only noted */
    bool forwards;           /* servers that offer XFORWARD are told the client by it */
    bool transparent;        /* the client knows of no proxy: when its server was never reached,
                                the connection is torn, and no 421 tells of us */
};

struct session_setup {
    const struct session_options *options;
    const struct rule_set *rules;
    struct recall *recall;   /* shared by all sessions of the run */
    struct pool *pool;       /* of this thread */
    struct desk *desk;       /* of this thread; NULL: the session has one of its own */
    struct journal *journal; /* NULL: nothing is written down */
    struct witness *witness; /* NULL: nobody is told of calls */
    struct facts facts;      /* spans are copied */
    bool client_tls;         /* implicit TLS: the handshake comes before any byte */
    bool server_tls;
};

/* What a side should do now. */
enum session_wish {
    WISH_READ = 1,    /* reserve, read, commit */
    WISH_WRITE = 2,   /* peek has something */
    WISH_CONNECT = 4, /* SERVER only: open the upstream connection, then session_connected */
    WISH_FINISH = 8,  /* end the writing direction (FIN), then session_finished */
    WISH_RESET = 16,  /* tear this side's connection (RST), then forget it */
    WISH_CLOSE = 32,  /* the session is over: close this side's connection, then free */
    WISH_SECURE = 64, /* begin, or go on with, TLS as session_tls_plan says; no plain bytes move on
                       * this side as long as it is wished */
    WISH_BARE = 128   /* send close_notify, leave TLS, go on in clear text, then session_bared */
};

struct desk *desk_new(void);
void desk_free(struct desk *desk);

/* The session begins: the client is there, the server is not yet asked for. */
struct session *session_new(const struct session_setup *setup, instant now);
/* Writes the journal's close entry if that has not been done, and frees everything. */
void session_free(struct session *session, instant now);

/* A place to read bytes into that travel in `direction`; *room is its size, at least 1. */
uint8_t *session_reserve(struct session *session, enum direction direction, size_t *room);
/* `got` bytes have arrived there; 0 gives the place back unused. */
void session_commit(struct session *session, enum direction direction, size_t got, instant now);
/* Both at once, for bytes that stand elsewhere already: takes as many as there is room for, at
 * least one unless there are none, and answers how many. */
size_t session_receive(struct session *session, enum direction direction, struct span bytes,
                       instant now);
/* What is committed next in `direction` begins a segment of its own: the owner has found all that
 * had come before. Rules may ask where TCP cut the bytes; without this nothing was cut. */
void session_cut(struct session *session, enum direction direction);
/* Bytes that should leave in `direction` now; valid until the next call on the session. */
struct span session_peek(const struct session *session, enum direction direction);
/* Up to `max` spans of them at once, for writev; returns how many. */
size_t session_peek_all(const struct session *session, enum direction direction, struct span *spans,
                        size_t max);
/* WISH_FINISH comes right behind them: both may leave in one segment. */
bool session_finish_follows(const struct session *session, enum direction direction);
/* `sent` bytes of them have left. True when that may have changed what the sides should do. */
bool session_consume(struct session *session, enum direction direction, size_t sent, instant now);

/* The upstream connection is there. */
void session_connected(struct session *session, instant now);
/* A server that is several: the one that is spoken with from now on. */
void session_meets(struct session *session, struct span server, instant now);
/* ... and one of them that could not be reached, to be written down. */
void session_misses(struct session *session, struct span server, enum ending ending, instant now);
/* How long a server may take to be connected to. */
duration session_connect_timeout(const struct session *session);
/* What happened to a side: CLIENT_CLOSED and SERVER_CLOSED are a FIN read from it (it may still be
 * written to), CLIENT_RESET and SERVER_RESET a torn connection, SERVER_REFUSED and CONNECT_TIMEOUT
 * an upstream that was never reached, TROUBLE and LIMIT anything else (both legs end). */
void session_ended(struct session *session, enum side side, enum ending ending, instant now);
/* A wished FINISH has been carried out. */
void session_finished(struct session *session, enum side side, instant now);
/* Both legs are to end now, in order, what is under way first: the proxy is told to end at once. */
void session_drain(struct session *session, instant now);

/* -- TLS -- A side is secure or not; how is not known here. While WISH_SECURE is wished the owner
 * carries the handshake, and calls exactly one of session_secured and session_tls_failed; an end of
 * the connection within a handshake may be told as session_ended, too. */

/* How the handshake of this side is to be made; valid until it is over. */
const struct tls_plan *session_tls_plan(const struct session *session, enum side side);
/* The plan's fault is a stall and its moment has come: WISH_SECURE is withdrawn until the stall is
 * over, and the plan has no fault any more. */
void session_tls_stalled(struct session *session, enum side side, instant now);
/* A rule holds the handshake back: nothing moves, but an end of the connection is still told. */
bool session_is_stalled(const struct session *session, enum side side);
/* The handshake is done. When facts->verified says why not, what follows is decided here. */
void session_secured(struct session *session, enum side side, const struct tls_facts *facts,
                     instant now);
/* The handshake has failed, or TLS has broken later on: `why` is a clause for the journal. The side
 * is then closed, or reset where the plan's fault says so; session_wishes tells. */
void session_tls_failed(struct session *session, enum side side, struct span why, instant now);
/* The end of this side that is told next (CLIENT_CLOSED, SERVER_CLOSED) came without close_notify:
 * it is carried so where the other side has TLS too. */
void session_was_cut(struct session *session, enum side side, instant now);
/* A wished BARE has been carried out. */
void session_bared(struct session *session, enum side side, instant now);
/* The side's end is to come without close_notify. */
bool session_close_is_rude(const struct session *session, enum side side);

/* A set of enum session_wish bits. */
unsigned session_wishes(const struct session *session, enum side side);
/* When session_tick has something to do; NEVER when nothing is due. */
instant session_deadline(const struct session *session);
/* Time has passed: waits end, timeouts fire. Calling it early or often changes nothing. */
void session_tick(struct session *session, instant now);

/* True once both sides have to be closed and the session freed. */
bool session_is_over(const struct session *session);
enum ending session_ending(const struct session *session);
const char *ending_name(enum ending ending);
const char *ending_words(enum ending ending);
/* These bytes, which are the next that the client says, may belong to an AUTH exchange; in doubt
 * they may. */
bool session_is_in_auth(const struct session *session, struct span next);
/* Bytes held for the session in both lanes and outboxes; for tests of its bounds. */
size_t session_held(const struct session *session);

#endif
