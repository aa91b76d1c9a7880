/* rerun_difference: see rerun_difference.h. */
#include "play/rerun_difference.h"

/* Bytes shown before the place where the lines part, and in all. */
#define BEFORE_MAX 60
#define SHOWN_MAX 160

static size_t common_prefix(struct span a, struct span b)
{
    size_t n = 0;
    while (n < a.len && n < b.len && a.ptr[n] == b.ptr[n])
        n++;
    return n;
}

static void add_line(const char *mark, struct span line, size_t from, struct text *report)
{
    struct span shown = span_take(span_drop(line, from), SHOWN_MAX);
    text_addf(report, "    %s ", mark);
    if (from > 0)
        text_addf(report, "...");
    text_add(report, line.len > 0 ? shown : SPAN("(nothing)"));
    if (line.len > from + shown.len)
        text_addf(report, "...");
    text_add_byte(report, '\n');
}

void rerun_difference_add(struct span was, struct span is, struct text *report)
{
    size_t parts = common_prefix(was, is);
    size_t from = parts > BEFORE_MAX ? parts - BEFORE_MAX : 0;
    add_line("-", was, from, report);
    add_line("+", is, from, report);
    if (was.len == 0 || is.len == 0)
        return;
    text_addf(report, "      ");
    for (size_t i = 0; i < parts - from + (from > 0 ? 3 : 0); i++)
        text_add_byte(report, ' ');
    text_addf(report, "^\n");
}
