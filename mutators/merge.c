/* merge: lets bytes wait for those behind them, so that both leave in one write. */
#include "mutators/mutator.h"

enum { TIME };

static const struct param merge_params[] = {
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = MS(200),
               .min = US(1),
               .max = HOURS(1),
               .what = "how long the event waits for the next one at most" },
};

static enum verdict merge_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_gather(mutation, mutation_param(mutation, TIME));
    return UNTOUCHED;
}

const struct mutator mutator_merge = {
    .name = "merge",
    .family = "connection",
    .summary = "Hold an event back and send it in one write with the one behind it.",
    .detail = "The event leaves together with the next bytes of its direction, or alone when none "
              "have come in time. Events that all merge gather into one write. Where each side "
              "waits for the other nothing can come, and all that is seen is a delay.\n\n"
              "A correct peer reads all replies that a segment holds, and takes each for the "
              "command that it belongs to.",
    .clause = "RFC 2920 section 3.1: a client that pipelines takes several replies from one read; "
              "section 3.2: so does the server with commands.",
    .example = "to client reply merge time=100ms",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(merge_params),
    .apply = merge_apply,
};
