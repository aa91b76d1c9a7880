/* keep_alive: the lines of a reply come long before its last one. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { LINE, EVERY, COUNT };

static const struct param keep_alive_params[] = {
    [LINE] = { .name = "line",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "what is said each time, code and hyphen included; CRLF is added unless it "
                       "shows its own end" },
    [EVERY] = { .name = "every",
                .kind = PARAM_TIME,
                .preset = SECONDS(20),
                .max = MINUTES(10),
                .what = "the wait before each of them, and before the reply itself" },
    [COUNT] = { .name = "count",
                .kind = PARAM_COUNT,
                .preset = 3,
                .min = 1,
                .max = 100,
                .what = "how often" },
};

static enum verdict keep_alive_apply(struct mutation *mutation, const struct smtp_event *event)
{
    duration every = mutation_param(mutation, EVERY);
    uint64_t count = mutation_param(mutation, COUNT);
    struct span line = mutation_text(mutation, LINE);
    for (uint64_t i = 0; i < count; i++) {
        mutation_pause(mutation, every);
        line_send(mutation, line);
    }
    mutation_pause(mutation, every);
    mutation_send(mutation, event->raw);
    return TAKEN;
}

const struct mutator mutator_keep_alive = {
    .name = "keep-alive",
    .family = "timing",
    .summary = "Say lines now and then before a greeting or a reply, so that nobody hangs up.",
    .detail =
        "With `250-` in front the lines begin the reply before anybody knows how it will end: "
        "a client that takes the first line for all of it believes in success, one that "
        "starts its timer anew only with a whole reply gives up. When the last line then has "
        "another code, clients differ about which one counts.",
    .clause = "RFC 5321 section 4.2.1: all lines of a reply have the same code; section 4.5.3.2.6: "
              "ten minutes for the reply to the final dot.",
    .example = "to client reply 250 after DATA keep-alive line=\"250-still scanning\" every=2s",
    .wants = SMTP_GREETING | SMTP_REPLY,
    .directions = ONLY_TO_CLIENT,
    PARAM_TABLE(keep_alive_params),
    .apply = keep_alive_apply,
};
