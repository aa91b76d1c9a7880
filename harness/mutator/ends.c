/* ends: sequences that some program takes for the end of mail and another does not: a line ending,
 * a dot, a line ending, all of them odd, and commands behind. */
#include "harness/mutator/work.h"

static const struct span line_ends[] = {
    SPAN_INIT("\r\n"),   SPAN_INIT("\n"),     SPAN_INIT("\r"),           SPAN_INIT("\r\r\n"),
    SPAN_INIT("\n\r"),   SPAN_INIT("\r\n\0"), SPAN_INIT("\0\r\n"),       SPAN_INIT("\v"),
    SPAN_INIT("\f"),     SPAN_INIT("\x85"),   SPAN_INIT("\xe2\x80\xa8"), SPAN_INIT(" \r\n"),
    SPAN_INIT("\t\r\n"),
};
static const struct span dots[] = { SPAN_INIT("."),   SPAN_INIT("."),  SPAN_INIT(".."),
                                    SPAN_INIT(".\0"), SPAN_INIT(". "), SPAN_INIT("\xef\xbc\x8e") };
static const struct span behind[] = {
    SPAN_INIT(""),
    SPAN_INIT("more mail\r\n.\r\n"),
    SPAN_INIT("MAIL FROM:<eve@me.test>\r\nRCPT TO:<bob@mx.test>\r\nDATA\r\nX: y\r\n\r\nz\r\n.\r\n"),
    SPAN_INIT("MAIL FROM:<eve@me.test>\r\nRCPT TO:<bob@mx.test>\r\nBDAT 6 LAST\r\nX: y\r\n"),
    SPAN_INIT("QUIT\r\n"),
};

/* Behind a line of mail or in place of its true end. */
bool operation_end_of_data(struct work *work)
{
    size_t at;
    if (!work_find(work, SMTP_BODY | SMTP_BODY_END, &at))
        return false;
    const struct unit *unit = &work->stream.units[at];
    bool is_end = unit->kind == SMTP_BODY_END;
    text_clear(&work->piece);
    if (!is_end)
        text_add(&work->piece, span_chomp(unit->raw));
    text_add(&work->piece, WORK_CHOOSE(work, line_ends));
    text_add(&work->piece, WORK_CHOOSE(work, dots));
    text_add(&work->piece, WORK_CHOOSE(work, line_ends));
    text_add(&work->piece, WORK_CHOOSE(work, behind));
    if (is_end && work_chance(work, 2))
        text_add(&work->piece, SPAN("\r\n.\r\n"));
    return work_replace_piece(work, at, 1);
}
