/* work: see work.h. */
#include "harness/mutator/work.h"

size_t work_pick(struct work *work, size_t count)
{
    return (size_t)prng_between(&work->prng, 0, count - 1);
}

bool work_chance(struct work *work, unsigned of)
{
    return prng_chance(&work->prng, 1, of);
}

struct span work_choose(struct work *work, const struct span *table, size_t count)
{
    return table[work_pick(work, count)];
}

size_t work_odd_length(struct work *work)
{
    static const size_t bounds[] = { 64, 255, 512, 1000, 2048, 4096, 8192, 16384 };
    size_t bound = bounds[work_pick(work, sizeof bounds / sizeof bounds[0])];
    return bound - 2 + work_pick(work, 5);
}

struct span work_odd_number(struct work *work)
{
    static const struct span numbers[] = {
        SPAN_INIT("0"),          SPAN_INIT("-1"),
        SPAN_INIT("1"),          SPAN_INIT("2147483647"),
        SPAN_INIT("2147483648"), SPAN_INIT("4294967295"),
        SPAN_INIT("4294967296"), SPAN_INIT("9223372036854775807"),
        SPAN_INIT("00000001"),   SPAN_INIT("18446744073709551615"),
        SPAN_INIT("+1"),         SPAN_INIT("18446744073709551617"),
        SPAN_INIT("0x10"),       SPAN_INIT("1e9"),
        SPAN_INIT(""),           SPAN_INIT("99999999999999999999999999999999999999"),
    };
    return WORK_CHOOSE(work, numbers);
}

bool work_find(struct work *work, unsigned kinds, size_t *unit)
{
    size_t found = 0;
    for (size_t i = 0; i < work->stream.count; i++)
        if (kinds & work->stream.units[i].kind && work_pick(work, ++found) == 0)
            *unit = i;
    return found > 0;
}

bool work_find_verb(struct work *work, enum verb verb, size_t *unit)
{
    size_t found = 0;
    for (size_t i = 0; i < work->stream.count; i++)
        if (work->stream.units[i].verb == verb && work_pick(work, ++found) == 0)
            *unit = i;
    return found > 0;
}

bool work_replace(struct work *work, size_t first, size_t count, struct span bytes)
{
    const struct stream *stream = &work->stream;
    first = first < stream->count ? first : stream->count;
    text_clear(&work->out);
    text_add(&work->out, stream_units(stream, 0, first));
    text_add(&work->out, bytes);
    size_t behind = count < stream->count - first ? first + count : stream->count;
    text_add(&work->out, stream_units(stream, behind, stream->count));
    return true;
}

bool work_replace_piece(struct work *work, size_t first, size_t count)
{
    return work_replace(work, first, count, text_span(&work->piece));
}

bool work_replace_part(struct work *work, struct span part, struct span bytes)
{
    struct span whole = work->stream.bytes;
    size_t at = part.ptr ? (size_t)(part.ptr - whole.ptr) : 0;
    text_clear(&work->out);
    text_add(&work->out, span_take(whole, at));
    text_add(&work->out, bytes);
    text_add(&work->out, span_drop(whole, at + part.len));
    return true;
}
