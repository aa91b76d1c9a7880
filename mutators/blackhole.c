/* blackhole: silences both directions and leaves both connections open. */
#include "mutators/mutator.h"

static enum verdict blackhole_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_end(mutation, FATE_BLACKHOLE, 0);
    return UNTOUCHED;
}

const struct mutator mutator_blackhole = {
    .name = "blackhole",
    .family = "connection",
    .summary = "Silence both sides from an event on: nothing arrives, no end either.",
    .detail = "What either side sends is thrown away, and both connections stay open, as when a "
              "firewall forgets a connection or a path swallows packets. Each side is left to its "
              "own timers.",
    .clause = "RFC 5321 section 4.5.3.2: how long client and server have to wait for each other.",
    .example = "to server body once blackhole",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .apply = blackhole_apply,
};
