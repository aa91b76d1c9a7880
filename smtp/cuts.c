/* cuts: see cuts.h. */
#include "smtp/cuts.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"

void cuts_deinit(struct cuts *cuts)
{
    free(cuts->at);
    *cuts = (struct cuts){ 0 };
}

void cuts_add(struct cuts *cuts, uint64_t at)
{
    if (cuts->count == CUTS_KEPT_MAX || (cuts->count > 0 && cuts->at[cuts->count - 1] >= at))
        return;
    if (cuts->count == cuts->capacity) {
        cuts->capacity = cuts->capacity ? cuts->capacity * 2 : 8;
        cuts->at = realloc(cuts->at, cuts->capacity * sizeof *cuts->at);
        check(cuts->at != NULL);
    }
    cuts->at[cuts->count++] = at;
}

/* The index of the first cut at or behind a place. */
static size_t find(const struct cuts *cuts, uint64_t at)
{
    size_t low = 0;
    size_t high = cuts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (cuts->at[middle] < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void cuts_forget(struct cuts *cuts, uint64_t before)
{
    size_t gone = find(cuts, before);
    cuts->count -= gone;
    if (gone > 0 && cuts->count > 0)
        memmove(cuts->at, cuts->at + gone, cuts->count * sizeof *cuts->at);
}

bool cuts_within(const struct cuts *cuts, uint64_t begin, uint64_t end)
{
    size_t next = find(cuts, begin + 1);
    return next < cuts->count && cuts->at[next] < end;
}

bool cuts_begin_at(const struct cuts *cuts, uint64_t at)
{
    size_t next = find(cuts, at);
    return at == 0 || (next < cuts->count && cuts->at[next] == at);
}

struct span cuts_first_part(const struct cuts *cuts, uint64_t begin, struct span bytes)
{
    size_t next = find(cuts, begin + 1);
    return next < cuts->count ? span_take(bytes, cuts->at[next] - begin) : bytes;
}
