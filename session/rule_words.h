/* rule_words: a rule's line as words. A word ends at a blank, but not within "..." or /.../ behind
 * `name=`; a word that begins with # begins the comment. What the words mean is read elsewhere. */
#ifndef SMTPCHAOS_SESSION_RULE_WORDS_H
#define SMTPCHAOS_SESSION_RULE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum word_fault {
    WORD_FINE,
    WORD_UNCLOSED, /* a quote has no end */
    WORD_GLUED     /* something stands right behind the closing quote */
};

struct rule_word {
    struct span raw;   /* the whole word, as it was written */
    size_t at;         /* its offset in the line */
    struct span name;  /* what stands before the sign; all of the word when there is none */
    uint8_t sign;      /* '=' or '>' of `name=value` and `name>value`, else 0 */
    struct span value; /* what stands behind the sign: without its quotes, still escaped */
    size_t value_at;   /* offset of the value, or of its opening quote */
    bool quoted;
    enum word_fault fault;
    size_t fault_at; /* offset of the fault */
};

/* Takes the next word at or behind *at; false at the end of the line and before a comment. */
bool rule_word_next(struct span line, size_t *at, struct rule_word *word);
/* The line without its comment, line ending and outer blanks. */
struct span rule_uncommented(struct span line);

#endif
