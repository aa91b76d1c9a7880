/* pcap_flow: see pcap_flow.h. */
#include "proxy/pcap_flow.h"

#include <string.h>

#include "base/limits.h"

/* https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-03.html */
#define MAGIC_NANOSECONDS 0xa1b23c4d
#define LINK_TYPE_RAW 101
#define SNAP_LENGTH 262144

#define IPV4_SIZE 20
#define IPV6_SIZE 40
#define TCP_SIZE 20
#define PROTOCOL_TCP 6
#define HOPS 64
#define WINDOW 65535

/* RFC 9293 section 3.1. */
enum tcp_flag { FIN = 1, SYN = 2, RST = 4, PSH = 8, ACK = 16 };

/* -- numbers ---------------------------------------------------------------------------------- */

/* The file's own numbers are in this machine's order, which the magic number shows. */
static void add_native(struct text *out, uint32_t number)
{
    text_add(out, span_make(&number, sizeof number));
}

static void put16(uint8_t *to, unsigned number)
{
    to[0] = (uint8_t)(number >> 8);
    to[1] = (uint8_t)number;
}

static void put32(uint8_t *to, uint32_t number)
{
    put16(to, number >> 16);
    put16(to + 2, number & 0xffff);
}

/* RFC 1071: `bytes` begin at an even place of what is summed. */
static uint32_t sum_bytes(uint32_t sum, const uint8_t *bytes, size_t len)
{
    uint64_t all = sum;
    for (size_t i = 0; i + 1 < len; i += 2)
        all += (unsigned)(bytes[i] << 8 | bytes[i + 1]);
    if (len % 2)
        all += (unsigned)(bytes[len - 1] << 8);
    while (all >> 16)
        all = (all & 0xffff) + (all >> 16);
    return (uint32_t)all;
}

/* -- one packet ------------------------------------------------------------------------------- */

/* Answers the header's size. */
static size_t put_ipv4(uint8_t *to, const struct pcap_flow *flow, enum pcap_end who, size_t len)
{
    memset(to, 0, IPV4_SIZE);
    to[0] = 0x45;
    put16(to + 2, (unsigned)(IPV4_SIZE + len));
    to[6] = 0x40; /* not to be fragmented */
    to[8] = HOPS;
    to[9] = PROTOCOL_TCP;
    memcpy(to + 12, flow->ends[who].bytes, 4);
    memcpy(to + 16, flow->ends[!who].bytes, 4);
    put16(to + 10, ~sum_bytes(0, to, IPV4_SIZE) & 0xffff);
    return IPV4_SIZE;
}

static size_t put_ipv6(uint8_t *to, const struct pcap_flow *flow, enum pcap_end who, size_t len)
{
    memset(to, 0, IPV6_SIZE);
    to[0] = 0x60;
    put16(to + 4, (unsigned)len);
    to[6] = PROTOCOL_TCP;
    to[7] = HOPS;
    memcpy(to + 8, flow->ends[who].bytes, 16);
    memcpy(to + 24, flow->ends[!who].bytes, 16);
    return IPV6_SIZE;
}

/* RFC 9293 section 3.1 and RFC 8200 section 8.1: addresses, length and protocol count too. */
static unsigned tcp_checksum(const struct pcap_flow *flow, const uint8_t *tcp, struct span payload)
{
    size_t address_size = flow->is_v6 ? 16 : 4;
    uint32_t sum = (uint32_t)(PROTOCOL_TCP + TCP_SIZE + payload.len);
    for (int i = 0; i < 2; i++)
        sum = sum_bytes(sum, flow->ends[i].bytes, address_size);
    sum = sum_bytes(sum, tcp, TCP_SIZE);
    return ~sum_bytes(sum, payload.ptr, payload.len) & 0xffff;
}

static void put_tcp(uint8_t *to, const struct pcap_flow *flow, enum pcap_end who, unsigned flags,
                    struct span payload)
{
    memset(to, 0, TCP_SIZE);
    put16(to, flow->ends[who].port);
    put16(to + 2, flow->ends[!who].port);
    put32(to + 4, flow->next[who]);
    if (flags & ACK)
        put32(to + 8, flow->next[!who]);
    to[12] = TCP_SIZE / 4 << 4;
    to[13] = (uint8_t)flags;
    put16(to + 14, WINDOW);
    put16(to + 16, tcp_checksum(flow, to, payload));
}

static void add_packet(struct pcap_flow *flow, enum pcap_end who, unsigned flags,
                       struct span payload, struct text *out, instant now)
{
    uint8_t head[IPV6_SIZE + TCP_SIZE];
    size_t tcp_len = TCP_SIZE + payload.len;
    size_t ip =
        flow->is_v6 ? put_ipv6(head, flow, who, tcp_len) : put_ipv4(head, flow, who, tcp_len);
    put_tcp(head + ip, flow, who, flags, payload);
    add_native(out, (uint32_t)(now / SECONDS(1)));
    add_native(out, (uint32_t)(now % SECONDS(1)));
    add_native(out, (uint32_t)(ip + tcp_len));
    add_native(out, (uint32_t)(ip + tcp_len));
    text_add(out, span_make(head, ip + TCP_SIZE));
    text_add(out, payload);
    flow->next[who] += (uint32_t)payload.len + (flags & (SYN | FIN) ? 1 : 0);
}

/* -- the connection --------------------------------------------------------------------------- */

void pcap_add_head(struct text *out)
{
    static const uint16_t version[] = { 2, 4 };
    add_native(out, MAGIC_NANOSECONDS);
    text_add(out, span_make(version, sizeof version));
    add_native(out, 0);
    add_native(out, 0);
    add_native(out, SNAP_LENGTH);
    add_native(out, LINK_TYPE_RAW);
}

void pcap_flow_open(struct pcap_flow *flow, uint32_t first, struct text *out, instant now)
{
    flow->next[PCAP_CLIENT] = first;
    flow->next[PCAP_SERVER] = ~first;
    add_packet(flow, PCAP_CLIENT, SYN, SPAN(""), out, now);
    add_packet(flow, PCAP_SERVER, SYN | ACK, SPAN(""), out, now);
    add_packet(flow, PCAP_CLIENT, ACK, SPAN(""), out, now);
}

void pcap_flow_say(struct pcap_flow *flow, enum pcap_end who, struct span bytes, struct text *out,
                   instant now)
{
    while (bytes.len > 0 && !flow->is_over && !flow->has_ended[who]) {
        struct span payload = span_take(bytes, PCAP_PAYLOAD_MAX);
        add_packet(flow, who, PSH | ACK, payload, out, now);
        bytes = span_drop(bytes, payload.len);
    }
}

void pcap_flow_finish(struct pcap_flow *flow, enum pcap_end who, struct text *out, instant now)
{
    if (flow->is_over || flow->has_ended[who])
        return;
    add_packet(flow, who, FIN | ACK, SPAN(""), out, now);
    add_packet(flow, !who, ACK, SPAN(""), out, now);
    flow->has_ended[who] = true;
    flow->is_over = flow->has_ended[!who];
}

void pcap_flow_reset(struct pcap_flow *flow, enum pcap_end who, struct text *out, instant now)
{
    if (flow->is_over)
        return;
    add_packet(flow, who, RST | ACK, SPAN(""), out, now);
    flow->is_over = true;
}
