/* overstuff: puts one dot too many before lines that begin with one. */
#include "mutators/mutator.h"

static enum verdict overstuff_apply(struct mutation *mutation, const struct smtp_event *event)
{
    const struct smtp_body *body = &event->body;
    if (body->chunked || !body->starts_line || !span_starts(event->raw, SPAN(".")))
        return UNTOUCHED;
    mutation_send(mutation, SPAN("."));
    mutation_send(mutation, event->raw);
    return TAKEN;
}

const struct mutator mutator_overstuff = {
    .name = "overstuff",
    .family = "line endings and terminator",
    .summary = "Put another dot before lines of mail that begin with one.",
    .detail = "What a relay does that stuffs mail which is stuffed already: each hop adds a dot. "
              "Signatures over the body break, and so does what lives by its first column.\n\n"
              "Mail that comes by BDAT is not stuffed and stays as it is.",
    .clause = "RFC 5321 section 4.5.2: the receiver takes away one dot, and only one was added.",
    .example = "to server body overstuff",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .apply = overstuff_apply,
};
