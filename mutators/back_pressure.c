/* back-pressure: a load that mail raises and time lowers; above its mark nothing is taken until it
 * has fallen far enough. */
#include "mutators/answering.h"
#include "mutators/keys.h"
#include "mutators/mutator.h"

enum { HIGH, LOW, DRAIN, KEY, REPLY, THEN };

static const struct param back_pressure_params[] = {
    [HIGH] = { .name = "high",
               .kind = PARAM_COUNT,
               .preset = 20,
               .min = 1,
               .max = UINT32_MAX,
               .what = "the load from which on all is refused" },
    [LOW] = { .name = "low",
              .kind = PARAM_COUNT,
              .preset = 5,
              .max = UINT32_MAX,
              .what = "the load at which things are taken again" },
    [DRAIN] = { .name = "drain",
                .kind = PARAM_TIME,
                .preset = SECONDS(1),
                .min = US(1),
                .max = HOURS(24),
                .what = "how long it takes the load to fall by one" },
    [KEY] = { .name = "key",
              .kind = PARAM_WORD,
              .choices = KEY_CHOICES,
              .preset = KEY_RUN,
              .what = "whose load it is; all share one unless told" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "452 4.3.1 Insufficient system resources",
                .what = "the whole reply while the load is high" },
    [THEN] = ANSWERING_THEN,
};

static bool back_pressure_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[LOW].high < arguments[HIGH].low)
        return true;
    text_addf(error, "low= is not below high=");
    return false;
}

static enum verdict back_pressure_apply(struct mutation *mutation, const struct smtp_event *event)
{
    const struct load load = { .high = mutation_param(mutation, HIGH),
                               .low = mutation_param(mutation, LOW),
                               .drain = mutation_param(mutation, DRAIN) };
    uint64_t key = mutation_key(mutation, (enum key)mutation_param(mutation, KEY));
    (void)event;
    if (!mutation_is_loaded(mutation, key, &load))
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_back_pressure = {
    .name = "back-pressure",
    .family = "policy with memory",
    .summary = "Take mail until the load is high, then none until it has fallen.",
    .detail = "Each event that the rule hits raises the load by one, and each drain= lowers it by "
              "one. From high= on all is refused; what is refused raises nothing; at low= all is "
              "taken again. So a server behaves that runs short of disk, memory or queue: it comes "
              "and goes with how hard it is pressed. The load is shared by all sessions of a "
              "run.\n\n"
              "A correct sender keeps the mail and tries again later; one that opens more "
              "connections instead stays refused.",
    .clause =
        "RFC 5321 section 4.2.1 and section 4.5.4.1: 452 is transient, and tried again later.",
    .example = "to server command MAIL back-pressure high=50 low=10 drain=2s",
    .wants = ANSWERING_WANTS,
    .directions = BOTH_WAYS,
    PARAM_TABLE(back_pressure_params),
    .accepts = back_pressure_accepts,
    .apply = back_pressure_apply,
};
