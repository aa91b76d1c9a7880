/* cidr: see cidr.h. */
#include "session/cidr.h"

#include <string.h>

#define ADDRESS_BITS 128
#define MAPPED_BITS 96
#define GROUPS 8
#define OCTETS 4

/* `192.0.2.1`: four numbers to 255. */
static bool octets_parse(struct span text, uint8_t octets[OCTETS])
{
    for (size_t i = 0; i < OCTETS; i++) {
        struct cut cut = span_cut(text, '.');
        uint64_t octet;
        if (cut.before.len > 3 || !span_number(cut.before, &octet) || octet > UINT8_MAX ||
            cut.found != (i < OCTETS - 1))
            return false;
        octets[i] = (uint8_t)octet;
        text = cut.after;
    }
    return true;
}

static bool group_parse(struct span text, uint8_t group[2])
{
    unsigned value = 0;
    if (text.len == 0 || text.len > 4)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = byte_lower(text.ptr[i]);
        bool is_digit = byte >= '0' && byte <= '9';
        if (!is_digit && (byte < 'a' || byte > 'f'))
            return false;
        value = value * 16 + (unsigned)(is_digit ? byte - '0' : byte - 'a' + 10);
    }
    group[0] = (uint8_t)(value >> 8);
    group[1] = (uint8_t)value;
    return true;
}

/* Groups between colons; at the address's end the last two may be written as IPv4. */
static bool groups_parse(struct span text, bool at_end, uint8_t groups[2 * GROUPS], size_t *count)
{
    *count = 0;
    bool more = text.len > 0;
    while (more) {
        struct cut cut = span_cut(text, ':');
        bool is_v4 = at_end && !cut.found && span_find(cut.before, '.') < cut.before.len;
        if (*count + 1 + is_v4 > GROUPS)
            return false;
        uint8_t *place = groups + 2 * *count;
        if (is_v4 ? !octets_parse(cut.before, place) : !group_parse(cut.before, place))
            return false;
        *count += 1 + is_v4;
        text = cut.after;
        more = cut.found;
    }
    return true;
}

/* RFC 4291 section 2.2: `::` stands once, for one group of zeros or more. */
static bool v6_parse(struct span text, uint8_t address[2 * GROUPS])
{
    uint8_t tail[2 * GROUPS];
    size_t heads;
    size_t tails = 0;
    size_t gap = span_search(text, SPAN("::"));
    bool has_gap = gap < text.len;
    memset(address, 0, sizeof tail);
    if (!groups_parse(span_take(text, gap), !has_gap, address, &heads) ||
        !groups_parse(span_drop(text, gap + 2), true, tail, &tails))
        return false;
    if (has_gap ? heads + tails >= GROUPS : heads != GROUPS)
        return false;
    memcpy(address + 2 * (GROUPS - tails), tail, 2 * tails);
    return true;
}

static bool address_parse(struct span text, uint8_t address[16], bool *is_v4)
{
    static const uint8_t mapped[MAPPED_BITS / 8] = { [10] = 0xff, [11] = 0xff };
    *is_v4 = octets_parse(text, address + sizeof mapped);
    if (*is_v4)
        memcpy(address, mapped, sizeof mapped);
    return *is_v4 || v6_parse(text, address);
}

bool cidr_parse(struct span text, uint8_t address[16], unsigned *prefix)
{
    bool is_v4 = false;
    uint64_t bits = 0;
    struct cut cidr = span_cut(text, '/');
    if (!address_parse(cidr.before, address, &is_v4))
        return false;
    unsigned before = is_v4 ? MAPPED_BITS : 0;
    if (!cidr.found)
        bits = ADDRESS_BITS - before;
    else if (!span_number(cidr.after, &bits) || bits > ADDRESS_BITS - before)
        return false;
    *prefix = (unsigned)bits + before;
    return true;
}

bool cidr_holds(const uint8_t network[16], unsigned prefix, struct span text)
{
    uint8_t address[16];
    bool is_v4;
    if (!address_parse(span_cut(text, '%').before, address, &is_v4))
        return false;
    for (unsigned bit = 0; bit < prefix; bit++)
        if ((address[bit / 8] ^ network[bit / 8]) & (0x80 >> bit % 8))
            return false;
    return true;
}
