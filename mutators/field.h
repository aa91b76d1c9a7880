/* field: what a line of mail is to the header block (RFC 5322 section 2.2). */
#ifndef SMTPCHAOS_MUTATORS_FIELD_H
#define SMTPCHAOS_MUTATORS_FIELD_H

#include "base/span.h"
#include "smtp/event.h"

enum field_line {
    FIELD_BEGINS,     /* a name and a colon, or what may yet become that when the rest has come */
    FIELD_CONTINUES,  /* a folded line, or the rest of a line that came in pieces */
    FIELD_BLOCK_ENDS, /* the empty line */
    FIELD_NONE        /* text: the mail has no header block, or it ended without an empty line */
};

/* What the event is, which must be a line or a piece of one. On FIELD_BEGINS *name is the name as
 * it is written, empty when the colon has not come. */
enum field_line field_line_of(const struct smtp_event *event, struct span *name);

#endif
