/* rule_reader: what the files that read a rule share: the word at hand, and how to say what is
 * wrong with it. For rule_*.c only. Each part returns false once it has said so in
 * reader->error. */
#ifndef SMTPCHAOS_SESSION_RULE_READER_H
#define SMTPCHAOS_SESSION_RULE_READER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/nearest.h"
#include "session/rule.h"
#include "session/rule_words.h"

struct rule_reader {
    struct rule *rule;
    struct span line;   /* without comment and outer blanks */
    struct place place; /* its column is where `line` begins */
    struct text *error;
    size_t next;           /* offset behind the word at hand */
    struct rule_word word; /* the word at hand; valid when `has_word` */
    bool has_word;
};

/* Goes to the next word. */
void reader_advance(struct rule_reader *reader);
/* True when there is a word at hand, and it is this one. */
bool reader_is_at(const struct rule_reader *reader, const char *word);
/* Begins an error at an offset of the line; the reason is to be added to what is returned. */
struct text *reader_error(struct rule_reader *reader, size_t at);
/* The rule ends where `what` should stand. False. */
bool reader_ended(struct rule_reader *reader, const char *what);
/* `unknown WHAT "word"`, with the nearest of `words` or all of them. False. */
bool reader_unknown(struct rule_reader *reader, size_t at, const char *what, struct span word,
                    const char *const *words);
/* The place of a word in a list that ends with NULL; the list's length when it is not there. */
size_t word_index(struct span word, const char *const *words);
/* The value of the word at hand without quotes and escapes, in `out`. */
bool reader_value(struct rule_reader *reader, struct text *out);

/* -- rule_event.c: the event, its verbs and codes --------------------------------------------- */

/* A verb of smtp/verbs.def, or UNKNOWN. */
bool verb_read(struct span word, enum verb *verb);
bool unknown_verb(struct rule_reader *reader, size_t at, struct span word);
bool read_direction(struct rule_reader *reader);
bool read_event(struct rule_reader *reader);

/* -- rule_when.c: how often ------------------------------------------------------------------- */

/* The words that begin how often: always, once, first, after, every, chance, per. */
extern const char *const when_words[];
/* `said` is how often has been said before; it is set. */
bool read_when(struct rule_reader *reader, bool *said);

/* -- rule_filter.c ---------------------------------------------------------------------------- */

extern const char *const filter_words[];
bool read_filter(struct rule_reader *reader);
void filter_deinit(struct rule_filter *filter);

/* -- rule_mutator.c: the mutator and its parameters ------------------------------------------- */

bool read_mutator(struct rule_reader *reader);

#endif
