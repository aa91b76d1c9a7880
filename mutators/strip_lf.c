/* strip_lf: takes every LF out. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

static enum verdict strip_lf_apply(struct mutation *mutation, const struct smtp_event *event)
{
    return line_strip(mutation, event->raw, '\n');
}

const struct mutator mutator_strip_lf = {
    .name = "strip-lf",
    .family = "line endings and terminator",
    .summary = "Take every LF out: a line ends in a lone CR, or not at all.",
    .detail = "The side that reads waits for the end of the line, and takes the next line for the "
              "rest of it. A command that lost its LF gets no reply until another line ends.",
    .clause = "RFC 5321 section 2.3.8: CR and LF only ever stand together.",
    .example = "to client reply 250 after RCPT once strip-lf",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .apply = strip_lf_apply,
};
