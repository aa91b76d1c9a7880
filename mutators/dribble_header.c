/* dribble_header: junk fields at the top of mail, one after the other, to keep the server waiting
 * while something scans the rest. */
#include <inttypes.h>

#include "mutators/mutator.h"

enum { NAME, COUNT, GAP };

static const struct param dribble_header_params[] = {
    [NAME] = { .name = "name",
               .kind = PARAM_LITERAL,
               .required = true,
               .what = "the field's name; its value counts from 0" },
    [COUNT] = { .name = "count",
                .kind = PARAM_COUNT,
                .preset = 3,
                .min = 1,
                .max = 100,
                .what = "how many of them" },
    [GAP] = { .name = "gap",
              .kind = PARAM_TIME,
              .preset = SECONDS(10),
              .max = MINUTES(10),
              .what = "the wait before each of them, and before the mail's own first line" },
};

static enum verdict dribble_header_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->body.offset > 0)
        return UNTOUCHED;
    uint64_t count = mutation_param(mutation, COUNT);
    duration gap = mutation_param(mutation, GAP);
    struct text field = { 0 };
    for (uint64_t i = 0; i < count; i++) {
        text_clear(&field);
        text_add(&field, mutation_text(mutation, NAME));
        text_addf(&field, ": %" PRIu64 "\r\n", i);
        mutation_pause(mutation, gap);
        mutation_send(mutation, text_span(&field));
    }
    text_deinit(&field);
    mutation_pause(mutation, gap);
    mutation_send(mutation, event->raw);
    return TAKEN;
}

const struct mutator mutator_dribble_header = {
    .name = "dribble-header",
    .family = "content",
    .summary = "Send junk fields above the mail's own, one after the other, with pauses.",
    .detail = "How desktop scanners keep a connection alive while they look at the mail: a field "
              "with a counter every few seconds, then the mail itself. The header block grows, "
              "Received is not the first field any more, and a server with a timer for the whole "
              "of DATA gives up all the same.",
    .clause = "RFC 5321 section 4.5.3.2.5: three minutes for a block of data; section 4.4: trace "
              "fields stand at the top.",
    .example = "to server body dribble-header name=X-Scanner-Keeps-Alive count=3 gap=10s",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .whole_message = true,
    PARAM_TABLE(dribble_header_params),
    .apply = dribble_header_apply,
};
