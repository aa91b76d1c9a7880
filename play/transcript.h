/* transcript: a readable file of who said what, read: the steps in order, the sessions they belong
 * to, the rules and options that the sessions run under. docs/transcripts.md is the language;
 * player.h runs one in memory, proxy/ over sockets. */
#ifndef SMTPCHAOS_PLAY_TRANSCRIPT_H
#define SMTPCHAOS_PLAY_TRANSCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"
#include "base/text.h"
#include "session/journal.h"
#include "session/rule_set.h"
#include "session/session.h"
#include "smtp/event.h"

enum play_step_kind {
    PLAY_PASS,    /* `C=` `S=`: said by `side`, heard unchanged by the other */
    PLAY_SAY,     /* `C>` `S>`: said by `side` into the proxy */
    PLAY_HEAR,    /* `C<` `S<`: heard by `side` out of the proxy */
    PLAY_JOURNAL, /* `!`: the next entry of its kind */
    PLAY_CLOCK    /* `@`: time passes */
};

/* How a side ends, in place of bytes. */
enum play_end {
    PLAY_NO_END,
    PLAY_FIN, /* `\FIN`: it ends its direction in order; under TLS behind a close_notify */
    PLAY_CUT, /* `\CUT`: likewise, but under TLS without one */
    PLAY_RST  /* `\RST`: it tears the connection */
};

struct play_step {
    enum play_step_kind kind;
    enum side side;
    size_t line;       /* in the file, from 1 */
    struct text bytes; /* PASS, SAY, HEAR: unescaped, line ending included; JOURNAL: as written */
    bool rest;         /* HEAR, JOURNAL: `\*`: the rest of the line may be anything */
    enum play_end end; /* PASS, SAY, HEAR: then `bytes` is empty */
    duration wait;     /* CLOCK */
    enum journal_event journal; /* JOURNAL: the kind of entry */
};

/* What becomes of the proxy's connection to the server. */
enum play_server {
    PLAY_SERVER_ACCEPTS,
    PLAY_SERVER_REFUSES,
    PLAY_SERVER_SILENT /* it never answers: the connect timeout decides */
};

/* What becomes of the handshake with a side. */
enum play_handshake {
    PLAY_HANDSHAKE_SUCCEEDS,
    PLAY_HANDSHAKE_FAILS,
    PLAY_HANDSHAKE_HANGS,     /* it never ends: the timeout decides */
    PLAY_HANDSHAKE_UNVERIFIED /* it is done, but the certificate proves nothing */
};

/* One session: the steps of the transcript that belong to it. */
struct play_session {
    uint64_t number;
    size_t line;        /* of the `session` that begins it; 0 for a first one without */
    struct text client; /* "192.0.2.1:40000" */
    enum play_server server;
    enum play_handshake handshakes[2]; /* by enum side */
    bool smtps[2];                     /* by enum side: TLS comes before anything is said */
    size_t first_step;
    size_t step_count;
};

struct transcript {
    struct text file;               /* its name, for messages */
    struct rule_set *rules;         /* owned */
    struct session_options options; /* only_recipient points into `only_recipient` */
    struct text only_recipient;
    duration rules_for; /* `option for`: rules are off that long after the start; 0 is never */
    struct play_session *sessions; /* at least one */
    size_t session_count;
    struct play_step *steps;
    size_t step_count;
};

/* Reads a transcript of at most TRANSCRIPT_SIZE_MAX bytes. NULL when anything is wrong; `errors`
 * then has a line `file:line:column: …` for each thing, with its newline. */
struct transcript *transcript_parse(const char *file, struct span text, struct text *errors);
void transcript_free(struct transcript *transcript);
/* Whether it reads; appends the same lines to `errors`. */
bool transcript_check(const char *file, struct span text, struct text *errors);
/* Whether it reads but for this, that in one of its sessions nothing is said. */
bool transcript_is_silent(struct span text);

/* The other one. */
enum side side_opposite(enum side side);

#endif
