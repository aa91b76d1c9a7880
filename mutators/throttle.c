/* throttle: so many in a while, and no more. What it counts outlives the session. */
#include "mutators/answering.h"
#include "mutators/keys.h"
#include "mutators/mutator.h"

enum { MAX, TIME, KEY, REPLY, THEN };

static const struct param throttle_params[] = {
    [MAX] = { .name = "max",
              .kind = PARAM_COUNT,
              .preset = 10,
              .max = UINT32_MAX,
              .what = "how many pass in one while" },
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = MINUTES(1),
               .min = MS(1),
               .max = HOURS(24 * 365),
               .what = "how long a while is; it begins with the first event, and anew with the "
                       "first behind its end" },
    [KEY] = KEY_PARAM,
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "451 4.7.1 Too many messages, please try again later",
                .what = "the whole reply to all others" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict throttle_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t max = mutation_param(mutation, MAX);
    duration time = mutation_param(mutation, TIME);
    uint64_t key = mutation_key(mutation, (enum key)mutation_param(mutation, KEY));
    (void)event;
    if (mutation_recall_within(mutation, key, time).count <= max)
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_throttle = {
    .name = "throttle",
    .family = "policy with memory",
    .summary = "Let so many pass in a while, and refuse the rest until it is over.",
    .detail =
        "What is counted is what the rule hits: sessions at connect, messages at MAIL, recipients "
        "at RCPT. What is refused counts too. Each key has a while of its own. The memory is "
        "shared "
        "by all sessions of a run and bounded; what has not been used longest is forgotten "
        "first.\n\n"
        "A correct sender keeps the mail and tries again later, less often each time; one that "
        "tries again at once never gets below the limit.",
    .clause = "RFC 5321 section 4.5.4.1: the sender waits before it tries again.",
    .example = "to server command MAIL throttle max=100 time=30m reply=\"421 4.7.0 Rate limited\" "
               "then=finish",
    .wants = ANSWERING_WANTS,
    .directions = BOTH_WAYS,
    PARAM_TABLE(throttle_params),
    .apply = throttle_apply,
};
