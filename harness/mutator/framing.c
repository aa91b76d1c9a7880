/* framing: how lines end, how long they are, and bytes that no line should hold. */
#include "harness/mutator/work.h"

bool operation_line_end(struct work *work)
{
    static const struct span ends[] = {
        SPAN_INIT("\r\n"),     SPAN_INIT("\n"),     SPAN_INIT("\r"),   SPAN_INIT("\r\r\n"),
        SPAN_INIT("\n\r"),     SPAN_INIT("\0\r\n"), SPAN_INIT("\v"),   SPAN_INIT("\f"),
        SPAN_INIT(" \t\r\n"),  SPAN_INIT(""),       SPAN_INIT("\x85"), SPAN_INIT("\xe2\x80\xa8"),
        SPAN_INIT("\r\n\r\n"), SPAN_INIT("\r\n\n"),
    };
    if (work->stream.count == 0)
        return false;
    struct span raw = work->stream.units[work_pick(work, work->stream.count)].raw;
    return work_replace_part(work, span_line_end(raw), WORK_CHOOSE(work, ends));
}

bool operation_line_length(struct work *work)
{
    static const struct span fillings[] = {
        SPAN_INIT("a"), SPAN_INIT(" "), SPAN_INIT("\xff"), SPAN_INIT(":"),
        SPAN_INIT("@"), SPAN_INIT("("), SPAN_INIT("\""),   SPAN_INIT("a."),
        SPAN_INIT("<"), SPAN_INIT(","), SPAN_INIT("%41"),  SPAN_INIT("=?a?q?"),
    };
    if (work->stream.count == 0)
        return false;
    struct span raw = work->stream.units[work_pick(work, work->stream.count)].raw;
    struct span line = span_chomp(raw);
    size_t wanted = work_odd_length(work);
    struct span filling = WORK_CHOOSE(work, fillings);
    text_clear(&work->piece);
    while (work->piece.len + line.len < wanted && !work->piece.cut)
        text_add(&work->piece, filling);
    size_t at = work_chance(work, 2) ? line.len : work_pick(work, line.len + 1);
    return work_replace_part(work, span_take(span_drop(raw, at), 0), text_span(&work->piece));
}

bool operation_odd_byte(struct work *work)
{
    static const struct span odd[] = {
        SPAN_INIT("\0"),   SPAN_INIT("\r"),   SPAN_INIT("\n"),       SPAN_INIT("\t"),
        SPAN_INIT("\x7f"), SPAN_INIT("\xff"), SPAN_INIT("\xc3\xa4"), SPAN_INIT("\""),
        SPAN_INIT("\\"),   SPAN_INIT("<"),    SPAN_INIT(">"),        SPAN_INIT("("),
        SPAN_INIT("%"),    SPAN_INIT("$"),    SPAN_INIT("@"),        SPAN_INIT(":"),
        SPAN_INIT(";"),    SPAN_INIT("="),    SPAN_INIT("\x1b"),     SPAN_INIT("\xef\xbb\xbf"),
    };
    struct span bytes = work->stream.bytes;
    if (bytes.len == 0)
        return false;
    struct span raw = work->stream.units[work_pick(work, work->stream.count)].raw;
    size_t at = work_pick(work, raw.len + 1);
    size_t gone = work_pick(work, 2);
    return work_replace_part(work, span_take(span_drop(raw, at), gone), WORK_CHOOSE(work, odd));
}
