/* unstuff: takes away the dot that transparency put before a line that begins with one. */
#include "mutators/mutator.h"

static enum verdict unstuff_apply(struct mutation *mutation, const struct smtp_event *event)
{
    const struct smtp_body *body = &event->body;
    if (body->chunked || !body->starts_line || !span_starts(event->raw, SPAN(".")))
        return UNTOUCHED;
    mutation_send(mutation, span_drop(event->raw, 1));
    return TAKEN;
}

const struct mutator mutator_unstuff = {
    .name = "unstuff",
    .family = "line endings and terminator",
    .summary = "Take away the first dot of lines of mail that begin with one.",
    .detail =
        "What a relay does that undoes dot-stuffing and forgets to do it again: `..text` becomes "
        "`.text`, of which the server takes away the other dot too. A line of one dot, sent as "
        "two, "
        "ends the mail, and what the author wrote behind it is taken for commands.\n\n"
        "Mail that comes by BDAT is not stuffed and stays as it is.",
    .clause = "RFC 5321 section 4.5.2: a line that begins with a dot gets another one.",
    .example = "to server body unstuff",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .apply = unstuff_apply,
};
