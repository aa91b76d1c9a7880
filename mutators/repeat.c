/* repeat: says an event several times over. */
#include "base/limits.h"
#include "mutators/mutator.h"

enum { COUNT };

static const struct param repeat_params[] = {
    [COUNT] = { .name = "count",
                .kind = PARAM_COUNT,
                .preset = 1,
                .min = 1,
                .max = REPEAT_MAX,
                .what = "how many copies are sent behind the first" },
};

static enum verdict repeat_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t count = mutation_param(mutation, COUNT);
    mutation_send(mutation, event->raw);
    for (uint64_t i = 0; i < count && mutation->content.len + event->raw.len <= REPEAT_BYTES_MAX;
         i++)
        mutation_add(mutation, event->raw);
    return TAKEN;
}

const struct mutator mutator_repeat = {
    .name = "repeat",
    .family = "replies and commands",
    .summary = "Send a command, a reply or a line of mail several times.",
    .detail = "The server's replies to the copies of a command are swallowed, so the client stays "
              "in step and only the server is put to the test. Copies of a reply reach the client, "
              "which gets out of step by as many. Long events are copied up to 1 MiB in all.",
    .clause = "RFC 5321 section 4.2: each command gets exactly one reply.",
    .example = "to server command RCPT repeat count=2",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(repeat_params),
    .takes_always = true,
    .apply = repeat_apply,
};
