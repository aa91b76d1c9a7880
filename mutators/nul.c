/* nul: NUL bytes where text was. Programs written in C tend to stop there. */
#include "mutators/mutator.h"

enum { WHERE, COUNT };
enum { START, MIDDLE, END };

static const struct param nul_params[] = {
    [WHERE] = { .name = "where",
                .kind = PARAM_WORD,
                .choices = "start|middle|end",
                .preset = END,
                .what = "where in the line; end is before its line ending" },
    [COUNT] = { .name = "count",
                .kind = PARAM_COUNT,
                .preset = 1,
                .min = 1,
                .max = 1000,
                .what = "how many of them" },
};

static enum verdict nul_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t where = mutation_param(mutation, WHERE);
    uint64_t count = mutation_param(mutation, COUNT);
    size_t len = span_chomp(event->raw).len;
    size_t at = where == START ? 0 : where == MIDDLE ? len / 2 : len;
    mutation_send(mutation, span_take(event->raw, at));
    for (uint64_t i = 0; i < count; i++)
        mutation_send(mutation, SPAN("\0"));
    mutation_send(mutation, span_drop(event->raw, at));
    return TAKEN;
}

const struct mutator mutator_nul = {
    .name = "nul",
    .family = "content",
    .summary = "Put NUL bytes into lines of mail, commands or replies.",
    .detail = "Some servers miss the end of mail behind a last line that ends in NUL, some drop "
              "the rest of the line, some firewalls the connection. In commands a NUL is an error, "
              "in mail it is text that nobody should send.",
    .clause = "RFC 5321 section 4.1.1.4: control characters may cause problems; RFC 2045 section "
              "2.8: no NUL in mail.",
    .example = "to server body once per message nul where=end",
    .wants = SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(nul_params),
    .apply = nul_apply,
};
