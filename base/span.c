/* span: see span.h. */
#include "base/span.h"

#include <string.h>

#include "base/plain.h"

struct span span_of(const char *string)
{
    return span_make(string, string ? strlen(string) : 0);
}

bool span_equal(struct span a, struct span b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

bool span_equal_nocase(struct span a, struct span b)
{
    return a.len == b.len && span_starts_nocase(a, b);
}

bool span_starts(struct span text, struct span prefix)
{
    return text.len >= prefix.len && span_equal(span_take(text, prefix.len), prefix);
}

bool span_starts_nocase(struct span text, struct span prefix)
{
    if (text.len < prefix.len)
        return false;
    for (size_t i = 0; i < prefix.len; i++)
        if (byte_lower(text.ptr[i]) != byte_lower(prefix.ptr[i]))
            return false;
    return true;
}

bool span_ends(struct span text, struct span suffix)
{
    return text.len >= suffix.len && span_equal(span_drop(text, text.len - suffix.len), suffix);
}

size_t span_search(struct span text, struct span needle)
{
    for (size_t i = 0; needle.len <= text.len && i <= text.len - needle.len; i++)
        if (span_starts(span_drop(text, i), needle))
            return i;
    return text.len;
}

struct cut span_cut(struct span text, uint8_t separator)
{
    size_t at = span_find(text, separator);
    bool found = at < text.len;
    return (struct cut){ span_take(text, at), span_drop(text, at + found), found };
}

size_t span_plain(struct span text)
{
    size_t len = 0;
    while (text.len - len >= 8 && eight_are_plain(text.ptr + len))
        len += 8;
    /* The last eight may have been looked at in part before. */
    if (text.len >= 8 && text.len - len < 8 && eight_are_plain(text.ptr + text.len - 8))
        return text.len;
    while (len < text.len && byte_is_plain(text.ptr[len]))
        len++;
    return len;
}

bool span_number(struct span text, uint64_t *number)
{
    uint64_t value = 0;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t digit = (uint8_t)(text.ptr[i] - '0');
        if (digit > 9 || value > (UINT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *number = value;
    return true;
}

#define FNV_PRIME UINT64_C(0x100000001b3)

uint64_t span_hash(struct span text, uint64_t hash)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ text.ptr[i]) * FNV_PRIME;
    /* The length keeps ("ab", "c") apart from ("a", "bc") when hashes are chained. */
    return (hash ^ text.len) * FNV_PRIME;
}

uint64_t span_hash_nocase(struct span text, uint64_t hash)
{
    for (size_t i = 0; i < text.len; i++)
        hash = (hash ^ byte_lower(text.ptr[i])) * FNV_PRIME;
    return (hash ^ text.len) * FNV_PRIME;
}

static bool is_matched(uint8_t byte, uint8_t by)
{
    return by == '?' || byte_lower(byte) == byte_lower(by);
}

/* The classic two-cursor match: on a mismatch, let the last star swallow one byte more. The glob
 * ends in a star. */
static bool matches_before_star(struct span text, struct span glob)
{
    size_t t = 0;
    size_t g = 0;
    size_t star = SIZE_MAX;
    size_t resume = 0;
    for (;;) {
        if (glob.ptr[g] == '*') {
            star = g++;
            resume = t;
            if (g == glob.len)
                return true;
        } else if (t < text.len && is_matched(text.ptr[t], glob.ptr[g])) {
            g++;
            t++;
        } else if (t < text.len && star != SIZE_MAX) {
            g = star + 1;
            t = ++resume;
        } else {
            return false;
        }
    }
}

/* What stands behind the last star is the text's end, which tells most texts apart at once. */
bool span_matches_glob(struct span text, struct span glob)
{
    while (glob.len > 0 && glob.ptr[glob.len - 1] != '*') {
        if (text.len == 0 || !is_matched(text.ptr[text.len - 1], glob.ptr[glob.len - 1]))
            return false;
        text.len--;
        glob.len--;
    }
    return glob.len > 0 ? matches_before_star(text, glob) : text.len == 0;
}
