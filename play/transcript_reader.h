/* transcript_reader: what the files that read a transcript share: the place they are at, the
 * transcript they are making, and how to complain. Private to play/. */
#ifndef SMTPCHAOS_PLAY_TRANSCRIPT_READER_H
#define SMTPCHAOS_PLAY_TRANSCRIPT_READER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"
#include "play/transcript.h"
#include "session/rule.h"

struct transcript_reader {
    struct transcript *transcript;
    struct text *errors;
    struct place place; /* file and line */
    struct span line;   /* without its line ending */
    bool has_ended[2];  /* by side: it has said \FIN or \RST in this session */
    bool failed;
    bool is_silent; /* in a session nothing is said */
};

/* Bytes of one complaint. */
#define READER_CLAUSE_MAX 512

/* Arguments for "%.*s", bounded so that a message stays a line. */
#define SPAN_SHOWN(span) (int)((span).len < 60 ? (span).len : 60), (const char *)(span).ptr

/* Adds one line about the text at `at`, which lies within reader->line. */
void transcript_complain(struct transcript_reader *reader, struct span at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Likewise: unknown `what`, "word", with the nearest of `words` (NULL-ended) or all of them. */
void transcript_complain_of_word(struct transcript_reader *reader, const char *what,
                                 struct span word, const char *const *words);

/* The session that steps belong to now; session 1 begins when there is none. */
struct play_session *transcript_session(struct transcript_reader *reader);
struct play_session *transcript_begin_session(struct transcript_reader *reader, uint64_t number);

#endif
