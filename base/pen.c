/* pen: see pen.h. */
#include "base/pen.h"

#include "base/plain.h"

/* Without a NUL behind it. */
const char pen_pairs[200] = "00010203040506070809"
                            "10111213141516171819"
                            "20212223242526272829"
                            "30313233343536373839"
                            "40414243444546474849"
                            "50515253545556575859"
                            "60616263646566676869"
                            "70717273747576777879"
                            "80818283848586878889"
                            "90919293949596979899";

uint8_t *pen_large_number(uint8_t *at, uint64_t number)
{
    unsigned fours[PEN_NUMBER_MAX / 4];
    unsigned count = 0;
    for (; number >= 10000; number /= 10000)
        fours[count++] = (unsigned)(number % 10000);
    at = pen_below_10000(at, (unsigned)number);
    while (count > 0)
        at = pen_digits(at, fours[--count], 4);
    return at;
}

uint8_t *pen_plain(uint8_t *at, struct span *text)
{
    const uint8_t *from = text->ptr;
    size_t left = text->len;
    while (left >= 8 && eight_are_plain(from)) {
        memcpy(at, from, 8);
        at += 8;
        from += 8;
        left -= 8;
    }
    /* The last eight, of which some have been written before. */
    if (left < 8 && text->len >= 8 && eight_are_plain(from + left - 8)) {
        memcpy(at + left - 8, from + left - 8, 8);
        at += left;
        from += left;
        left = 0;
    }
    while (left > 0 && byte_is_plain(*from)) {
        *at++ = *from++;
        left--;
    }
    *text = span_make(from, left);
    return at;
}
