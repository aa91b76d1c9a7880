/* recording_reader: a recording, taken apart: its head, its rules, and one line after the other.
 * Spans point into the text. */
#ifndef SMTPCHAOS_PLAY_RECORDING_READER_H
#define SMTPCHAOS_PLAY_RECORDING_READER_H

#include "play/recording.h"
#include "session/rule_set.h"
#include "session/session.h"

struct recording_reader {
    const char *file;
    struct span rest; /* not yet read */
    size_t line;      /* of the line read last, from 1 */
    struct text *errors;
};

/* A call as it is written. */
struct recorded_call {
    struct session_call call; /* `bytes` point into `text`; `now` counts from the beginning */
    struct tls_facts facts;
    struct text text;
};

/* What a line behind the head is about, by its first word. */
enum recorded_line {
    RECORDED_CALL,
    RECORDED_WISH,
    RECORDED_SWITCH,
    RECORDED_POOL,
    RECORDED_RECALL,
    RECORDED_JOURNAL,
    RECORDED_STOPPED,
    RECORDED_UNKNOWN
};

/* The next line, without its newline; false at the end. A last line without one was cut off when it
 * was written: it is no line. */
bool recording_next_line(struct recording_reader *reader, struct span *line);
/* The line that would be next; empty at the end. */
struct span recording_peek_line(const struct recording_reader *reader);
bool recording_is_at_end(const struct recording_reader *reader);
enum recorded_line recording_line_kind(struct span line);
/* Reads head and rules; false with a line in `errors` when that cannot be. Both are the caller's to
 * deinit and free in any case. */
bool recording_read_head(struct recording_reader *reader, struct recording_head *head,
                         struct rule_set *rules);
/* Takes a line "call …" apart; false with a line in `errors` when that cannot be. Deinit `text` at
 * the end. */
bool recording_read_call(struct recording_reader *reader, struct span line,
                         struct recorded_call *call);
/* Adds "file:line: what", and a newline, to the errors; false. */
bool recording_complain(struct recording_reader *reader, const char *what);

/* What the head says a session is to be made of. Spans and options point to the arguments. */
struct session_options recording_options(const struct recording_head *head);
struct session_setup recording_setup(const struct recording_head *head);

#endif
