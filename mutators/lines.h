/* lines: looking at a text line by line, and saying a text of a rule as a line. */
#ifndef SMTPCHAOS_MUTATORS_LINES_H
#define SMTPCHAOS_MUTATORS_LINES_H

#include "base/span.h"
#include "mutators/mutation.h"

/* The first line of a text, its LF included; the whole text when there is no LF. */
struct span line_first(struct span text);
/* The CRLF that a text of a rule gets at its end; empty when it shows CRLF, LF or CR there. */
struct span line_missing_end(struct span said);
/* Sends a text of a rule in place of the event, or adds it beside the event, with CRLF at its end
 * unless it shows its own. */
void line_send(struct mutation *mutation, struct span said);
void line_add(struct mutation *mutation, struct span said);
/* Sends a text of a rule as lines of mail; `stuffs` doubles the dot that a line begins with, as all
 * mail but BDAT needs it. */
void lines_send_mail(struct mutation *mutation, struct span text, bool stuffs);
/* Sends the event with its lines ended otherwise. */
enum verdict lines_end(struct mutation *mutation, struct span raw, struct span end);
/* Sends the event without all bytes of one value; UNTOUCHED when it has none. */
enum verdict line_strip(struct mutation *mutation, struct span raw, uint8_t byte);

#endif
