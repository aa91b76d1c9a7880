/* event: what SMTP bytes mean. A decoder makes events out of bytes, rules act on them; the raw
 * bytes of all events joined are the input again, whatever it was. */
#ifndef SMTPCHAOS_SMTP_EVENT_H
#define SMTPCHAOS_SMTP_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"

enum side { CLIENT, SERVER };
enum direction { TO_SERVER, TO_CLIENT };

/* Kinds are bits, so that a rule or a mutator can want several. */
enum smtp_event_kind {
    SMTP_CONNECT = 1,   /* a session begins; raw is empty */
    SMTP_GREETING = 2,  /* the server's first reply */
    SMTP_COMMAND = 4,   /* one command line */
    SMTP_REPLY = 8,     /* one whole reply, all its lines */
    SMTP_BODY = 16,     /* one line of mail, or a stretch of it when nobody wants lines */
    SMTP_BODY_END = 32, /* the end of mail: the lone dot, or the end of the last BDAT chunk */
    SMTP_TLS = 64,      /* TLS begins */
    SMTP_CLOSE = 128,   /* the sending side has ended its direction; raw is empty */
    SMTP_IDLE = 256,    /* neither side has said anything for a while; raw is empty */
    SMTP_OTHER = 512    /* anything else: AUTH exchange, lines that are no replies, opaque bytes */
};

enum verb {
#define VERB(name, word, flags) VERB_##name,
#include "smtp/verbs.def"
#undef VERB
    VERB_UNKNOWN, /* a command that is none of these; VERB_UNKNOWN also counts the known ones */
    VERB_NONE     /* no command at all: an unsolicited reply */
};

struct smtp_command {
    enum verb verb;
    struct span word;       /* the verb as it was written */
    struct span argument;   /* all behind the verb, trimmed, without the line ending */
    struct span address;    /* MAIL, RCPT: the path without angle brackets; may be empty */
    struct span parameters; /* MAIL, RCPT: all behind the path, trimmed */
};

struct smtp_reply {
    unsigned code;         /* 100..999; 0 when the line has no code */
    unsigned lines;        /* how many lines the reply has */
    enum verb after;       /* the command it answers; VERB_NONE when there is none */
    bool after_message;    /* it answers the end of a message (final dot, BDAT LAST) */
    struct span recipient; /* the address of the RCPT, or of LMTP's recipient, that it is about */
    struct span text;      /* the first line behind the code, without its line ending */
};

struct smtp_body {
    uint64_t offset;  /* bytes of this message before this event */
    bool header;      /* lines only: it stands in the header block, its empty line included */
    bool starts_line; /* lines only: it begins a line */
    bool ends_line;   /* lines only: it ends with a line ending */
    bool chunked;     /* it came by BDAT */
    bool ends_chunk;  /* it is the last of a BDAT chunk */
    size_t dot;       /* BODY_END: bytes at the end of raw that are the dot and its line ending */
};

struct smtp_event {
    enum smtp_event_kind kind;
    enum direction going;
    struct span raw; /* the exact bytes, line ending included; valid until the chain changes */
    uint64_t number; /* nth event in its direction, from 1; 0 for a stretch of body */
    bool overlong;   /* longer than --max-line: rules do not see it, raw is only its last part */
    bool secret;     /* carries credentials: never written down */
    struct smtp_command command; /* COMMAND */
    struct smtp_reply reply;     /* GREETING, REPLY */
    struct smtp_body body;       /* BODY, BODY_END */
    duration silence;            /* IDLE: for how long */
};

/* "RCPT", "UNKNOWN", "" for VERB_NONE. */
const char *verb_name(enum verb verb);
/* The verb that a word spells, letters folded; VERB_UNKNOWN when none does. */
enum verb verb_parse(struct span word);
/* The same of a word of four letters, as most are: all of them are compared at once. */
enum verb verb_of_four(const uint8_t letters[4]);
/* True when the client has to wait for the reply before it may go on (RFC 2920 section 3.1), and
 * the reply decides what its next bytes mean: DATA, AUTH, STARTTLS. */
bool verb_is_fork(enum verb verb);
/* HELO, EHLO, LHLO. */
bool verb_is_hello(enum verb verb);
/* True when its place among its neighbours changes nothing of what the bytes behind it mean. */
bool verb_may_swap(enum verb verb);

/* "command", "body-end"; the names that rules and the journal use. */
const char *event_kind_name(enum smtp_event_kind kind);
/* "to server", "to client". */
const char *direction_name(enum direction direction);
enum direction direction_opposite(enum direction direction);
/* The side that a direction leads to, and the side it comes from. */
enum side direction_target(enum direction direction);
enum side direction_source(enum direction direction);

#endif
