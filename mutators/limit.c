/* limit: so many bytes in one direction, and then an end or silence. */
#include "mutators/mutator.h"
#include "smtp/about.h"

enum { MAX, THEN, PER };
enum { PER_SESSION_ITSELF, PER_EACH_MESSAGE };

static const struct param limit_params[] = {
    [MAX] = { .name = "max",
              .kind = PARAM_SIZE,
              .preset = 1000,
              .max = UINT64_MAX - 1,
              .what = "bytes of the rule's events that still leave" },
    [THEN] = { .name = "then",
               .kind = PARAM_WORD,
               .choices = "finish|mute|blackhole|reset",
               .what = "what happens behind them" },
    [PER] = { .name = "per",
              .kind = PARAM_WORD,
              .choices = "session|message",
              .what = "what the bytes are counted in" },
};

struct count {
    uint64_t message;
    uint64_t bytes;
};

static enum verdict limit_apply(struct mutation *mutation, const struct smtp_event *event)
{
    static const enum fate fates[] = { FATE_FINISH, FATE_MUTE, FATE_BLACKHOLE, FATE_RESET };
    struct count *count = mutation->state;
    uint64_t max = mutation_param(mutation, MAX);
    enum fate fate = fates[mutation_param(mutation, THEN)];
    uint64_t message = about_message(mutation->dialogue, event);
    if (mutation_param(mutation, PER) == PER_EACH_MESSAGE && message != count->message)
        *count = (struct count){ .message = message };
    uint64_t before = count->bytes;
    count->bytes += event->raw.len;
    if (before <= max && count->bytes > max)
        mutation_end(mutation, fate, max - before);
    return UNTOUCHED;
}

const struct mutator mutator_limit = {
    .name = "limit",
    .family = "connection",
    .summary = "Let so many bytes of a direction leave, then end the session or fall silent.",
    .detail =
        "The bytes of all events that the rule hits are counted together. The event with the "
        "byte too many is cut there; then both connections end in order (finish), are torn "
        "(reset) or stay open in silence (blackhole), or only this direction falls silent "
        "(mute).\n\n"
        "A path that lets the first segment of a mail pass and loses the rest looks like this "
        "from both ends: each waits for the other until its timer fires.",
    .clause = "RFC 5321 section 4.5.3.2: timers of both sides; section 4.1.1.4: mail that is cut "
              "off is thrown away.",
    .example = "to server body limit max=1KB then=blackhole",
    .wants = SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    .timing_only = true,
    .on_bulk = true,
    PARAM_TABLE(limit_params),
    .state_size = sizeof(struct count),
    .apply = limit_apply,
};
