/* decoder: bytes of one direction become events. It loses nothing: the raw bytes of its events,
 * joined, are its input. It never decides what a phase change means; the dialogue tells it. */
#ifndef SMTPCHAOS_SMTP_DECODER_H
#define SMTPCHAOS_SMTP_DECODER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/chain.h"
#include "smtp/event.h"

enum phase {
#define PHASE(name, truth) PHASE_##name,
#include "smtp/phases.def"
#undef PHASE
};

enum decoded {
    DECODED_EVENT,     /* *event is filled; take event->raw.len bytes off the chain's head */
    DECODED_NEED_MORE, /* the bytes at hand are the beginning of an event */
    DECODED_NEED_PEER  /* they mean nothing until the other side's reply is known (PHASE_FORK) */
};

/* Where the next byte of mail stands. */
enum line_place {
    PLACE_INSIDE,    /* within a line */
    PLACE_AFTER_CR,  /* within a line, behind a CR */
    PLACE_AFTER_LF,  /* at the start of a line, the one before ended in a lone LF */
    PLACE_AFTER_CRLF /* at the start of a line, the one before ended in CRLF, or was none */
};

/* What is left of an overlong line of which a part has gone already. */
enum line_rest {
    REST_NONE,      /* no such line is under way */
    REST_COMMAND,   /* its end completes a command */
    REST_NO_REPLY,  /* it is no reply */
    REST_CONTINUES, /* its reply goes on behind it */
    REST_ENDS       /* its end completes a reply */
};

struct decoder {
    enum direction going;
    enum phase phase;
    enum line_place place;
    enum line_rest rest;
    enum verb overlong_verb; /* REST_COMMAND: of that command */
    unsigned reply_code;     /* of an overlong reply: as its first line has it */
    bool body_as_lines;      /* somebody wants BODY line by line and numbered */
    bool bare_lf;            /* this client ends its own DATA line with a lone LF: so may its dot */
    bool headers;            /* inside the header block of the current message */
    bool mid_reply;          /* lines of an overlong reply have gone already */
    bool dot_candidate;  /* the body so far ends in a dot line that only lenient servers honour */
    bool chunk_last;     /* BDAT ... LAST */
    bool in_message;     /* a BDAT message is under way: the next chunk continues it */
    size_t max_line;     /* bytes */
    size_t scanned;      /* bytes at the chain's head known to hold no end of the pending event */
    uint64_t chunk_left; /* bytes of the BDAT chunk still to come */
    uint64_t body_bytes; /* bytes of this message so far */
    uint64_t number;     /* events so far */
};

/* max_line is in bytes; 0 means MAX_LINE_DEFAULT. A client's decoder begins in PHASE_COMMANDS, a
 * server's in PHASE_GREETING. */
void decoder_init(struct decoder *decoder, enum direction going, size_t max_line);

/* Takes the next event off the bytes at the head of `in`; see enum decoded. The same bytes give the
 * same events however they arrive, except that stretches of BODY and OTHER that nobody wants as
 * lines come as they are read. */
enum decoded decoder_next(struct decoder *decoder, struct chain *in, struct smtp_event *event);

/* Enters another phase; nothing of the event that is pending may have been consumed. */
void decoder_enter(struct decoder *decoder, enum phase phase);
/* Enters PHASE_CHUNK for `size` bytes of mail; an empty chunk that is not the last is over. */
void decoder_enter_chunk(struct decoder *decoder, uint64_t size, bool last);
/* A server that ends mail at a lone-LF dot has replied although the strict end has not come: when
 * the body stands right behind such a dot, the message is taken as ended. True when it is. */
bool decoder_end_at_candidate(struct decoder *decoder);
/* The kinds of event that the bytes at the head of `in` may still turn out to be: a set of bits. */
unsigned decoder_pending_kinds(const struct decoder *decoder, const struct chain *in);

const char *phase_name(enum phase phase);

#endif
