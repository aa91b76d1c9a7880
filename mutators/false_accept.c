/* false_accept: the client hears that its mail was taken, and the server never gets it. */
#include "mutators/mutator.h"

enum { REPLY };

static const struct param false_accept_params[] = {
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "250 2.0.0 Ok: queued as {hex.10}",
                .what = "the whole reply, code included" },
};

static enum verdict false_accept_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_answer(mutation, mutation_text(mutation, REPLY), false);
    return TAKEN;
}

const struct mutator mutator_false_accept = {
    .name = "false-accept",
    .family = "outcome",
    .summary = "Tell the client that its mail was taken, and take it from nobody.",
    .detail =
        "The server's connection is ended without a dot; where `hold` has kept the mail back, "
        "the server hears RSET instead and the session goes on. Nobody learns that the mail "
        "is lost: no bounce, no entry in any queue, a 250 in the sender's log.",
    .clause = "RFC 5321 section 6.1: who says 250 must deliver the mail or report the failure.",
    .example = "to server body-end chance 1/100 false-accept",
    .wants = SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(false_accept_params),
    .apply = false_accept_apply,
};
