/* delay: lets an event wait. What comes behind it in the same direction waits too. */
#include "mutators/mutator.h"

enum { TIME };

static const struct param delay_params[] = {
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = SECONDS(1),
               .max = HOURS(24),
               .what = "how long" },
};

static enum verdict delay_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_delay(mutation, mutation_param(mutation, TIME));
    return UNTOUCHED;
}

const struct mutator mutator_delay = {
    .name = "delay",
    .family = "timing",
    .summary = "Let an event wait before it leaves; what is behind it waits too.",
    .detail =
        "Nothing overtakes: later bytes of the same direction leave after the one that waits. "
        "Delays of several rules add up. In mail each line that the rule hits waits.\n\n"
        "At connect to client what the client hears first is late; at connect to server the "
        "server is asked for only after the wait.",
    .clause = "RFC 5321 section 4.5.3.2: how long client and server have to wait for each other.",
    .example = "to client reply 250 after RCPT chance 1/4 delay time=200ms..900ms",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(delay_params),
    .apply = delay_apply,
};
