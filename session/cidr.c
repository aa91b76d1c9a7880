/* cidr: see cidr.h. */
#include "session/cidr.h"

#include <arpa/inet.h>
#include <string.h>

#define ADDRESS_BITS 128
#define MAPPED_BITS 96

static bool address_parse(struct span text, uint8_t address[16], bool *is_v4)
{
    static const uint8_t mapped[MAPPED_BITS / 8] = { [10] = 0xff, [11] = 0xff };
    char name[INET6_ADDRSTRLEN];
    text = span_cut(text, '%').before;
    if (text.len == 0 || text.len >= sizeof name || span_find(text, 0) < text.len)
        return false;
    memcpy(name, text.ptr, text.len);
    name[text.len] = 0;
    *is_v4 = inet_pton(AF_INET, name, address + sizeof mapped) == 1;
    if (*is_v4)
        memcpy(address, mapped, sizeof mapped);
    return *is_v4 || inet_pton(AF_INET6, name, address) == 1;
}

bool cidr_parse(struct span text, uint8_t address[16], unsigned *prefix)
{
    bool is_v4 = false;
    uint64_t bits = 0;
    struct cut cidr = span_cut(text, '/');
    if (span_find(text, '%') < text.len || !address_parse(cidr.before, address, &is_v4))
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
    if (!address_parse(text, address, &is_v4))
        return false;
    for (unsigned bit = 0; bit < prefix; bit++)
        if ((address[bit / 8] ^ network[bit / 8]) & (0x80 >> bit % 8))
            return false;
    return true;
}
