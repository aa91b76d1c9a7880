/* end_of_data: byte sequences that one hop may take for the end of mail and another for text, made
 * of every line end, dot and line end of end_of_data.def. Shared by `terminator` and `smuggle`. */
#ifndef SMTPCHAOS_MUTATORS_END_OF_DATA_H
#define SMTPCHAOS_MUTATORS_END_OF_DATA_H

#include <stddef.h>

#include "base/text.h"
#include "mutators/mutation.h"

/* How many there are; the first is 1, and CRLF . CRLF itself. */
#define END_OF_DATA_COUNT ((size_t)845)

/* Whether a sender that keeps to the RFCs could emit the sequence in the midst of mail. */
enum end_of_data_emitter {
    EMITTED_FREELY,
    EMITTED_WITH_8BITMIME,  /* bytes above 127: RFC 6152 */
    EMITTED_THOUGH_ADVISED, /* control characters: RFC 5321 section 4.1.1.4 advises against them */
    EMITTED_AS_THE_END,     /* it ends mail */
    EMITTED_NEVER           /* a lone CR or LF (section 2.3.8), or a dot not doubled (4.5.2) */
};

/* Appends the bytes of the nth sequence, 1 to END_OF_DATA_COUNT. */
void end_of_data_add(struct text *out, size_t n);
/* Appends its name: "CRLF . CRLF". */
void end_of_data_name(struct text *out, size_t n);
enum end_of_data_emitter end_of_data_emitter(struct span sequence);

/* Whether a rule says exactly one of as= and sequence=; else why not, in `error`. */
bool end_of_data_is_said(const struct argument *as, const struct argument *sequence,
                         struct text *error);
/* Sends the text of parameter `as`, or the sequence of parameter `sequence`. */
void end_of_data_send(struct mutation *mutation, size_t as, size_t sequence);

/* The row `sequence=` of a parameter table. */
#define END_OF_DATA_SEQUENCE                                                                       \
    {                                                                                              \
        .name = "sequence", .kind = PARAM_COUNT, .min = 1, .max = END_OF_DATA_COUNT, .preset = 1,  \
        .what = "the bytes by their number in docs/end-of-data.md; 1..845 draws one"               \
    }

#endif
