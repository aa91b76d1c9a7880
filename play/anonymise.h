/* anonymise: puts other words in place of all that could tell who wrote to whom about what, in
 * bytes and in transcripts. Lengths, letters and figures, line ends and everything that is no word
 * stay; so does the vocabulary of SMTP and mail (kept_words.def), and the numbers that SMTP counts
 * and answers with. The same word, in small letters or capitals, becomes the same word
 * everywhere. */
#ifndef SMTPCHAOS_PLAY_ANONYMISE_H
#define SMTPCHAOS_PLAY_ANONYMISE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

struct anonymiser;

/* What a word becomes is drawn from the seed and how many other words came before it, never from
 * the word. */
struct anonymiser *anonymiser_new(uint64_t seed);
void anonymiser_free(struct anonymiser *anonymiser);

/* Appends the bytes, one line or several, with other words. */
void anonymise_bytes(struct anonymiser *anonymiser, struct span bytes, struct text *out);
/* Appends a transcript with other words in what is said and in the texts and filters of its rules.
 * Comments, the client's address, and what was heard are left out, as is a rule that would be none
 * any more. */
void anonymise_transcript(struct anonymiser *anonymiser, struct span transcript, struct text *out);

#endif
