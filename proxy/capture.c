/* capture: see capture.h. */
#include "proxy/capture.h"

#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/check.h"
#include "proxy/pcap_flow.h"
#include "smtp/credentials.h"

/* Ports that everybody knows for SMTP: RFC 5321 section 4.5.4.2, RFC 6409 section 3.1. */
static const uint16_t server_ports[] = { [CLIENT] = 25, [SERVER] = 587 };

struct conversation {
    bool is_open;
    bool has_spoken; /* either end has */
    struct pcap_flow flow;
    struct credentials credentials;
};

struct capture {
    struct pcap_writer *writer;
    uint64_t number;
    struct conversation sides[2]; /* by enum side */
};

struct capture *capture_new(struct pcap_writer *writer, uint64_t number)
{
    if (!writer || !writer->file)
        return NULL;
    struct capture *capture = calloc(1, sizeof *capture);
    check(capture != NULL);
    capture->writer = writer;
    capture->number = number;
    return capture;
}

void capture_free(struct capture *capture)
{
    free(capture);
}

/* -- addresses -------------------------------------------------------------------------------- */

/* Towards the client we are the server, towards the server the client. */
static enum pcap_end end_of(enum side side, enum speaker by)
{
    return (side == CLIENT) == (by == BY_PEER) ? PCAP_CLIENT : PCAP_SERVER;
}

/* 192.0.2.1 is the client, .2 is the proxy, .3 is the server. */
static void make_up(struct pcap_flow *flow, enum side side, enum pcap_end end, uint64_t number)
{
    unsigned host = (side == CLIENT ? 1U : 2U) + (end == PCAP_SERVER ? 1U : 0U);
    memcpy(flow->ends[end].bytes, (uint8_t[]){ 192, 0, 2, (uint8_t)host }, 4);
    flow->ends[end].port = (uint16_t)(1024 + number % 60000);
}

static void take_v6(struct pcap_flow *flow, enum pcap_end end, const struct sockaddr_in6 *found)
{
    flow->ends[end].port = ntohs(found->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&found->sin6_addr)) {
        memcpy(flow->ends[end].bytes, found->sin6_addr.s6_addr + 12, 4);
    } else {
        flow->is_v6 = true;
        memcpy(flow->ends[end].bytes, found->sin6_addr.s6_addr, 16);
    }
}

static void take_address(struct capture *capture, enum side side, enum pcap_end end,
                         const struct sockaddr_storage *found)
{
    struct pcap_flow *flow = &capture->sides[side].flow;
    const struct sockaddr_in *v4 = (const struct sockaddr_in *)found;
    if (found->ss_family == AF_INET6) {
        take_v6(flow, end, (const struct sockaddr_in6 *)found);
    } else if (found->ss_family == AF_INET) {
        memcpy(flow->ends[end].bytes, &v4->sin_addr, 4);
        flow->ends[end].port = ntohs(v4->sin_port);
    } else {
        make_up(flow, side, end, capture->number);
    }
}

typedef int name_call(int fd, struct sockaddr *name, socklen_t *size);

static void find_address(struct capture *capture, enum side side, int fd, enum speaker whose,
                         const struct socket_address *told)
{
    if (told->size) {
        take_address(capture, side, end_of(side, whose), &told->storage);
        return;
    }
    struct sockaddr_storage found = { .ss_family = AF_UNSPEC };
    socklen_t size = sizeof found;
    name_call *ask = whose == BY_PEER ? getpeername : getsockname;
    if (ask(fd, (struct sockaddr *)&found, &size) != 0)
        found.ss_family = AF_UNSPEC;
    take_address(capture, side, end_of(side, whose), &found);
}

/* Sequence numbers that differ show programs where a port is used again. */
static uint32_t first_number(const struct capture *capture)
{
    return (uint32_t)(capture->number * 2654435761U);
}

void capture_open(struct capture *capture, enum side side, int fd, const struct capture_ends *ends,
                  instant now)
{
    if (!capture)
        return;
    struct conversation *conversation = &capture->sides[side];
    struct pcap_flow *flow = &conversation->flow;
    *conversation = (struct conversation){ 0 };
    find_address(capture, side, fd, BY_PEER, &ends->peer);
    find_address(capture, side, fd, BY_US, &ends->own);
    flow->ends[PCAP_SERVER].port = server_ports[side];
    conversation->is_open = true;
    pcap_flow_open(flow, first_number(capture), &capture->writer->packets, now);
}

static struct conversation *find(struct capture *capture, enum side side)
{
    return capture && capture->sides[side].is_open ? &capture->sides[side] : NULL;
}

void capture_secured(struct capture *capture, enum side side, instant now)
{
    struct conversation *conversation = find(capture, side);
    if (!conversation || !conversation->has_spoken)
        return;
    struct pcap_flow *flow = &conversation->flow;
    struct text *packets = &capture->writer->packets;
    pcap_flow_finish(flow, PCAP_CLIENT, packets, now);
    pcap_flow_finish(flow, PCAP_SERVER, packets, now);
    uint32_t first = flow->next[PCAP_CLIENT] + 1000000;
    *flow = (struct pcap_flow){ .is_v6 = flow->is_v6, .ends = { flow->ends[0], flow->ends[1] } };
    conversation->credentials = (struct credentials){ 0 };
    pcap_flow_open(flow, first, packets, now);
}

/* -- what is said ----------------------------------------------------------------------------- */

static void write_down(struct capture *capture, struct conversation *conversation,
                       enum pcap_end who, instant now)
{
    struct text *copy = &capture->writer->copy;
    conversation->has_spoken = true;
    if (who == PCAP_CLIENT)
        credentials_hide(&conversation->credentials, copy->ptr, copy->len);
    else
        credentials_note_replies(&conversation->credentials, text_span(copy));
    pcap_flow_say(&conversation->flow, who, text_span(copy), &capture->writer->packets, now);
    text_clear(copy);
    pcap_writer_settle(capture->writer);
}

void capture_received(struct capture *capture, enum side side, struct span bytes, instant now)
{
    struct conversation *conversation = find(capture, side);
    if (!conversation || bytes.len == 0)
        return;
    text_add(&capture->writer->copy, bytes);
    write_down(capture, conversation, end_of(side, BY_PEER), now);
}

void capture_sent(struct capture *capture, enum side side, const struct span *spans, size_t len,
                  instant now)
{
    struct conversation *conversation = find(capture, side);
    if (!conversation || len == 0)
        return;
    for (; len > 0; spans++) {
        struct span piece = span_take(*spans, len);
        text_add(&capture->writer->copy, piece);
        len -= piece.len;
    }
    write_down(capture, conversation, end_of(side, BY_US), now);
}

void capture_end(struct capture *capture, enum side side, enum speaker by, bool torn, instant now)
{
    struct conversation *conversation = find(capture, side);
    if (!conversation)
        return;
    enum pcap_end who = end_of(side, by);
    if (torn)
        pcap_flow_reset(&conversation->flow, who, &capture->writer->packets, now);
    else
        pcap_flow_finish(&conversation->flow, who, &capture->writer->packets, now);
}
