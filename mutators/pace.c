/* pace: limits how many bytes a second leave. */
#include "mutators/mutator.h"

enum { RATE };

#define WRITES_A_SECOND 10

static const struct param pace_params[] = {
    [RATE] = { .name = "rate",
               .kind = PARAM_RATE,
               .preset = 1000,
               .min = 1,
               .max = UINT64_C(10) * 1000 * 1000 * 1000,
               .what = "bytes a second" },
};

/* About ten writes a second; below ten bytes a second, byte by byte. */
static enum verdict pace_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    uint64_t rate = mutation_param(mutation, RATE);
    uint64_t bytes = rate < WRITES_A_SECOND ? 1 : rate / WRITES_A_SECOND;
    mutation_pace(mutation, bytes, bytes * SECONDS(1) / rate);
    return UNTOUCHED;
}

const struct mutator mutator_pace = {
    .name = "pace",
    .family = "timing",
    .summary = "Limit how many bytes a second leave.",
    .detail = "The bytes are the same. The sender is slowed down too, since no more is read than "
              "can be kept. A rate is kept by about ten writes a second.",
    .clause = "RFC 5321 section 4.5.3.2.5: three minutes for each block of mail.",
    .example = "to server body size>1MB pace rate=2KB/s",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .on_bulk = true,
    PARAM_TABLE(pace_params),
    .apply = pace_apply,
};
