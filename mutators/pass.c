/* pass: lets an event through as it is, and later rules for its content let go of it. */
#include "mutators/mutator.h"

static enum verdict pass_apply(struct mutation *mutation, const struct smtp_event *event)
{
    mutation_send(mutation, event->raw);
    return TAKEN;
}

const struct mutator mutator_pass = {
    .name = "pass",
    .family = "replies and commands",
    .summary = "Let an event through as it is, past all later rules that would change it.",
    .detail =
        "An exception from the rules behind it: neither do they answer the event, nor do they "
        "change its bytes. Delays and ends of later rules still hold.\n\n"
        "Among rules with `weight` it is the share of events that nothing happens to.",
    .clause = "RFC 5321 section 2.3.7 as it stands: commands and replies are the peers' own.",
    .example = "to server command RCPT recipient=postmaster@* pass",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .takes_always = true,
    .apply = pass_apply,
};
