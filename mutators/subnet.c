/* subnet: see subnet.h. */
#include "mutators/subnet.h"

#include <stdbool.h>

#define GROUPS 8
#define GROUPS_HASHED 4

/* Up to and including the last dot. */
static struct span without_last_octet(struct span address)
{
    while (address.len > 0 && address.ptr[address.len - 1] != '.')
        address.len--;
    return address;
}

static size_t count_groups(struct span text)
{
    size_t groups = text.len > 0 ? 1 : 0;
    for (size_t i = 0; i < text.len; i++)
        groups += text.ptr[i] == ':';
    return groups;
}

static struct span nth_group(struct span text, size_t n)
{
    while (n-- > 0)
        text = span_cut(text, ':').after;
    return span_cut(text, ':').before;
}

/* RFC 5952: lower case, no leading zeros, so that equal groups are equal texts. */
static uint64_t first_groups_hash(struct span address)
{
    size_t gap = span_search(address, SPAN("::"));
    struct span head = span_take(address, gap);
    struct span tail = span_drop(address, gap + 2);
    size_t heads = count_groups(head);
    size_t tails = count_groups(tail);
    uint64_t hash = SPAN_HASH_BEGIN;
    for (size_t i = 0; i < GROUPS_HASHED; i++) {
        struct span group = SPAN("0");
        if (i < heads)
            group = nth_group(head, i);
        else if (i + tails >= GROUPS)
            group = nth_group(tail, i + tails - GROUPS);
        hash = span_hash(SPAN(":"), span_hash_nocase(group, hash));
    }
    return hash;
}

uint64_t subnet_hash(struct span address)
{
    struct span without = without_last_octet(address);
    if (without.len > 0)
        return span_hash(without, SPAN_HASH_BEGIN);
    bool is_v6 = span_find(address, ':') < address.len;
    return is_v6 ? first_groups_hash(address) : span_hash(address, SPAN_HASH_BEGIN);
}
