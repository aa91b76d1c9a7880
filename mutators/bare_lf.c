/* bare_lf: ends lines with a lone LF. Servers disagree about it, and smuggling lives in the gap. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

static enum verdict bare_lf_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (span_search(event->raw, SPAN("\r\n")) == event->raw.len)
        return UNTOUCHED;
    return lines_end(mutation, event->raw, SPAN("\n"));
}

const struct mutator mutator_bare_lf = {
    .name = "bare-lf",
    .family = "line endings and terminator",
    .summary = "End lines with a lone LF in place of CRLF.",
    .detail = "A CR within a line stays, other than with strip-cr. In a reply of several lines "
              "each of them ends in a lone LF.",
    .clause = "RFC 5321 section 2.3.8: lines end in CRLF and in nothing else.",
    .example = "to server body every 7th bare-lf",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .apply = bare_lf_apply,
};
