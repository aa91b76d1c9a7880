/* proxy_address: see proxy_address.h. */
#include "peers/proxy_address.h"

#include <string.h>

static bool parse_v4(struct span text, uint8_t *bytes)
{
    struct cut part = { .after = text };
    for (int i = 0; i < 4; i++) {
        uint64_t number;
        part = span_cut(part.after, '.');
        bool has_zero = part.before.len > 1 && part.before.ptr[0] == '0';
        if (part.before.len > 3 || has_zero || !span_number(part.before, &number) ||
            number > UINT8_MAX || part.found != (i < 3))
            return false;
        bytes[i] = (uint8_t)number;
    }
    return true;
}

/* Up to four hexadecimal digits. */
static bool parse_group(struct span text, uint8_t *bytes)
{
    unsigned number = 0;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = byte_lower(text.ptr[i]);
        bool is_letter = byte >= 'a' && byte <= 'f';
        if (!is_letter && (byte < '0' || byte > '9'))
            return false;
        number = number * 16 + (unsigned)(is_letter ? byte - 'a' + 10 : byte - '0');
    }
    bytes[0] = (uint8_t)(number >> 8);
    bytes[1] = (uint8_t)(number & 0xFF);
    return text.len >= 1 && text.len <= 4;
}

/* Groups parted by colons, the last two possibly dotted. Answers how many bytes, 17 for none. */
static size_t parse_groups(struct span text, uint8_t bytes[16])
{
    size_t size = 0;
    struct cut group = { .after = text, .found = text.len > 0 };
    while (group.found) {
        group = span_cut(group.after, ':');
        bool is_dotted = !group.found && span_find(group.before, '.') < group.before.len;
        size_t more = is_dotted ? 4 : 2;
        if (size + more > 16 || !(is_dotted ? parse_v4(group.before, bytes + size)
                                            : parse_group(group.before, bytes + size)))
            return 17;
        size += more;
    }
    return size;
}

static bool parse_v6(struct span text, uint8_t bytes[16])
{
    uint8_t tail[16];
    size_t gap = span_search(text, SPAN("::"));
    memset(bytes, 0, 16);
    if (gap >= text.len)
        return parse_groups(text, bytes) == 16;
    struct span before = span_take(text, gap);
    size_t head_size = span_find(before, '.') < before.len ? 17 : parse_groups(before, bytes);
    size_t tail_size = parse_groups(span_drop(text, gap + 2), tail);
    /* `::` stands for one group at least. */
    if (head_size > 14 || tail_size > 14 || head_size + tail_size > 14)
        return false;
    memcpy(bytes + 16 - tail_size, tail, tail_size);
    return true;
}

bool proxy_address_parse(struct span text, bool is_v4, uint8_t bytes[16])
{
    return is_v4 ? parse_v4(text, bytes) : parse_v6(text, bytes);
}

void proxy_address_format(const uint8_t bytes[16], bool is_v4, struct text *out)
{
    if (is_v4) {
        text_addf(out, "%u.%u.%u.%u", bytes[0], bytes[1], bytes[2], bytes[3]);
        return;
    }
    for (size_t i = 0; i < 16; i += 2)
        text_addf(out, "%s%x", i ? ":" : "", (unsigned)bytes[i] << 8 | bytes[i + 1]);
}
