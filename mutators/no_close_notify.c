/* no-close-notify: TLS ends with the connection, without the word that says so. */
#include "mutators/mutator.h"

static enum verdict no_close_notify_apply(struct mutation *mutation, const struct smtp_event *event)
{
    const struct dialogue *dialogue = mutation->dialogue;
    bool secure = event->going == TO_CLIENT ? dialogue->tls : dialogue->server_tls;
    if (secure || event->kind == SMTP_TLS)
        mutation_end_rudely(mutation);
    return UNTOUCHED;
}

const struct mutator mutator_no_close_notify = {
    .name = "no-close-notify",
    .family = "TLS",
    .summary = "End a TLS connection without close_notify: FIN, and nothing before it.",
    .detail =
        "At close it is for the end that one side passes to the other; at tls for every end of "
        "that side, whoever brings it about. A peer cannot tell such an end from one that an "
        "attacker made; most mail software has learned to live with it behind QUIT, and has to "
        "take mail for unsent whose reply was cut off by it.",
    .clause = "RFC 8446 section 6.1: each side sends close_notify before it closes its write side.",
    .example = "to client close no-close-notify",
    .wants = SMTP_TLS | SMTP_CLOSE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .apply = no_close_notify_apply,
};
