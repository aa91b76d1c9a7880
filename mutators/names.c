/* names: see names.h. */
#include "mutators/names.h"

bool names_next(struct span *names, struct span *name)
{
    while (names->len > 0) {
        struct cut cut = span_cut(*names, ',');
        *names = cut.after;
        *name = span_trim(cut.before);
        if (name->len > 0)
            return true;
    }
    return false;
}

bool names_has(struct span names, struct span name)
{
    struct span next;
    while (names_next(&names, &next))
        if (span_equal_nocase(next, name))
            return true;
    return false;
}
