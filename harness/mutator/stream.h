/* stream: fuzz input taken apart: what one side of a session says, as commands, lines of mail, ends
 * of mail, or replies. The units, joined, are the input, whatever it was. What the other side would
 * have said is not known: everything is taken for granted. */
#ifndef SMTPCHAOS_HARNESS_MUTATOR_STREAM_H
#define SMTPCHAOS_HARNESS_MUTATOR_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "smtp/event.h"

/* Who speaks; bits, so that an operation can be for both. */
enum speaker { SPEAKER_CLIENT = 1, SPEAKER_SERVER = 2, SPEAKER_BOTH = 3 };

/* How far a client has come when a unit begins; bits, so that a phrase can suit several. */
enum stage {
    STAGE_BEGIN = 1,   /* nothing but a connection */
    STAGE_GREETED = 2, /* EHLO or its like was said */
    STAGE_MAIL = 4,    /* a sender was named */
    STAGE_RCPT = 8,    /* a recipient was named */
    STAGE_BODY = 16,   /* inside mail */
    STAGE_ANY = 31
};

struct unit {
    struct span raw;           /* into the input */
    enum smtp_event_kind kind; /* COMMAND, BODY, BODY_END, REPLY, OTHER */
    enum verb verb;            /* of a command; else VERB_NONE */
    bool header;               /* BODY: it stands in a header block */
    bool chunked;              /* BODY, BODY_END: it came by BDAT */
    enum stage stage;
};

/* What lies behind so many units is one more, the last. */
#define UNITS_MAX 512

struct stream {
    enum speaker speaker;
    struct span bytes;
    struct unit units[UNITS_MAX];
    size_t count;
};

/* A stream that begins with a reply's line is a server's. */
enum speaker stream_guess_speaker(struct span bytes);
/* Takes `bytes` apart; the units are views into it. */
void stream_read(struct stream *stream, struct span bytes, enum speaker speaker);
/* The bytes of `count` units from `first` on. Both are clamped. */
struct span stream_units(const struct stream *stream, size_t first, size_t count);

#endif
