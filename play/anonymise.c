/* anonymise: see anonymise.h. */
#include "play/anonymise.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/prng.h"

/* A word that has been seen: where it stands among all of them. */
struct seen {
    struct seen *next; /* in its bucket */
    uint64_t index;
    struct text word; /* in small letters */
};

#define BUCKETS 4096

struct anonymiser {
    uint64_t seed;
    uint64_t count;
    struct text word; /* the one at hand, in small letters */
    struct seen *buckets[BUCKETS];
};

struct anonymiser *anonymiser_new(uint64_t seed)
{
    struct anonymiser *anonymiser = calloc(1, sizeof *anonymiser);
    check(anonymiser != NULL);
    anonymiser->seed = seed;
    return anonymiser;
}

void anonymiser_free(struct anonymiser *anonymiser)
{
    for (size_t i = 0; anonymiser && i < BUCKETS; i++) {
        for (struct seen *seen = anonymiser->buckets[i]; seen;) {
            struct seen *next = seen->next;
            text_deinit(&seen->word);
            free(seen);
            seen = next;
        }
    }
    if (anonymiser)
        text_deinit(&anonymiser->word);
    free(anonymiser);
}

/* -- words ---------------------------------------------------------------------------------- */

static bool is_figure(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_letter(uint8_t byte)
{
    return byte_lower(byte) >= 'a' && byte_lower(byte) <= 'z';
}

static bool is_of_word(uint8_t byte)
{
    return is_figure(byte) || is_letter(byte) || byte >= 0x80;
}

static bool is_number(struct span word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!is_figure(word.ptr[i]))
            return false;
    return word.len > 0;
}

static bool is_kept_word(struct span word)
{
    static const char *const kept[] = {
#define KEPT(...) __VA_ARGS__,
#include "play/kept_words.def"
#undef KEPT
    };
    for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
        if (span_equal_nocase(word, span_of(kept[i])))
            return true;
    return false;
}

/* Its place among the words seen, from 0. */
static uint64_t index_of(struct anonymiser *anonymiser, struct span word)
{
    struct seen **bucket = &anonymiser->buckets[span_hash_nocase(word, SPAN_HASH_BEGIN) % BUCKETS];
    for (struct seen *seen = *bucket; seen; seen = seen->next)
        if (span_equal_nocase(text_span(&seen->word), word))
            return seen->index;
    struct seen *seen = calloc(1, sizeof *seen);
    check(seen != NULL);
    text_add(&seen->word, word);
    seen->index = anonymiser->count++;
    seen->next = *bucket;
    *bucket = seen;
    return seen->index;
}

/* Of UTF-8 the length of each character stays. */
static uint8_t replaced(uint8_t byte, uint64_t draw)
{
    if (is_figure(byte))
        return (uint8_t)('0' + draw % 10);
    if (is_letter(byte))
        return (uint8_t)((byte & 0x20 ? 'a' : 'A') + draw % 26);
    return byte < 0xc0 ? (uint8_t)((byte & 0xf0) | (draw & 0x0f)) : byte;
}

static void add_other_word(struct anonymiser *anonymiser, struct span word, struct text *out)
{
    struct prng prng = prng_at(anonymiser->seed, index_of(anonymiser, word), 0, 0, 0);
    /* A part of an address stays below 256. */
    bool is_octet = word.len == 3 && is_number(word);
    for (size_t i = 0; i < word.len; i++) {
        uint8_t byte = replaced(word.ptr[i], prng_next(&prng));
        text_add_byte(out, is_octet && i == 0 ? '1' : byte);
    }
}

/* -- lines ---------------------------------------------------------------------------------- */

/* "2.1.5" (RFC 3463), at the beginning: how many bytes, or 0. */
static size_t enhanced_code_of(struct span text)
{
    size_t len = 0;
    for (int part = 0; part < 3; part++) {
        size_t begin = len;
        while (len < text.len && is_figure(text.ptr[len]))
            len++;
        if (len == begin || len - begin > (part == 0 ? 1 : 3))
            return 0;
        if (part < 2 && (len == text.len || text.ptr[len++] != '.'))
            return 0;
    }
    return len < text.len && (is_of_word(text.ptr[len]) || text.ptr[len] == '.') ? 0 : len;
}

/* The reply's code, and the enhanced one behind it: how many bytes; 0 when it is no reply. */
static size_t codes_of(struct span line)
{
    if (!is_number(span_take(line, 3)) || line.len < 4 || is_of_word(line.ptr[3]))
        return line.len == 3 && is_number(line) ? 3 : 0;
    return 4 + enhanced_code_of(span_drop(line, 4));
}

static bool is_counted(struct span before)
{
    return span_equal_nocase(before, SPAN("bdat")) || span_equal_nocase(before, SPAN("size"));
}

/* Takes the word at the beginning of `rest`, which has one. `before` is the word before it. */
static struct span take_word(struct anonymiser *anonymiser, struct span *rest, struct span before,
                             struct text *out)
{
    size_t len = 0;
    while (len < rest->len && is_of_word(rest->ptr[len]))
        len++;
    struct span word = span_take(*rest, len);
    *rest = span_drop(*rest, len);
    bool is_plain_figure = len == 1 && is_number(word);
    bool is_size = is_counted(before) && is_number(word);
    if (is_plain_figure || is_size || is_kept_word(word))
        text_add(out, word);
    else
        add_other_word(anonymiser, word, out);
    return word;
}

static void add_line(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    struct span before = SPAN("");
    size_t codes = codes_of(line);
    text_add(out, span_take(line, codes));
    line = span_drop(line, codes);
    while (line.len > 0) {
        if (is_of_word(line.ptr[0])) {
            before = take_word(anonymiser, &line, before, out);
        } else {
            text_add_byte(out, line.ptr[0]);
            line = span_drop(line, 1);
        }
    }
}

void anonymise_bytes(struct anonymiser *anonymiser, struct span bytes, struct text *out)
{
    while (bytes.len > 0) {
        struct span line = span_take(bytes, span_find(bytes, '\n') + 1);
        add_line(anonymiser, line, out);
        bytes = span_drop(bytes, line.len);
    }
}
