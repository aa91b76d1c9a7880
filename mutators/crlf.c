/* crlf: makes a line end of every CR and every LF that stands alone. */
#include "mutators/mutator.h"

/* Where the next lone CR or LF stands, or the end. */
static size_t lone_end_at(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        bool pair = bytes.ptr[i] == '\r' && i + 1 < bytes.len && bytes.ptr[i + 1] == '\n';
        if (!pair && (bytes.ptr[i] == '\r' || bytes.ptr[i] == '\n'))
            return i;
        i += pair;
    }
    return bytes.len;
}

static enum verdict crlf_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct span rest = event->raw;
    if (lone_end_at(rest) == rest.len)
        return UNTOUCHED;
    while (rest.len > 0) {
        size_t at = lone_end_at(rest);
        mutation_send(mutation, span_take(rest, at));
        mutation_send(mutation, at < rest.len ? SPAN("\r\n") : SPAN(""));
        rest = span_drop(rest, at + 1);
    }
    return TAKEN;
}

const struct mutator mutator_crlf = {
    .name = "crlf",
    .family = "line endings and terminator",
    .summary = "Make a line end of every CR and every LF that stands alone.",
    .detail =
        "What gateways do that clean mail up. Where a dot stood between two lone CRs there is "
        "a line with a dot now, and nobody has doubled it: the mail ends there, and what "
        "stood behind it becomes commands. So a relay that never sends a lone CR itself can "
        "be used to smuggle.",
    .clause = "RFC 5321 section 2.3.8: a lone CR or LF is no line end; section 4.5.2: dots are "
              "doubled.",
    .example = "to server body crlf",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .apply = crlf_apply,
};
