/* transcript_text: the text of one step, between bytes and the way they are shown: `\r \n \t \0 \\
 * \" \xHH`, `\{N}` for the byte before it N times, CRLF unless a line shows its own ending, a last
 * `\` for none, `\*` for the rest of a line, `\FIN` and `\RST` for endings. Which step it belongs
 * to is transcript.h's. */
#ifndef SMTPCHAOS_PLAY_TRANSCRIPT_TEXT_H
#define SMTPCHAOS_PLAY_TRANSCRIPT_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"
#include "play/transcript.h"

/* The line without its comment: two or more blanks or tabs, then `#`, then a blank or the end. The
 * blanks go too. A `#` that is meant is written `\x23`. */
struct span step_text_uncomment(struct span line);

/* Reads what stands behind the mark into `step`: bytes, rest, end. On failure false, with a clause
 * in `error` and the offset of what is wrong in *bad. */
bool step_text_read(struct span shown, struct play_step *step, struct text *error, size_t *bad);

/* Cuts a final `\*` off. */
bool step_text_cut_rest(struct span *shown);

/* Appends bytes as a step shows them: one line, or the beginning of one. */
void step_text_add(struct text *out, struct span bytes);
/* Appends bytes escaped and nothing else, as messages quote them. */
void step_text_add_escaped(struct text *out, struct span bytes);
/* "\FIN", "\RST"; "" for PLAY_NO_END. */
const char *play_end_name(enum play_end end);

#endif
