/* strip_cr: takes every CR out. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

static enum verdict strip_cr_apply(struct mutation *mutation, const struct smtp_event *event)
{
    return line_strip(mutation, event->raw, '\r');
}

const struct mutator mutator_strip_cr = {
    .name = "strip-cr",
    .family = "line endings and terminator",
    .summary = "Take every CR out: lines end in a lone LF, and a CR within a line is lost.",
    .detail = "Servers take commands that end in a lone LF, or wait for a CR that never comes. In "
              "mail some refuse a lone LF (550 5.5.2, 451), some repair it, some pass it on.",
    .clause = "RFC 5321 section 2.3.8: CR and LF only ever stand together.",
    .example = "to server body chance 1/10 strip-cr",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .apply = strip_cr_apply,
};
