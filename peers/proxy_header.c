/* proxy_header: see proxy_header.h. */
#include "peers/proxy_header.h"

#include <string.h>

#include "peers/proxy_address.h"

/* Of version 1, with its CRLF. */
#define LINE_MAX_V1 107
#define FIXED_V2 16
/* The bytes of both ends in version 2. */
#define ENDS_V4 12
#define ENDS_V6 36
#define ENDS_UNIX 216
#define TLV_CRC32C 0x03

static const char signature[] = "\r\n\r\n\0\r\nQUIT\n";
#define SIGNATURE ((struct span){ (const uint8_t *)signature, sizeof signature - 1 })

static enum proxy_header_state bad(struct proxy_header *header, const char *why)
{
    header->why = why;
    return PROXY_HEADER_BAD;
}

static enum proxy_header_state whole(struct proxy_header *header, size_t size)
{
    header->size = size;
    return PROXY_HEADER_WHOLE;
}

/* True when one begins with the other. */
static bool may_become(struct span bytes, struct span wanted)
{
    return span_starts(wanted, span_take(bytes, wanted.len)) || span_starts(bytes, wanted);
}

/* -- version 1 -------------------------------------------------------------------------------- */

static bool parse_port(struct span text, uint16_t *port)
{
    uint64_t number;
    bool has_zero = text.len > 1 && text.ptr[0] == '0';
    if (text.len > 5 || has_zero || !span_number(text, &number) || number > UINT16_MAX)
        return false;
    *port = (uint16_t)number;
    return true;
}

/* "SOURCE DESTINATION PORT PORT", parted by one blank each. */
static bool parse_ends(struct span text, struct proxy_header *header)
{
    bool is_v4 = header->family == PROXY_FAMILY_V4;
    struct cut source = span_cut(text, ' ');
    struct cut destination = span_cut(source.after, ' ');
    struct cut ports = span_cut(destination.after, ' ');
    return ports.found && proxy_address_parse(source.before, is_v4, header->source.address) &&
           proxy_address_parse(destination.before, is_v4, header->destination.address) &&
           parse_port(ports.before, &header->source.port) &&
           parse_port(ports.after, &header->destination.port);
}

static enum proxy_header_state parse_v1(struct span bytes, struct proxy_header *header)
{
    size_t end = span_search(span_take(bytes, LINE_MAX_V1), SPAN("\r\n"));
    if (end >= bytes.len || end >= LINE_MAX_V1)
        return bytes.len >= LINE_MAX_V1 ? bad(header, "its line is longer than 107 bytes")
                                        : PROXY_HEADER_UNFINISHED;
    struct cut protocol = span_cut(span_drop(span_take(bytes, end), sizeof "PROXY " - 1), ' ');
    if (span_equal(protocol.before, SPAN("UNKNOWN")))
        return whole(header, end + 2);
    if (span_equal(protocol.before, SPAN("TCP4")))
        header->family = PROXY_FAMILY_V4;
    else if (span_equal(protocol.before, SPAN("TCP6")))
        header->family = PROXY_FAMILY_V6;
    else
        return bad(header, "its protocol is none of TCP4, TCP6 and UNKNOWN");
    if (!parse_ends(protocol.after, header))
        return bad(header, "its addresses and ports are not two of each");
    return whole(header, end + 2);
}

/* -- version 2 -------------------------------------------------------------------------------- */

static unsigned number_at(struct span bytes, size_t at)
{
    return (unsigned)bytes.ptr[at] << 8 | bytes.ptr[at + 1];
}

/* RFC 3720 appendix B.4; four of the bytes count as zero. */
static uint32_t crc32c(struct span bytes, size_t zero_at)
{
    uint32_t crc = UINT32_MAX;
    for (size_t i = 0; i < bytes.len; i++) {
        crc ^= i >= zero_at && i < zero_at + 4 ? 0 : bytes.ptr[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78 : 0);
    }
    return ~crc;
}

static bool has_checksum(struct span header, size_t at)
{
    uint32_t said = (uint32_t)number_at(header, at) << 16 | number_at(header, at + 2);
    return said == crc32c(header, at);
}

/* What follows the addresses is a list of type, length and value. */
static const char *fault_of_list(struct span header, size_t at)
{
    while (at < header.len) {
        size_t left = header.len - at;
        size_t len = left < 3 ? left : number_at(header, at + 1);
        if (left < 3 || len > left - 3)
            return "its list of further values is cut short";
        if (header.ptr[at] == TLV_CRC32C && (len != 4 || !has_checksum(header, at + 3)))
            return "its checksum is wrong";
        at += 3 + len;
    }
    return NULL;
}

