/* nearest: what a person may have meant: the known word that is nearest to a misspelt one. */
#ifndef SMTPCHAOS_BASE_NEAREST_H
#define SMTPCHAOS_BASE_NEAREST_H

#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

/* A search among words that do not stand in one array. */
struct nearest {
    struct span word;
    struct span best; /* empty while nothing was near enough */
    size_t distance;  /* of `best` */
};

struct nearest nearest_begin(struct span word);
/* Looks at one known word. It is near when at most a third of the longer word's bytes have to be
 * added, taken away, changed or swapped with their neighbour (Damerau-Levenshtein, letters folded).
 * Of equally near words the first stays. */
void nearest_try(struct nearest *nearest, struct span known);
/* Adds `; did you mean "best"?`, or nothing when nothing was near. */
void nearest_suggest(const struct nearest *nearest, struct text *out);

/* The word of `words`, which ends with NULL, that is nearest; NULL when none is near. */
const char *nearest_word(struct span word, const char *const *words);

#endif
