/* drip: sends a few bytes at a time, with a pause between. */
#include "mutators/mutator.h"

enum { CHUNK, GAP, FOR };

static const struct param drip_params[] = {
    [CHUNK] = { .name = "chunk",
                .kind = PARAM_COUNT,
                .preset = 1,
                .min = 1,
                .max = 65536,
                .what = "bytes in each write" },
    [GAP] = { .name = "gap",
              .kind = PARAM_TIME,
              .preset = MS(100),
              .max = MINUTES(10),
              .what = "pause between writes" },
    [FOR] = { .name = "for",
              .kind = PARAM_TIME,
              .preset = NEVER,
              .max = NEVER,
              .what = "how long, from the session's beginning on; the rest leaves at once" },
};

static enum verdict drip_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    uint64_t chunk = mutation_param(mutation, CHUNK);
    duration gap = mutation_param(mutation, GAP);
    instant until = instant_after(mutation->began, mutation_param(mutation, FOR));
    if (mutation->now >= until)
        return UNTOUCHED;
    mutation_pace(mutation, chunk, gap);
    mutation->pace_until = until;
    return UNTOUCHED;
}

const struct mutator mutator_drip = {
    .name = "drip",
    .family = "timing",
    .summary = "Send an event a few bytes at a time, with a pause between.",
    .detail = "The bytes are the same, they only come slowly: at one byte a second a greeting of "
              "70 bytes takes more than a minute. A timer that starts anew with each byte never "
              "fires; one that runs for the whole line does. With for= only a session's first "
              "seconds are slow; what has not left by then leaves at once.",
    .clause = "RFC 5321 section 4.5.3.2: how long client and server have to wait for each other.",
    .example = "to client reply drip chunk=1 gap=1s",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .on_bulk = true,
    PARAM_TABLE(drip_params),
    .apply = drip_apply,
};
