/* text: see text.h. */
#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/apart.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/pen.h"

void text_deinit(struct text *text)
{
    free(text->ptr);
    *text = (struct text){ .max = text->max };
}

void text_clear(struct text *text)
{
    text->len = 0;
    text->cut = false;
}

RARE static void grow(struct text *text, size_t needed)
{
    size_t capacity = text->capacity ? text->capacity : 64;
    while (capacity < needed)
        capacity *= 2;
    text->ptr = realloc(text->ptr, capacity);
    check(text->ptr != NULL);
    text->capacity = capacity;
}

/* How many of the wanted bytes fit; there is room for them then. */
static size_t room_for(struct text *text, size_t wanted)
{
    size_t max = text->max ? text->max : TEXT_MAX;
    size_t room = max > text->len ? max - text->len : 0;
    if (wanted > room) {
        text->cut = true;
        wanted = room;
    }
    /* One byte more than asked, so that text_string always finds room for its NUL. */
    if (text->len + wanted + 1 > text->capacity)
        grow(text, text->len + wanted + 1);
    return wanted;
}

/* There is not the memory at hand: there will be more, or some is cut. */
APART static void add_beyond(struct text *text, struct span more)
{
    size_t fits = room_for(text, more.len);
    if (fits)
        memcpy(text->ptr + text->len, more.ptr, fits);
    text->len += fits;
}

static bool is_at_hand(const struct text *text, size_t wanted)
{
    size_t max = text->max ? text->max : TEXT_MAX;
    return text->len < text->capacity && wanted < text->capacity - text->len &&
           text->len + wanted <= max;
}

void text_add(struct text *text, struct span more)
{
    if (!is_at_hand(text, more.len)) {
        add_beyond(text, more);
    } else if (more.len) {
        memcpy(text->ptr + text->len, more.ptr, more.len);
        text->len += more.len;
    }
}

void text_add_byte(struct text *text, uint8_t byte)
{
    if (room_for(text, 1))
        text->ptr[text->len++] = byte;
}

uint8_t *text_room(struct text *text, size_t wanted)
{
    return room_for(text, wanted) == wanted ? text->ptr + text->len : NULL;
}

void text_end_room(struct text *text, const uint8_t *end)
{
    text->len = (size_t)(end - text->ptr);
    check(text->len < text->capacity);
}

void text_add_number(struct text *text, uint64_t number)
{
    uint8_t digits[PEN_NUMBER_MAX];
    text_add(text, span_make(digits, (size_t)(pen_number(digits, number) - digits)));
}

/* Formats into what room there is; most of the time that is enough. */
void text_addf(struct text *text, const char *format, ...)
{
    va_list args;
    size_t room = text->capacity > text->len ? text->capacity - text->len : 0;
    va_start(args, format);
    int wanted = vsnprintf(room ? (char *)text->ptr + text->len : NULL, room, format, args);
    va_end(args);
    check(wanted >= 0);
    size_t fits = room_for(text, (size_t)wanted);
    if ((size_t)wanted >= room) {
        va_start(args, format);
        vsnprintf((char *)text->ptr + text->len, fits + 1, format, args);
        va_end(args);
    }
    text->len += fits;
}

struct span text_span(const struct text *text)
{
    return span_make(text->ptr, text->len);
}

const char *text_string(struct text *text)
{
    room_for(text, 0);
    text->ptr[text->len] = 0;
    return (const char *)text->ptr;
}

/* The letter that stands for a byte behind a backslash, or 0. */
static char escape_letter(uint8_t byte)
{
    switch (byte) {
    case '\r': return 'r';
    case '\n': return 'n';
    case '\t': return 't';
    case '\0': return '0';
    case '\\': return '\\';
    case '"': return '"';
    default: return 0;
    }
}

size_t text_escape(uint8_t byte, uint8_t escape[TEXT_ESCAPE_MAX])
{
    static const char digits[] = "0123456789abcdef";
    char letter = escape_letter(byte);
    escape[0] = '\\';
    escape[1] = letter ? (uint8_t)letter : 'x';
    if (letter)
        return 2;
    escape[2] = (uint8_t)digits[byte >> 4];
    escape[3] = (uint8_t)digits[byte & 15];
    return TEXT_ESCAPE_MAX;
}

void text_add_escaped(struct text *text, struct span bytes)
{
    while (bytes.len > 0) {
        size_t plain = span_plain(bytes);
        text_add(text, span_take(bytes, plain));
        bytes = span_drop(bytes, plain);
        if (bytes.len == 0)
            return;
        uint8_t escape[TEXT_ESCAPE_MAX];
        text_add(text, span_make(escape, text_escape(bytes.ptr[0], escape)));
        bytes = span_drop(bytes, 1);
    }
}

void text_add_quoted(struct text *text, struct span word)
{
    text_add_byte(text, '"');
    text_add_escaped(text, span_take(word, TEXT_QUOTED_MAX));
    text_add(text, word.len > TEXT_QUOTED_MAX ? SPAN("...\"") : SPAN("\""));
}

static int hex_digit(uint8_t byte)
{
    byte = byte_lower(byte);
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Reads what follows a backslash; answers how many bytes it took, 0 when it is no escape. */
static size_t unescape(struct span shown, uint8_t *byte)
{
    static const char letters[] = "rnt0\\\"";
    static const uint8_t bytes[] = { '\r', '\n', '\t', '\0', '\\', '"' };
    if (shown.len >= 3 && shown.ptr[0] == 'x') {
        int high = hex_digit(shown.ptr[1]);
        int low = hex_digit(shown.ptr[2]);
        *byte = (uint8_t)(high * 16 + low);
        return high >= 0 && low >= 0 ? 3 : 0;
    }
    const char *found = shown.len && shown.ptr[0] ? strchr(letters, shown.ptr[0]) : NULL;
    if (found)
        *byte = bytes[found - letters];
    return found ? 1 : 0;
}

bool text_add_unescaped(struct text *text, struct span shown, size_t *bad)
{
    for (size_t i = 0; i < shown.len; i++) {
        uint8_t byte = shown.ptr[i];
        if (byte == '\\') {
            size_t taken = unescape(span_drop(shown, i + 1), &byte);
            if (!taken) {
                *bad = i;
                return false;
            }
            i += taken;
        }
        text_add_byte(text, byte);
    }
    return true;
}
