/* reset: tears both connections (RST). */
#include "mutators/mutator.h"

enum { AFTER };

static const struct param reset_params[] = {
    [AFTER] = { .name = "after",
                .kind = PARAM_COUNT,
                .max = UINT32_MAX,
                .what = "bytes of the event that still leave" },
};

static enum verdict reset_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_end(mutation, FATE_RESET, mutation_param(mutation, AFTER));
    return UNTOUCHED;
}

const struct mutator mutator_reset = {
    .name = "reset",
    .family = "connection",
    .summary = "Tear both connections (RST) in place of an event, or in its midst.",
    .detail = "Of the event itself only the bytes that after= says are sent. A side that is torn "
              "may lose what it has been sent but has not read. At close to client the server's "
              "orderly end becomes a torn connection, as some firewalls make it.",
    .clause = "RFC 5321 section 3.8: the server closes only after QUIT or with 421.",
    .example = "to server body-end every 2nd reset after=2",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(reset_params),
    .apply = reset_apply,
};
