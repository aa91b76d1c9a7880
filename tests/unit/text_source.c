/* text_source: see text_source.h. */
#include "text_source.h"

static bool text_source_next(struct sender_source *base, struct span *piece)
{
    struct text_source *source = (struct text_source *)base;
    *piece = span_take(source->rest, source->cut ? source->cut : source->rest.len);
    source->rest = span_drop(source->rest, piece->len);
    return piece->len > 0 || !source->breaks;
}

struct text_source text_source(struct span text, size_t cut)
{
    return (struct text_source){ .source = { text_source_next }, .rest = text, .cut = cut };
}
