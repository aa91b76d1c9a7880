/* text: bytes being built: a journal line, an error message, an expanded template.
 * It grows on the heap up to a bound; what does not fit is cut and remembered in `cut`. */
#ifndef SMTPCHAOS_BASE_TEXT_H
#define SMTPCHAOS_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

struct text {
    uint8_t *ptr; /* owned */
    size_t len;
    size_t capacity;
    uint32_t max; /* bytes; 0 means TEXT_MAX of limits.h */
    bool cut;     /* something did not fit */
};

/* A zeroed struct is an empty text. */
void text_deinit(struct text *text);
/* Forgets the content, keeps the memory. */
void text_clear(struct text *text);
void text_add(struct text *text, struct span more);
void text_add_byte(struct text *text, uint8_t byte);
/* Room for so many bytes behind the content, to be written by a pen (pen.h): the content goes up to
 * where text_end_room says that it ends. NULL where they may not fit; `cut` remembers it. */
uint8_t *text_room(struct text *text, size_t wanted);
void text_end_room(struct text *text, const uint8_t *end);
/* In decimal digits. */
void text_add_number(struct text *text, uint64_t number);
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Valid until the next change of the text. */
struct span text_span(const struct text *text);
/* The content as a C string: a NUL is kept behind it, uncounted. Valid until the next change. */
const char *text_string(struct text *text);

/* Writes a byte that is not plain (span_plain) as text_add_escaped does, and answers its length. */
#define TEXT_ESCAPE_MAX 4
size_t text_escape(uint8_t byte, uint8_t escape[TEXT_ESCAPE_MAX]);
/* Adds bytes as transcripts and the journal show them: \r \n \t \0 \\ \" and \xHH, printable ASCII
 * as it stands. UTF-8 is shown as \xHH too, so that each byte can be told apart. */
void text_add_escaped(struct text *text, struct span bytes);
/* Adds a word that a person wrote as messages show it: escaped, in quotes, cut after
 * TEXT_QUOTED_MAX bytes. */
void text_add_quoted(struct text *text, struct span word);
/* Undoes text_add_escaped. False at the first bad escape, with its
 * offset in *bad. */
bool text_add_unescaped(struct text *text, struct span shown, size_t *bad);

#endif
