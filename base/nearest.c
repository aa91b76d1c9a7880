/* nearest: see nearest.h. */
#include "base/nearest.h"

#include <string.h>

/* Words above this length are nobody's misspelling of ours. */
#define WORD_MAX 48

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static bool is_swapped(struct span a, size_t i, struct span b, size_t j)
{
    return i > 1 && j > 1 && byte_lower(a.ptr[i - 1]) == byte_lower(b.ptr[j - 2]) &&
           byte_lower(a.ptr[i - 2]) == byte_lower(b.ptr[j - 1]);
}

/* The table of distances between all beginnings of both words, three rows of it at a time. */
static size_t distance_between(struct span a, struct span b)
{
    size_t rows[3][WORD_MAX + 1] = { { 0 } };
    for (size_t j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.len; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *before = rows[(i + 1) % 3];
        row[0] = i;
        for (size_t j = 1; j <= b.len; j++) {
            size_t changed = byte_lower(a.ptr[i - 1]) != byte_lower(b.ptr[j - 1]);
            row[j] = smallest(above[j] + 1, row[j - 1] + 1, above[j - 1] + changed);
            if (is_swapped(a, i, b, j) && before[j - 2] + 1 < row[j])
                row[j] = before[j - 2] + 1;
        }
    }
    return rows[a.len % 3][b.len];
}

struct nearest nearest_begin(struct span word)
{
    return (struct nearest){ .word = word, .distance = SIZE_MAX };
}

void nearest_try(struct nearest *nearest, struct span known)
{
    struct span word = nearest->word;
    if (word.len == 0 || word.len > WORD_MAX || known.len > WORD_MAX)
        return;
    size_t distance = distance_between(word, known);
    size_t longer = word.len > known.len ? word.len : known.len;
    if (distance <= longer / 3 && distance < nearest->distance) {
        nearest->best = known;
        nearest->distance = distance;
    }
}

void nearest_suggest(const struct nearest *nearest, struct text *out)
{
    if (nearest->best.len == 0)
        return;
    text_add(out, SPAN("; did you mean "));
    text_add_quoted(out, nearest->best);
    text_add_byte(out, '?');
}

const char *nearest_word(struct span word, const char *const *words)
{
    struct nearest nearest = nearest_begin(word);
    const char *best = NULL;
    for (; *words; words++) {
        size_t distance = nearest.distance;
        nearest_try(&nearest, span_of(*words));
        if (nearest.distance < distance)
            best = *words;
    }
    return best;
}
