/* wrap: breaks long lines of mail, as relays do that keep lines within a limit. */
#include "mutators/mutator.h"

enum { AT, WITH };

static const struct param wrap_params[] = {
    [AT] = { .name = "at",
             .kind = PARAM_COUNT,
             .preset = 998,
             .min = 1,
             .max = 65536,
             .what = "bytes of a line, without its line ending, before it is broken" },
    [WITH] = { .name = "with",
               .kind = PARAM_LITERAL,
               .preset_text = "\r\n ",
               .what = "the bytes put in there, with escapes" },
};

struct wrap_state {
    uint64_t next;   /* where in the mail the next piece of a line is to begin */
    uint64_t column; /* of the line under way, when it came in pieces */
};

/* Where a break leaves a dot in the first column, it has to be doubled. */
static void break_line(struct mutation *mutation, struct span with, struct span rest, bool stuffs)
{
    mutation_send(mutation, with);
    bool dot = span_starts(rest, SPAN(".")) && span_ends(with, SPAN("\n"));
    if (dot && stuffs)
        mutation_send(mutation, SPAN("."));
}

/* The column behind the line break: what stands behind its LF counts. */
static uint64_t column_behind(struct span with)
{
    size_t len = 0;
    while (len < with.len && with.ptr[with.len - 1 - len] != '\n')
        len++;
    return len;
}

/* The line ending; of a piece that was cut there, its CR. */
static size_t end_length(struct span raw)
{
    size_t len = span_line_end(raw).len;
    return len == 0 && span_ends(raw, SPAN("\r")) ? 1 : len;
}

static uint64_t send_wrapped(struct mutation *mutation, const struct smtp_event *event,
                             uint64_t column, uint64_t at)
{
    struct span with = mutation_text(mutation, WITH);
    struct span rest = span_drop_last(event->raw, end_length(event->raw));
    struct span end = span_drop(event->raw, rest.len);
    uint64_t indent = column_behind(with) < at ? column_behind(with) : 0;
    while (column + rest.len > at) {
        size_t len = column < at ? (size_t)(at - column) : 0;
        mutation_send(mutation, span_take(rest, len));
        rest = span_drop(rest, len);
        break_line(mutation, with, rest, !event->body.chunked);
        column = indent;
    }
    mutation_send(mutation, rest);
    mutation_send(mutation, end);
    return column + rest.len;
}

static enum verdict wrap_apply(struct mutation *mutation, const struct smtp_event *event)
{
    struct wrap_state *state = mutation->state;
    uint64_t at = mutation_param(mutation, AT);
    bool goes_on = !event->body.starts_line && event->body.offset == state->next;
    uint64_t column = goes_on ? state->column : 0;
    size_t len = event->raw.len - end_length(event->raw);
    bool fits = column + len <= at;
    state->column = fits ? column + len : send_wrapped(mutation, event, column, at);
    state->next = event->body.offset + event->raw.len;
    return fits ? UNTOUCHED : TAKEN;
}

const struct mutator mutator_wrap = {
    .name = "wrap",
    .family = "content",
    .summary = "Break long lines of mail in two or more.",
    .detail =
        "Lines of more than at= bytes get with= wherever they reach that many. A line break and a "
        "blank is what Postfix puts in (smtp_line_length_limit): in a header that is folding, in "
        "base64 and HTML it is damage, in quoted-printable a soft line break in the wrong place. "
        "Signatures break unless canonicalised more than relaxed.",
    .clause = "RFC 5321 section 4.5.3.1.6: lines of 1,000 bytes; section 6.4: no changes on the "
              "way.",
    .example = "to server body wrap at=998",
    .wants = SMTP_BODY,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(wrap_params),
    .state_size = sizeof(struct wrap_state),
    .apply = wrap_apply,
};
