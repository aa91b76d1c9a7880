/* pen: writes into room that is known to be large enough, and answers where the next goes on; for
 * what is written so often that to ask for room each time would cost more than to write. Room in a
 * text is text_room's. */
#ifndef SMTPCHAOS_BASE_PEN_H
#define SMTPCHAOS_BASE_PEN_H

#include <stdint.h>
#include <string.h>

#include "base/span.h"

/* A word of at most 30 bytes that is copied as it lies, with the room behind it: there have to be
 * PEN_WORD_SIZE bytes. */
#define PEN_WORD_SIZE 32
struct pen_word {
    char text[PEN_WORD_SIZE - 1];
    uint8_t len;
};

#define PEN_WORD(literal)                                                                          \
    {                                                                                              \
        "" literal, sizeof("" literal) - 1                                                         \
    }

static inline uint8_t *pen_word(uint8_t *at, const struct pen_word *word)
{
    memcpy(at, word, sizeof *word);
    return at + word->len;
}

static inline uint8_t *pen_span(uint8_t *at, struct span bytes)
{
    if (bytes.len > 0)
        memcpy(at, bytes.ptr, bytes.len);
    return at + bytes.len;
}

/* All numbers of two digits, one behind the other. */
extern const char pen_pairs[200];

/* Writes so many digits of a number, the last ones; at most nine. */
static inline uint8_t *pen_digits(uint8_t *at, unsigned number, unsigned digits)
{
    unsigned left = digits;
    for (; left >= 2; left -= 2, number /= 100)
        memcpy(at + left - 2, pen_pairs + number % 100 * 2, 2);
    if (left > 0)
        *at = (uint8_t)('0' + number % 10);
    return at + digits;
}

/* A number of more than four digits. */
uint8_t *pen_large_number(uint8_t *at, uint64_t number);

/* Four digits, without the noughts that they begin with. */
static inline uint8_t *pen_below_10000(uint8_t *at, unsigned number)
{
    if (number >= 1000)
        return pen_digits(at, number, 4);
    if (number >= 100)
        return pen_digits(at, number, 3);
    return pen_digits(at, number, number >= 10 ? 2 : 1);
}

/* The most digits that a number has. */
#define PEN_NUMBER_MAX 20

/* All its digits. */
static inline uint8_t *pen_number(uint8_t *at, uint64_t number)
{
    return number < 10000 ? pen_below_10000(at, (unsigned)number) : pen_large_number(at, number);
}

/* Writes what stands at the beginning of a text without needing an escape (span_plain), and drops
 * it from there. */
uint8_t *pen_plain(uint8_t *at, struct span *text);

#endif
