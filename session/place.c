/* place: where in a person's input something stands, as compilers write it. */
#include "session/rule.h"

void place_add(const struct place *place, struct text *out)
{
    text_add(out, place->file ? span_of(place->file) : SPAN("rule"));
    if (place->line)
        text_addf(out, ":%zu", place->line);
    if (place->column)
        text_addf(out, ":%zu", place->column);
    text_add(out, SPAN(": "));
}
