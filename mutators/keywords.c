/* keywords: see keywords.h. */
#include "mutators/keywords.h"

#include "mutators/lines.h"

#define CODE_LEN 3
#define TEXT_AT 4

bool keywords_are_in(const struct smtp_event *event)
{
    bool extended = event->reply.after == VERB_EHLO || event->reply.after == VERB_LHLO;
    return event->kind == SMTP_REPLY && extended && event->reply.code == 250;
}

struct span keyword_line_text(struct span line)
{
    return span_drop(span_chomp(line), TEXT_AT);
}

struct span keyword_of(struct span line)
{
    struct span text = span_trim(keyword_line_text(line));
    size_t blank = span_find(text, ' ');
    size_t tab = span_find(text, '\t');
    return span_take(text, blank < tab ? blank : tab);
}

void keyword_line_add(struct text *out, struct span like, struct span text)
{
    text_add(out, span_take(like, CODE_LEN));
    text_add_byte(out, '-');
    text_add(out, text);
    if (line_missing_end(text).len > 0)
        text_add(out, span_line_end(like));
}

/* A last line that is a bare code needs no blank behind it. */
static void join_line(struct text *out, struct span line, bool goes_on)
{
    bool has_separator = span_chomp(line).len > CODE_LEN;
    text_add(out, span_take(line, CODE_LEN));
    if (goes_on || has_separator)
        text_add_byte(out, goes_on ? '-' : ' ');
    text_add(out, span_drop(line, has_separator ? TEXT_AT : CODE_LEN));
}

void keyword_lines_join(struct text *out, struct span lines)
{
    while (lines.len > 0) {
        struct span line = line_first(lines);
        lines = span_drop(lines, line.len);
        join_line(out, line, lines.len > 0);
    }
}
