/* bare_cr: ends lines with a lone CR. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

static enum verdict bare_cr_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (span_find(event->raw, '\n') == event->raw.len)
        return UNTOUCHED;
    for (struct span rest = event->raw; rest.len > 0;) {
        struct span line = line_first(rest);
        mutation_send(mutation, span_chomp(line));
        if (span_line_end(line).len > 0)
            mutation_send(mutation, SPAN("\r"));
        rest = span_drop(rest, line.len);
    }
    return TAKEN;
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
