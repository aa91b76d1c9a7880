/* plain: which bytes need no escape wherever we write: printable ASCII but for the quote and the
 * backslash. The journal reads all that it shows for this, so eight are looked at together. */
#ifndef SMTPCHAOS_BASE_PLAIN_H
#define SMTPCHAOS_BASE_PLAIN_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

static inline bool byte_is_plain(uint8_t byte)
{
    return byte >= 0x20 && byte < 0x7f && byte != '\\' && byte != '"';
}

/* A byte, eight times over. */
#define EIGHT(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Each sum has the high bit of a byte set where that byte is what it asks for. Bytes above 0x7f
 * carry into their neighbours, but then the answer is no anyway. */
static inline bool eight_are_plain(const uint8_t *bytes)
{
    uint64_t eight;
    memcpy(&eight, bytes, sizeof eight);
    uint64_t printable = (eight + EIGHT(0x60)) & ~(eight | (eight + EIGHT(1)));
    uint64_t no_quote = (eight ^ EIGHT('"')) + EIGHT(0x7f);
    uint64_t no_backslash = (eight ^ EIGHT('\\')) + EIGHT(0x7f);
    return (printable & no_quote & no_backslash & EIGHT(0x80)) == EIGHT(0x80);
}

#endif
