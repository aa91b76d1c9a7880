/* truncate: cuts mail off, and ends it as if that had been all. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { AFTER, WHERE };
enum { AT_LINE, AT_BYTE };

static const struct param truncate_params[] = {
    [AFTER] = { .name = "after",
                .kind = PARAM_SIZE,
                .preset = 1000,
                .max = UINT32_MAX,
                .what = "bytes of the mail that still leave, its header block included" },
    [WHERE] = { .name = "where",
                .kind = PARAM_WORD,
                .choices = "line|byte",
                .preset = AT_LINE,
                .what = "whether the line that reaches over them leaves whole or is cut" },
};

/* A cut that falls between dot and dot would end the mail or change its text. */
static struct span cut_line(const struct smtp_event *event, uint64_t left)
{
    struct span kept = span_take(span_chomp(event->raw), (size_t)left);
    bool lone_dot = event->body.starts_line && !event->body.chunked && span_equal(kept, SPAN("."));
    return lone_dot ? SPAN("") : kept;
}

static enum verdict truncate_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t after = mutation_param(mutation, AFTER);
    uint64_t begin = event->body.offset;
    bool cuts = mutation_param(mutation, WHERE) == AT_BYTE;
    if (begin + event->raw.len <= after || (!cuts && begin < after))
        return UNTOUCHED;
    if (begin >= after)
        return TAKEN;
    mutation_send(mutation, cut_line(event, after - begin));
    mutation_send(mutation, SPAN("\r\n"));
    return TAKEN;
}

const struct mutator mutator_truncate = {
    .name = "truncate",
    .family = "content",
    .summary = "Cut mail off, and end it as if that had been all.",
    .detail = "The end of mail comes as it should, so that the server takes the part for the whole "
              "and says 250. Boundaries of MIME parts stay open, base64 ends in the midst of a "
              "group, signatures break.",
    .clause = "RFC 5321 section 4.1.1.4: the receiver is responsible for the message, all of it.",
    .example = "to server body truncate after=1KB",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    .whole_message = true,
    PARAM_TABLE(truncate_params),
    .apply = truncate_apply,
};
