/* heard: see heard.h. */
#include "play/heard.h"

#include "play/transcript_text.h"

/* Lines of what was heard that a diff shows. */
#define DIFF_LINES_MAX 6

void heard_deinit(struct heard *heard)
{
    text_deinit(&heard->bytes);
}

void heard_add(struct heard *heard, struct span bytes)
{
    if (heard->claimed == heard->bytes.len) {
        text_clear(&heard->bytes);
        heard->claimed = 0;
    }
    text_add(&heard->bytes, bytes);
}

void heard_add_end(struct heard *heard, enum play_end end)
{
    if (heard->end == PLAY_NO_END)
        heard->end = end;
}

struct span heard_rest(const struct heard *heard)
{
    return span_drop(text_span(&heard->bytes), heard->claimed);
}

bool heard_has_rest(const struct heard *heard)
{
    return heard_rest(heard).len > 0 || (heard->end != PLAY_NO_END && !heard->end_claimed);
}

void heard_claim_rest(struct heard *heard)
{
    heard->claimed = heard->bytes.len;
    heard->end_claimed = heard->end != PLAY_NO_END;
}

struct span heard_next_line(struct span *rest)
{
    struct span line = span_take(*rest, span_find(*rest, '\n') + 1);
    *rest = span_drop(*rest, line.len);
    return line;
}

static enum heard_verdict claim_end(struct heard *heard, enum play_end end)
{
    if (heard_rest(heard).len > 0 || heard->end_claimed)
        return HEARD_MISMATCH;
    if (heard->end == PLAY_NO_END)
        return HEARD_NOT_YET;
    heard->end_claimed = heard->end == end;
    return heard->end_claimed ? HEARD_MATCH : HEARD_MISMATCH;
}

/* How many bytes of `rest` the step claims; 0 when the end of its line has not come. */
static size_t claim_length(struct span rest, const struct play_step *step)
{
    if (!step->rest)
        return step->bytes.len;
    size_t line = span_find(span_drop(rest, step->bytes.len), '\n');
    return step->bytes.len + line < rest.len ? step->bytes.len + line + 1 : 0;
}

enum heard_verdict heard_claim(struct heard *heard, const struct play_step *step)
{
    if (step->end != PLAY_NO_END)
        return claim_end(heard, step->end);
    struct span rest = heard_rest(heard);
    struct span expected = text_span(&step->bytes);
    enum heard_verdict lacking = heard->end == PLAY_NO_END ? HEARD_NOT_YET : HEARD_MISMATCH;
    if (rest.len < expected.len)
        return span_starts(expected, rest) ? lacking : HEARD_MISMATCH;
    if (!span_starts(rest, expected))
        return HEARD_MISMATCH;
    size_t length = claim_length(rest, step);
    heard->claimed += length;
    return length > 0 || expected.len == 0 ? HEARD_MATCH : lacking;
}

/* -- the diff ------------------------------------------------------------------------------- */

static size_t common_length(struct span a, struct span b)
{
    size_t at = 0;
    while (at < a.len && at < b.len && a.ptr[at] == b.ptr[at])
        at++;
    return at;
}

static void add_shown(struct text *out, const char *sign, struct span bytes, const char *more)
{
    text_addf(out, "    %s ", sign);
    step_text_add_escaped(out, bytes);
    text_addf(out, "%s\n", more);
}

static void add_expected(const struct play_step *step, struct text *out)
{
    add_shown(out, "-", text_span(&step->bytes), step->rest ? "\\*" : play_end_name(step->end));
}

/* The mark below the first byte that differs, where `equal` bytes do not. */
static void add_mark(struct span line, size_t equal, struct text *out)
{
    struct text before = { 0 };
    step_text_add_escaped(&before, span_take(line, equal));
    text_addf(out, "      %*s^\n", (int)before.len, "");
    text_deinit(&before);
}

void heard_add_diff(const struct heard *heard, const struct play_step *step, struct text *out)
{
    struct span rest = heard_rest(heard);
    bool end_open = heard->end != PLAY_NO_END && !heard->end_claimed;
    if (step)
        add_expected(step, out);
    if (!heard_has_rest(heard))
        text_addf(out, "    + (nothing)\n");
    for (size_t shown = 0; rest.len > 0 && shown < DIFF_LINES_MAX; shown++) {
        struct span line = heard_next_line(&rest);
        add_shown(out, "+", line, "");
        if (shown == 0 && step && step->end == PLAY_NO_END)
            add_mark(line, common_length(text_span(&step->bytes), line), out);
    }
    if (rest.len > 0)
        text_addf(out, "    + … %zu bytes more\n", rest.len);
    else if (end_open)
        add_shown(out, "+", SPAN(""), play_end_name(heard->end));
}