static void take_ends(struct span ends, size_t address_size, struct proxy_header *header)
{
    memcpy(header->source.address, ends.ptr, address_size);
    memcpy(header->destination.address, ends.ptr + address_size, address_size);
    header->source.port = (uint16_t)number_at(ends, 2 * address_size);
    header->destination.port = (uint16_t)number_at(ends, 2 * address_size + 2);
}

/* Answers how many bytes the two ends take, or SIZE_MAX for a family that is not TCP. */
static size_t ends_of(uint8_t family)
{
    switch (family) {
    case 0x00: return 0;
    case 0x11: return ENDS_V4;
    case 0x21: return ENDS_V6;
    case 0x31: return ENDS_UNIX;
    }
    return SIZE_MAX;
}

static enum proxy_header_state parse_body(struct span bytes, struct proxy_header *header)
{
    bool is_local = bytes.ptr[12] == 0x20;
    size_t size = bytes.len - FIXED_V2;
    size_t ends = ends_of(bytes.ptr[13]);
    /* Of LOCAL, all that follows is to be ignored. */
    if (is_local)
        return whole(header, bytes.len);
    if (ends == SIZE_MAX)
        return bad(header, "it speaks of another protocol than TCP");
    if (size < ends)
        return bad(header, "its addresses are cut short");
    const char *fault = bytes.ptr[13] ? fault_of_list(bytes, FIXED_V2 + ends) : NULL;
    if (fault)
        return bad(header, fault);
    if (ends == ENDS_V4 || ends == ENDS_V6) {
        header->family = ends == ENDS_V4 ? PROXY_FAMILY_V4 : PROXY_FAMILY_V6;
        take_ends(span_drop(bytes, FIXED_V2), ends == ENDS_V4 ? 4 : 16, header);
    }
    return whole(header, bytes.len);
}

static enum proxy_header_state parse_v2(struct span bytes, struct proxy_header *header)
{
    if (bytes.len > 12 && bytes.ptr[12] != 0x20 && bytes.ptr[12] != 0x21)
        return bad(header, "its version or command is unknown");
    if (bytes.len < FIXED_V2)
        return PROXY_HEADER_UNFINISHED;
    size_t size = FIXED_V2 + number_at(bytes, 14);
    if (size > PROXY_HEADER_MAX)
        return bad(header, "it is too long");
    if (bytes.len < size)
        return PROXY_HEADER_UNFINISHED;
    return parse_body(span_take(bytes, size), header);
}

enum proxy_header_state proxy_header_parse(struct span bytes, struct proxy_header *header)
{
    *header = (struct proxy_header){ 0 };
    if (!bytes.len)
        return PROXY_HEADER_UNFINISHED;
    if (may_become(bytes, SPAN("PROXY ")))
        return parse_v1(bytes, header);
    if (!may_become(bytes, SIGNATURE))
        return bad(header, "there is none");
    return bytes.len < SIGNATURE.len ? PROXY_HEADER_UNFINISHED : parse_v2(bytes, header);
}

/* -- writing ---------------------------------------------------------------------------------- */

static void write_v1(const struct proxy_header *header, struct text *out)
{
    bool is_v4 = header->family == PROXY_FAMILY_V4;
    if (header->family == PROXY_FAMILY_NONE) {
        text_addf(out, "PROXY UNKNOWN\r\n");
        return;
    }
    text_addf(out, "PROXY %s ", is_v4 ? "TCP4" : "TCP6");
    proxy_address_format(header->source.address, is_v4, out);
    text_add_byte(out, ' ');
    proxy_address_format(header->destination.address, is_v4, out);
    text_addf(out, " %u %u\r\n", (unsigned)header->source.port, (unsigned)header->destination.port);
}

static void add_number(struct text *out, size_t number)
{
    text_add_byte(out, (uint8_t)(number >> 8));
    text_add_byte(out, (uint8_t)(number & 0xFF));
}

static void write_v2(const struct proxy_header *header, struct text *out)
{
    size_t size = header->family == PROXY_FAMILY_V4 ? 4 : 16;
    text_add(out, SIGNATURE);
    text_add_byte(out, 0x21);
    if (header->family == PROXY_FAMILY_NONE) {
        text_add_byte(out, 0x00);
        add_number(out, 0);
        return;
    }
    text_add_byte(out, size == 4 ? 0x11 : 0x21);
    add_number(out, 2 * size + 4);
    text_add(out, (struct span){ header->source.address, size });
    text_add(out, (struct span){ header->destination.address, size });
    add_number(out, header->source.port);
    add_number(out, header->destination.port);
}

void proxy_header_write(const struct proxy_header *header, unsigned version, struct text *out)
{
    if (version == 1)
        write_v1(header, out);
    else
        write_v2(header, out);
}
