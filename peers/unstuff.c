/* unstuff: see unstuff.h. Whole stretches are found by their dots, which are rarer than lines. */
#include "peers/unstuff.h"

static struct span take(struct span *bytes, size_t n)
{
    struct span taken = span_take(*bytes, n);
    *bytes = span_drop(*bytes, n);
    return taken;
}

/* Bytes up to the first dot behind a CRLF that stands in this stretch too, or all of them. */
static size_t stretch_length(struct span bytes)
{
    for (size_t from = 2; from < bytes.len; from++) {
        from += span_find(span_drop(bytes, from), '.');
        if (from < bytes.len && bytes.ptr[from - 1] == '\n' && bytes.ptr[from - 2] == '\r')
            return from;
    }
    return bytes.len;
}

static enum unstuff_at state_behind(struct span stretch)
{
    if (span_ends(stretch, SPAN("\r\n")))
        return UNSTUFF_LINE_START;
    return span_ends(stretch, SPAN("\r")) ? UNSTUFF_CR : UNSTUFF_MID_LINE;
}

static void mid_line(struct unstuff *unstuff, struct span *bytes, struct span *piece)
{
    *piece = take(bytes, stretch_length(*bytes));
    unstuff->at = state_behind(*piece);
}

static void after_cr(struct unstuff *unstuff, struct span *bytes, struct span *piece)
{
    if (bytes->ptr[0] != '\n') {
        unstuff->at = UNSTUFF_MID_LINE;
        return;
    }
    *piece = take(bytes, 1);
    unstuff->at = UNSTUFF_LINE_START;
}

static void line_start(struct unstuff *unstuff, struct span *bytes)
{
    bool is_dot = bytes->ptr[0] == '.';
    take(bytes, is_dot ? 1 : 0);
    unstuff->at = is_dot ? UNSTUFF_DOT : UNSTUFF_MID_LINE;
}

/* The dot is forgotten either way: it was stuffed, or it is the end. */
static void after_dot(struct unstuff *unstuff, struct span *bytes)
{
    bool is_cr = bytes->ptr[0] == '\r';
    take(bytes, is_cr ? 1 : 0);
    unstuff->at = is_cr ? UNSTUFF_DOT_CR : UNSTUFF_MID_LINE;
}

static bool after_dot_cr(struct unstuff *unstuff, struct span *bytes, struct span *piece)
{
    if (bytes->ptr[0] == '\n') {
        take(bytes, 1);
        unstuff->at = UNSTUFF_LINE_START;
        return true;
    }
    *piece = SPAN("\r");
    unstuff->at = UNSTUFF_MID_LINE;
    return false;
}

enum unstuffed unstuff_next(struct unstuff *unstuff, struct span *bytes, struct span *piece)
{
    *piece = SPAN("");
    if (bytes->len == 0)
        return UNSTUFFED_MORE;
    switch (unstuff->at) {
    case UNSTUFF_LINE_START: line_start(unstuff, bytes); break;
    case UNSTUFF_DOT: after_dot(unstuff, bytes); break;
    case UNSTUFF_DOT_CR:
        if (after_dot_cr(unstuff, bytes, piece))
            return UNSTUFFED_END;
        break;
    case UNSTUFF_CR: after_cr(unstuff, bytes, piece); break;
    case UNSTUFF_MID_LINE: mid_line(unstuff, bytes, piece); break;
    }
    return UNSTUFFED_PIECE;
}
