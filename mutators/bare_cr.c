/* bare_cr: ends lines with a lone CR. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

static enum verdict bare_cr_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (span_find(event->raw, '\n') == event->raw.len)
        return UNTOUCHED;
    return lines_end(mutation, event->raw, SPAN("\r"));
}

const struct mutator mutator_bare_cr = {
    .name = "bare-cr",
    .family = "line endings and terminator",
    .summary = "End lines with a lone CR in place of CRLF or LF.",
    .detail = "Unlike strip-lf it leaves no LF anywhere and puts a CR where only an LF stood. A "
              "server that makes line ends of lone CRs sees dots and commands where the sender "
              "wrote none.",
    .clause = "RFC 5321 section 2.3.8: CR appears only together with LF.",
    .example = "to server body every 7th bare-cr",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .apply = bare_cr_apply,
};
