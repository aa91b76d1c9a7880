/* keywords: the lines of an EHLO reply (RFC 5321 section 4.1.1.1). The first line names the server
 * and is no keyword; the first word of every other line is one. Lines are kept whole, each with its
 * own line ending. */
#ifndef SMTPCHAOS_MUTATORS_KEYWORDS_H
#define SMTPCHAOS_MUTATORS_KEYWORDS_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"
#include "smtp/event.h"

/* A granted EHLO or LHLO. */
bool keywords_are_in(const struct smtp_event *event);
/* What a line says behind its code, without its line ending. */
struct span keyword_line_text(struct span line);
/* The keyword of a line: its first word. `AUTH=LOGIN` is another keyword than `AUTH`. */
struct span keyword_of(struct span line);
/* Adds a line that says `text` in the place of `like`: its code and line ending. A text that shows
 * its own line ending keeps it. */
void keyword_line_add(struct text *out, struct span like, struct span text);
/* Joins lines to one reply: a hyphen behind the code in all of them but the last. */
void keyword_lines_join(struct text *out, struct span lines);

#endif
