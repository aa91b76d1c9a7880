/* note: writes an event down and leaves it alone, as devices do that only log. */
#include "mutators/mutator.h"

static enum verdict note_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_note(mutation);
    return UNTOUCHED;
}

const struct mutator mutator_note = {
    .name = "note",
    .family = "replies and commands",
    .summary = "Write an event down in the journal and leave it as it is.",
    .detail = "The journal gets an entry with the rule and the event's bytes; nothing else "
              "happens. With filters it finds what one side does wrong: a client that speaks "
              "before its turn, a line that is too long.",
    .clause = "RFC 5321 section 7.7: what passes may be written down.",
    .example = "to server command early=yes note",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .apply = note_apply,
};
