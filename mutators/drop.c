/* drop: swallows an event as if it had never been said. */
#include "mutators/mutator.h"

static enum verdict drop_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)mutation;
    (void)event;
    return TAKEN;
}

const struct mutator mutator_drop = {
    .name = "drop",
    .family = "replies and commands",
    .summary = "Swallow a command, a reply, a line of mail, the end of mail or a close.",
    .detail = "A command that is dropped gets no reply, and later replies stay with their own "
              "commands. After a dropped reply the next one is still the next one: a client that "
              "pipelines takes it for the answer to the wrong command. Without its end a message "
              "never ends, and both sides wait. A dropped close leaves the other side's "
              "connection open.",
    .clause = "RFC 5321 section 4.2: each command gets exactly one reply.",
    .example = "to client reply 250 after RCPT every 3rd drop",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END | SMTP_CLOSE,
    .directions = BOTH_WAYS,
    .takes_always = true,
    .apply = drop_apply,
};
