/* lengths: what is announced (BDAT, SIZE) is made true again after other changes, or made a lie. */
#include <inttypes.h>

#include "harness/mutator/work.h"
#include "smtp/parse.h"

static bool is_bdat(const struct unit *unit)
{
    return unit->verb == VERB_BDAT;
}

/* Bytes of what follows a BDAT until something that looks like the next command of the session. A
 * chunk whose length is wrong swallows or loses its neighbours: lines are looked at, not units. */
static size_t chunk_length(struct span rest)
{
    static const struct span ends[] = { SPAN_INIT("BDAT "), SPAN_INIT("QUIT\r\n"),
                                        SPAN_INIT("MAIL FROM:"), SPAN_INIT("RSET\r\n") };
    size_t at = 0;
    while (at < rest.len) {
        struct span here = span_drop(rest, at);
        for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
            if (span_starts_nocase(here, ends[i]))
                return at;
        at += span_find(here, '\n') + 1;
    }
    return rest.len;
}

/* The number of a BDAT, or of SIZE= in a MAIL; empty when the unit has none. */
static struct span announced(const struct unit *unit)
{
    struct span size = { 0 };
    struct smtp_command command = smtp_command_parse(unit->raw);
    if (is_bdat(unit))
        return span_cut(command.argument, ' ').before;
    if (unit->verb == VERB_MAIL && smtp_parameter(command.parameters, SPAN("SIZE"), &size))
        return size;
    return (struct span){ 0 };
}

static bool find_announced(struct work *work, size_t *unit)
{
    size_t found = 0;
    *unit = 0;
    for (size_t i = 0; i < work->stream.count; i++)
        if (announced(&work->stream.units[i]).len > 0 && work_pick(work, ++found) == 0)
            *unit = i;
    return found > 0;
}

bool operation_length_repair(struct work *work)
{
    size_t at;
    if (!work_find_verb(work, VERB_BDAT, &at))
        return false;
    const struct unit *unit = &work->stream.units[at];
    struct span number = announced(unit);
    size_t behind = (size_t)(unit->raw.ptr - work->stream.bytes.ptr) + unit->raw.len;
    size_t len = chunk_length(span_drop(work->stream.bytes, behind));
    text_clear(&work->piece);
    text_addf(&work->piece, "%zu", len);
    return number.len > 0 && work_replace_part(work, number, text_span(&work->piece));
}

bool operation_length_lie(struct work *work)
{
    size_t at = 0;
    if (!find_announced(work, &at))
        return false;
    struct span number = announced(&work->stream.units[at]);
    uint64_t value = 0;
    if (!span_number(number, &value) || work_chance(work, 2))
        return work_replace_part(work, number, work_odd_number(work));
    text_clear(&work->piece);
    text_addf(&work->piece, "%" PRIu64, value + work_pick(work, 5) - 2);
    return work_replace_part(work, number, text_span(&work->piece));
}

static void add_chunks(struct work *work, struct span mail)
{
    static const struct span lasts[] = { SPAN_INIT(" LAST"), SPAN_INIT(" LAST"), SPAN_INIT(" last"),
                                         SPAN_INIT(""), SPAN_INIT(" LAST x") };
    do {
        size_t len = work_chance(work, 3) ? work_pick(work, mail.len + 1) : mail.len;
        struct span chunk = span_take(mail, len);
        mail = span_drop(mail, len);
        text_addf(&work->piece, "BDAT %zu", chunk.len);
        text_add(&work->piece, mail.len > 0 ? SPAN("") : WORK_CHOOSE(work, lasts));
        text_add(&work->piece, SPAN("\r\n"));
        text_add(&work->piece, chunk);
    } while (mail.len > 0 && !work_chance(work, 16));
}

/* DATA and its mail become BDAT and chunks. */
bool operation_chunks(struct work *work)
{
    size_t at;
    if (!work_find_verb(work, VERB_DATA, &at))
        return false;
    size_t end = at + 1;
    while (end < work->stream.count && work->stream.units[end].kind == SMTP_BODY)
        end++;
    text_clear(&work->piece);
    add_chunks(work, stream_units(&work->stream, at + 1, end - at - 1));
    bool dot = end < work->stream.count && work->stream.units[end].kind == SMTP_BODY_END;
    return work_replace_piece(work, at, end - at + (dot ? 1 : 0));
}
