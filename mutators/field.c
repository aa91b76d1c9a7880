/* field: see field.h. */
#include "mutators/field.h"

/* RFC 5322 section 3.6.8, ftext: printable ASCII but the colon. */
static size_t name_length(struct span line)
{
    size_t len = 0;
    while (len < line.len && line.ptr[len] > ' ' && line.ptr[len] < 0x7f && line.ptr[len] != ':')
        len++;
    return len;
}

enum field_line field_line_of(const struct smtp_event *event, struct span *name)
{
    struct span line = span_chomp(event->raw);
    size_t len = name_length(line);
    /* Section 4.5 lets old mail have blanks before the colon. */
    struct span behind = span_trim(span_drop(line, len));
    bool has_colon = behind.len > 0 && behind.ptr[0] == ':';
    *name = has_colon ? span_take(line, len) : SPAN("");
    if (!event->body.starts_line)
        return FIELD_CONTINUES;
    if (line.len == 0 || span_equal(line, SPAN("\r")))
        return FIELD_BLOCK_ENDS;
    if (line.ptr[0] == ' ' || line.ptr[0] == '\t')
        return event->body.offset > 0 ? FIELD_CONTINUES : FIELD_NONE;
    bool may_become = len > 0 && behind.len == 0 && !event->body.ends_line;
    return (len > 0 && has_colon) || may_become ? FIELD_BEGINS : FIELD_NONE;
}
