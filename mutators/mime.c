/* mime: see mime.h. */
#include "mutators/mime.h"

#include <stdbool.h>
#include <string.h>

/* Where `word` begins in `text`, letters folded; text.len when it does not. */
static size_t find_nocase(struct span text, struct span word)
{
    for (size_t i = 0; i + word.len <= text.len; i++)
        if (span_starts_nocase(span_drop(text, i), word))
            return i;
    return text.len;
}

/* RFC 2045 section 5.1: a quoted string, or all up to a blank or a semicolon. */
static struct span value_of(struct span text)
{
    size_t len = 0;
    if (span_starts(text, SPAN("\""))) {
        text = span_drop(text, 1);
        return span_take(text, span_find(text, '"'));
    }
    while (len < text.len && text.ptr[len] > ' ' && text.ptr[len] != ';')
        len++;
    return span_take(text, len);
}

void mime_read_header(struct mime *mime, struct span header)
{
    const struct span name = SPAN("boundary=");
    size_t at = find_nocase(header, name);
    struct span value = value_of(span_drop(header, at + name.len));
    if (at == header.len || value.len == 0 || value.len > MIME_BOUNDARY_MAX ||
        mime->depth == MIME_DEPTH_MAX)
        return;
    struct mime_boundary *boundary = &mime->boundaries[mime->depth++];
    memcpy(boundary->bytes, value.ptr, value.len);
    boundary->len = (uint8_t)value.len;
}

/* What stands behind "--" and the boundary; false when the line is no delimiter of this one. */
static bool is_delimiter(const struct mime_boundary *boundary, struct span line,
                         struct span *behind)
{
    struct span rest = span_drop(line, 2);
    *behind = span_drop(rest, boundary->len);
    return span_starts(line, SPAN("--")) &&
           span_starts(rest, span_make(boundary->bytes, boundary->len));
}

enum mime_line mime_read_line(struct mime *mime, struct span line)
{
    for (size_t i = mime->depth; i-- > 0;) {
        struct span behind;
        if (!is_delimiter(&mime->boundaries[i], line, &behind))
            continue;
        bool is_last = span_starts(behind, SPAN("--"));
        if (!is_last && span_trim(span_chomp(behind)).len > 0)
            continue;
        mime->depth = is_last ? i : i + 1;
        return is_last ? MIME_PARTS_END : MIME_PART_BEGINS;
    }
    return MIME_TEXT;
}
