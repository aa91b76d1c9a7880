/* journal: what happened and what was decided, one entry each. The session writes entries; formats
 * turn them into lines; where the lines go is proxy/'s. It is the only voice below proxy/. */
#ifndef SMTPCHAOS_SESSION_JOURNAL_H
#define SMTPCHAOS_SESSION_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"
#include "base/text.h"
#include "mutators/template.h"
#include "session/rule.h"
#include "smtp/event.h"

enum journal_event {
    JOURNAL_CONNECT,
    JOURNAL_GREETING,
    JOURNAL_COMMAND,
    JOURNAL_REPLY,
    JOURNAL_BODY, /* once for each message or BDAT chunk, when it has passed: its bytes */
    JOURNAL_BODY_END,
    JOURNAL_RULE,
    JOURNAL_TLS,
    JOURNAL_CLOSE, /* once, last: totals, ending, reason */
    JOURNAL_ERROR  /* trouble that is not an ending: opaque, limits, upstream lost */
};

/* One entry. Spans are borrowed for the call. Fields that do not apply are zero or empty. */
struct journal_entry {
    enum journal_event event;
    instant time;
    uint64_t sequence;         /* nth entry of its session, from 0 */
    const struct facts *facts; /* session, client, server */
    bool has_direction;
    enum direction direction;
    uint64_t number;  /* of the event in its direction */
    enum verb verb;   /* VERB_NONE when none */
    unsigned code;    /* 0 when none */
    struct span line; /* raw bytes; formats escape, bound and mask them */
    bool secret;      /* the line carries credentials: formats write *** */
    bool local;       /* said by the proxy itself: an answer, a 421, the stand-in; RULE:
                               `after` is a reply that the client hears from the proxy */
    bool has_bytes;
    uint64_t bytes;
    /* RULE */
    const struct rule *rule;
    struct span parameters; /* as drawn: "time=400ms" */
    struct span before;     /* the event's bytes */
    struct span after;      /* what went on in its place, or the answer; the same as `before`
                               when the content stayed, empty when nothing went on */
    bool dry_run;
    /* TLS */
    const struct tls_facts *tls; /* NULL: it has failed, and `trouble` says why */
    struct span trouble;
    /* CLOSE, ERROR */
    const char *how;       /* CLOSE: the name of the ending; ERROR: a word such as "opaque" */
    const char *why;       /* a sentence without full stop */
    uint64_t bytes_in[2];  /* CLOSE: by direction, received */
    uint64_t bytes_out[2]; /* CLOSE: by direction, sent on */
    uint64_t commands;     /* CLOSE */
    uint64_t replies;      /* CLOSE */
    uint64_t messages;     /* CLOSE */
    uint64_t rules_fired;  /* CLOSE */
    duration lasted;       /* CLOSE */
};

/* Where entries go. A NULL journal costs one comparison. */
struct journal {
    void (*write)(struct journal *journal, const struct journal_entry *entry);
};

static inline void journal_write(struct journal *journal, const struct journal_entry *entry)
{
    if (journal)
        journal->write(journal, entry);
}

const char *journal_event_name(enum journal_event event);

/* What the head line says about the run. */
struct journal_head {
    instant time;
    uint64_t seed;
    const char *options;             /* the command line's options as given, secrets masked */
    const struct rule *const *rules; /* all rules in order */
    size_t rule_count;
};

enum journal_format { JOURNAL_JSON, JOURNAL_TEXT, JOURNAL_EXCHANGE };

/* Appends the lines of the head, each with its newline. */
void journal_format_head(enum journal_format format, const struct journal_head *head,
                         struct text *out);
/* Appends the line or lines of one entry (possibly none), each with its newline. TEXT uses colours
 * when `colours` is set. */
void journal_format_entry(enum journal_format format, const struct journal_entry *entry,
                          bool colours, struct text *out);

/* One object a line; session/journal_json.c documents each field. */
void journal_json_head(const struct journal_head *head, struct text *out);
void journal_json_entry(const struct journal_entry *entry, struct text *out);
/* For a terminal. */
void journal_text_head(const struct journal_head *head, struct text *out);
void journal_text_entry(const struct journal_entry *entry, bool colours, struct text *out);
/* The CSV of Exchange's SmtpReceive and SmtpSend protocol logs. */
void journal_exchange_head(const struct journal_head *head, struct text *out);
void journal_exchange_entry(const struct journal_entry *entry, struct text *out);

/* The short form that transcripts quote behind `!`: "rule 1 delay time=400ms",
 * "close server-closed", "error opaque"; for other entries the event's name and its line. */
void journal_brief(const struct journal_entry *entry, struct text *out);

/* True when all of the entry's line is shown, but for the CRLF at its end. */
bool journal_shows_all(const struct journal_entry *entry);
/* Appends the entry's line as formats show it: escaped as in transcripts, without a CRLF at its end
 * (any other line ending is shown), at most JOURNAL_LINE_MAX bytes of it, credentials as ***. */
void journal_add_line(const struct journal_entry *entry, struct text *out);
/* Likewise `before` and `after` of a RULE entry, with every line ending shown. */
void journal_add_before(const struct journal_entry *entry, struct text *out);
void journal_add_after(const struct journal_entry *entry, struct text *out);
/* What became of a handshake, in words: version, cipher, and what else is known, or why it
 * failed. Nothing for TLS that passes by. */
void journal_add_tls(const struct journal_entry *entry, struct text *out);

#endif
