/* strip_8bit: seven bits must do, as on the hops that 8BITMIME was made for. */
#include "mutators/mutator.h"

enum { WITH };
enum { CLEAR, QUESTION, NOTHING };

static const struct param strip_8bit_params[] = {
    [WITH] = { .name = "with",
               .kind = PARAM_WORD,
               .choices = "clear|question|nothing",
               .preset = CLEAR,
               .what = "whether the eighth bit is cleared, a question mark put, or the byte left "
                       "out" },
};

static size_t eight_bit_at(struct span bytes)
{
    size_t at = 0;
    while (at < bytes.len && bytes.ptr[at] < 0x80)
        at++;
    return at;
}

static void send_instead(struct mutation *mutation, uint8_t byte, uint64_t with)
{
    uint8_t cleared = byte & 0x7f;
    /* A line end or dot that was none before would be another mutator's harm. */
    if (cleared < ' ' || cleared == '.')
        cleared = '?';
    if (with != NOTHING)
        mutation_send(mutation, with == CLEAR ? span_make(&cleared, 1) : SPAN("?"));
}

static enum verdict strip_8bit_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct span rest = event->raw;
    uint64_t with = mutation_param(mutation, WITH);
    if (eight_bit_at(rest) == rest.len)
        return UNTOUCHED;
    while (rest.len > 0) {
        size_t at = eight_bit_at(rest);
        if (at > 0)
            mutation_send(mutation, span_take(rest, at));
        if (at < rest.len)
            send_instead(mutation, rest.ptr[at], with);
        rest = span_drop(rest, at + 1);
    }
    return TAKEN;
}

const struct mutator mutator_strip_8bit = {
    .name = "strip-8bit",
    .family = "content",
    .summary = "Make mail, commands or replies fit into seven bits.",
    .detail =
        "Text in other languages turns into other letters (`Gr\\xfc\\xdfe` to `Gr|_e`), UTF-8 "
        "to noise, and what signed it no longer does. Where clearing the bit would make a "
        "control character or a dot, a question mark stands in its place.\n\n"
        "A server that does not offer 8BITMIME (`ehlo remove=8BITMIME`) makes good senders "
        "encode such mail first.",
    .clause = "RFC 6152 section 3: a server that offers 8BITMIME keeps all eight bits.",
    .example = "to server body strip-8bit",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(strip_8bit_params),
    .apply = strip_8bit_apply,
};
