/* progressive-delay: each event waits longer than the one before. */
#include "mutators/keys.h"
#include "mutators/mutator.h"
#include "smtp/about.h"

enum { AFTER, TIME, FACTOR, MAX, PER };
enum { PER_EACH_SESSION, PER_EACH_MESSAGE, PER_EACH_CLIENT };

static const struct param progressive_delay_params[] = {
    [AFTER] = { .name = "after",
                .kind = PARAM_COUNT,
                .preset = 2,
                .max = UINT32_MAX,
                .what = "how many pass without a wait" },
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = MS(500),
               .max = HOURS(1),
               .what = "the first wait" },
    [FACTOR] = { .name = "factor",
                 .kind = PARAM_DECIMAL,
                 .preset = 1050,
                 .min = 1000,
                 .max = 1000 * 1000,
                 .what = "each wait is so many times the one before" },
    [MAX] = { .name = "max",
              .kind = PARAM_TIME,
              .preset = MINUTES(4),
              .max = HOURS(24),
              .what = "the longest wait" },
    [PER] = { .name = "per",
              .kind = PARAM_WORD,
              .choices = "session|message|client",
              .what = "what is counted anew in each of them" },
};

struct progress {
    uint64_t message; /* `per=message`: the one that `count` is about */
    uint64_t count;
};

/* Which event it is, from 1. */
static uint64_t count_event(struct mutation *mutation, const struct smtp_event *event)
{
    struct progress *progress = mutation->state;
    uint64_t per = mutation_param(mutation, PER);
    if (per == PER_EACH_CLIENT)
        return mutation_recall(mutation, mutation_key(mutation, KEY_CLIENT)).count;
    uint64_t message = about_message(mutation->dialogue, event);
    if (per == PER_EACH_MESSAGE && message != progress->message)
        *progress = (struct progress){ .message = message };
    return ++progress->count;
}

static duration grow(duration wait, uint64_t factor, uint64_t steps, duration max)
{
    for (; steps > 0 && wait < max && factor > 1000 && wait > 0; steps--)
        wait = wait / 1000 * factor + wait % 1000 * factor / 1000;
    return wait < max ? wait : max;
}

static enum verdict progressive_delay_apply(struct mutation *mutation,
                                            const struct smtp_event *event)
{
    uint64_t nth = count_event(mutation, event);
    uint64_t after = mutation_param(mutation, AFTER);
    duration wait = mutation_param(mutation, TIME);
    uint64_t factor = mutation_param(mutation, FACTOR);
    duration max = mutation_param(mutation, MAX);
    if (nth > after)
        mutation_delay(mutation, grow(wait, factor, nth - after - 1, max));
    return UNTOUCHED;
}

const struct mutator mutator_progressive_delay = {
    .name = "progressive-delay",
    .family = "timing",
    .summary = "Let each event wait longer than the one before.",
    .detail = "The first after= events pass at once, the next waits time=, and each one behind it "
              "factor= times as long as the one before, up to max=. These are the four numbers of "
              "Exim's smtp_ratelimit_mail and smtp_ratelimit_rcpt.\n\n"
              "A correct client waits five minutes for the reply to MAIL or RCPT.",
    .clause = "RFC 5321 section 4.5.3.2: how long client and server have to wait for each other.",
    .example = "to client reply after MAIL progressive-delay after=2 time=500ms factor=1.05 max=4m",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(progressive_delay_params),
    .state_size = sizeof(struct progress),
    .apply = progressive_delay_apply,
};
