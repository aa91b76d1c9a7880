/* end_of_data: see end_of_data.h. */
#include "mutators/end_of_data.h"

#include "base/check.h"

struct sequence_part {
    const char *name;
    struct span bytes;
};

static const struct sequence_part edges[] = {
#define EDGE(name, bytes) { name, SPAN_INIT(bytes) },
#include "mutators/end_of_data.def"
};

static const struct sequence_part dots[] = {
#define DOT(name, bytes) { name, SPAN_INIT(bytes) },
#include "mutators/end_of_data.def"
};

#define EDGES (sizeof edges / sizeof edges[0])
#define DOTS (sizeof dots / sizeof dots[0])
_Static_assert(EDGES *DOTS *EDGES == END_OF_DATA_COUNT, "the header says how many there are");

static void parts_of(size_t n, const struct sequence_part *parts[3])
{
    check(n >= 1 && n <= END_OF_DATA_COUNT);
    size_t at = n - 1;
    parts[0] = &edges[at / (DOTS * EDGES)];
    parts[1] = &dots[at / EDGES % DOTS];
    parts[2] = &edges[at % EDGES];
}

void end_of_data_add(struct text *out, size_t n)
{
    const struct sequence_part *parts[3];
    parts_of(n, parts);
    for (size_t i = 0; i < 3; i++)
        text_add(out, parts[i]->bytes);
}

void end_of_data_name(struct text *out, size_t n)
{
    const struct sequence_part *parts[3];
    parts_of(n, parts);
    text_addf(out, "%s %s %s", parts[0]->name, parts[1]->name, parts[2]->name);
}

/* -- who could emit it ---------------------------------------------------------------------- */

static uint8_t byte_at(struct span bytes, size_t at)
{
    return at < bytes.len ? bytes.ptr[at] : 'x';
}

static bool has_lone_line_end(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++) {
        if (bytes.ptr[i] == '\r' && byte_at(bytes, i + 1) != '\n')
            return true;
        if (bytes.ptr[i] == '\n' && (i == 0 || bytes.ptr[i - 1] != '\r'))
            return true;
    }
    return false;
}

static bool has_single_dot(struct span bytes)
{
    size_t at = span_search(bytes, SPAN("\r\n."));
    return at < bytes.len && byte_at(bytes, at + 3) != '.';
}

static bool has_control(struct span bytes)
{
    struct span plain = SPAN("\r\n\t");
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] < ' ' && span_find(plain, bytes.ptr[i]) == plain.len)
            return true;
    return false;
}

static bool has_eight_bit(struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        if (bytes.ptr[i] > 0x7f)
            return true;
    return false;
}

enum end_of_data_emitter end_of_data_emitter(struct span sequence)
{
    if (has_lone_line_end(sequence))
        return EMITTED_NEVER;
    if (span_search(sequence, SPAN("\r\n.\r\n")) < sequence.len)
        return EMITTED_AS_THE_END;
    if (has_single_dot(sequence))
        return EMITTED_NEVER;
    if (has_control(sequence))
        return EMITTED_THOUGH_ADVISED;
    return has_eight_bit(sequence) ? EMITTED_WITH_8BITMIME : EMITTED_FREELY;
}

/* -- for mutators --------------------------------------------------------------------------- */

bool end_of_data_is_said(const struct argument *as, const struct argument *sequence,
                         struct text *error)
{
    if (as->given != sequence->given)
        return true;
    text_addf(error, "either as= or sequence= is needed");
    return false;
}

void end_of_data_send(struct mutation *mutation, size_t as, size_t sequence)
{
    struct text bytes = { 0 };
    if (mutation_has(mutation, as))
        text_add(&bytes, mutation_text(mutation, as));
    else
        end_of_data_add(&bytes, (size_t)mutation_param(mutation, sequence));
    mutation_send(mutation, text_span(&bytes));
    text_deinit(&bytes);
}
