/* span: a borrowed stretch of bytes, passed by value, never freed.
 * Spans are for looking, struct chain (chain.h) is for keeping, struct text for building. */
#ifndef SMTPCHAOS_BASE_SPAN_H
#define SMTPCHAOS_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
    const uint8_t *ptr;
    size_t len; /* bytes */
};

/* A span over a string literal, without its final NUL. */
#define SPAN(literal) ((struct span){ (const uint8_t *)("" literal), sizeof("" literal) - 1 })

/* The same where a static table is initialised. */
#define SPAN_INIT(literal)                                                                         \
    {                                                                                              \
        (const uint8_t *)("" literal), sizeof("" literal) - 1                                      \
    }

/* What span_cut makes of its input: the parts before and after the separator. */
struct cut {
    struct span before;
    struct span after;
    bool found;
};

/* Inline, so that analysers see that the memory lives on in the span. */
static inline struct span span_make(const void *ptr, size_t len)
{
    return (struct span){ ptr, len };
}

struct span span_of(const char *string);

/* What each byte and each event goes through is inline too. */

/* An ASCII letter as a small one. */
static inline uint8_t byte_lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + ('a' - 'A')) : byte;
}

/* The first n bytes, all but the first n, all but the last n; n is clamped to the length. */
static inline struct span span_take(struct span text, size_t n)
{
    text.len = n < text.len ? n : text.len;
    return text;
}

static inline struct span span_drop(struct span text, size_t n)
{
    n = n < text.len ? n : text.len;
    return n ? span_make(text.ptr + n, text.len - n) : text;
}

static inline struct span span_drop_last(struct span text, size_t n)
{
    return span_take(text, text.len - (n < text.len ? n : text.len));
}

static inline bool byte_is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static inline bool byte_is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

/* Without blanks and tabs at the beginning; at both ends. */
static inline struct span span_trim_start(struct span text)
{
    while (text.len && byte_is_blank(*text.ptr))
        text = span_make(text.ptr + 1, text.len - 1);
    return text;
}

static inline struct span span_trim(struct span text)
{
    text = span_trim_start(text);
    while (text.len && byte_is_blank(text.ptr[text.len - 1]))
        text.len--;
    return text;
}

/* Without one line ending (CRLF, LF) at the end. */
static inline struct span span_chomp(struct span text)
{
    if (text.len && text.ptr[text.len - 1] == '\n') {
        text.len--;
        if (text.len && text.ptr[text.len - 1] == '\r')
            text.len--;
    }
    return text;
}

/* The line ending that span_chomp would take away: CRLF, LF or empty. */
static inline struct span span_line_end(struct span text)
{
    return span_drop(text, span_chomp(text).len);
}

/* Offset of the first `byte`, or text.len when there is none. */
static inline size_t span_find(struct span text, uint8_t byte)
{
    const uint8_t *found = text.len ? memchr(text.ptr, byte, text.len) : NULL;
    return found ? (size_t)(found - text.ptr) : text.len;
}

bool span_equal(struct span a, struct span b);
/* Equality with ASCII letters folded; RFC 5321 section 2.4: verbs and keywords ignore case. */
bool span_equal_nocase(struct span a, struct span b);
bool span_starts(struct span text, struct span prefix);
bool span_starts_nocase(struct span text, struct span prefix);
bool span_ends(struct span text, struct span suffix);
/* Offset of the first occurrence of `needle`, or text.len when there is none. */
size_t span_search(struct span text, struct span needle);

/* Cuts at the first `separator`; when there is none, all of the text is in `before`. */
struct cut span_cut(struct span text, uint8_t separator);

/* How many bytes at the beginning are printable ASCII but for the quote and the backslash: what
 * needs no escape wherever we write. */
size_t span_plain(struct span text);

/* Decimal digits only, the whole span; false when empty, not a number, or above UINT64_MAX. */
bool span_number(struct span text, uint64_t *number);
/* A 64-bit hash (FNV-1a), chained through `hash`; begin with SPAN_HASH_BEGIN. It does not withstand
 * keys that were chosen to collide. */
#define SPAN_HASH_BEGIN UINT64_C(0xcbf29ce484222325)
uint64_t span_hash(struct span text, uint64_t hash);
uint64_t span_hash_nocase(struct span text, uint64_t hash);
/* Shell-like match, letters folded: `*` any run, `?` any one byte; nothing else is special. */
bool span_matches_glob(struct span text, struct span glob);

#endif
