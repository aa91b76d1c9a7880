/* stall: stops a direction, for good unless told for how long. The connections stay open. */
#include "mutators/mutator.h"

enum { TIME };

static const struct param stall_params[] = {
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = NEVER,
               .max = NEVER,
               .what = "how long; forever unless given" },
};

static enum verdict stall_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_delay(mutation, mutation_param(mutation, TIME));
    return UNTOUCHED;
}

const struct mutator mutator_stall = {
    .name = "stall",
    .family = "timing",
    .summary = "Stop a direction at an event: it and all behind it never leave.",
    .detail = "The other direction goes on, and both connections stay open until one side gives "
              "up. With time= the direction goes on after that long.",
    .clause = "RFC 5321 section 4.5.3.2: how long client and server have to wait for each other.",
    .example = "to client reply 250 after DATA once stall",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(stall_params),
    .apply = stall_apply,
};
