/* corrupt: turns over single bits, as bad memory and worse middleboxes do. */
#include "mutators/mutator.h"

enum { BYTES };

static const struct param corrupt_params[] = {
    [BYTES] = { .name = "bytes",
                .kind = PARAM_COUNT,
                .preset = 1,
                .min = 1,
                .max = 1000,
                .what = "how many bytes of the event are changed, by one bit each" },
};

/* Lines stay lines and the end of mail stays where it is: other mutators are about those. */
static bool may_become(const struct text *bytes, size_t at, uint8_t byte)
{
    uint8_t was = bytes->ptr[at];
    bool dot = at == 0 && (byte == '.' || was == '.');
    return !dot && byte != '\r' && byte != '\n' && was != '\r' && was != '\n';
}

static bool corrupt_byte(struct mutation *mutation, struct text *bytes)
{
    size_t at = (size_t)prng_between(&mutation->prng, 0, bytes->len - 1);
    uint8_t bit = (uint8_t)(1u << prng_between(&mutation->prng, 0, 7));
    uint8_t byte = bytes->ptr[at] ^ bit;
    if (!may_become(bytes, at, byte))
        return false;
    bytes->ptr[at] = byte;
    return true;
}

static enum verdict corrupt_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t count = mutation_param(mutation, BYTES);
    struct text bytes = { 0 };
    bool changed = false;
    text_add(&bytes, event->raw);
    for (uint64_t i = 0; i < count && bytes.len > 0; i++)
        changed |= corrupt_byte(mutation, &bytes);
    if (changed)
        mutation_send(mutation, text_span(&bytes));
    text_deinit(&bytes);
    return changed ? TAKEN : UNTOUCHED;
}

const struct mutator mutator_corrupt = {
    .name = "corrupt",
    .family = "content",
    .summary = "Turn over single bits of mail, commands or replies.",
    .detail = "Which byte and which bit is drawn from the seed. Line endings stay, and no dot "
              "comes or goes at the beginning of a line. A byte that cannot be changed under these "
              "rules is left alone, so that now and then nothing happens at all.\n\n"
              "TCP's checksum misses one such error in some ten thousand; a body hash misses none.",
    .clause = "RFC 5321 section 4.5.2: mail is delivered as it was sent; RFC 6376 section 3.7.",
    .example = "to server body chance 1/10 corrupt bytes=1..3",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(corrupt_params),
    .apply = corrupt_apply,
};
