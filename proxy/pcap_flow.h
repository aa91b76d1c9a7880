/* pcap_flow: one conversation as the packets of a made-up TCP connection, in the format of pcap
 * (nanoseconds, link type RAW: packets begin with their IP header). Nothing is ever lost, late or
 * out of order in it. Whose conversation it is, is capture.h's. */
#ifndef SMTPCHAOS_PROXY_PCAP_FLOW_H
#define SMTPCHAOS_PROXY_PCAP_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"

/* Who sends a packet. */
enum pcap_end { PCAP_CLIENT, PCAP_SERVER };

struct pcap_address {
    uint8_t bytes[16]; /* an IPv4 address takes the first 4 */
    uint16_t port;
};

struct pcap_flow {
    bool is_v6;
    struct pcap_address ends[2];
    uint32_t next[2];  /* the sequence number of the end's next byte */
    bool has_ended[2]; /* FIN was sent */
    bool is_over;      /* both have ended, or RST was sent: there is nothing more to show */
};

/* Adds the head of the file. */
void pcap_add_head(struct text *out);

/* Adds the three packets that open the connection; addresses are filled in before. `first` makes
 * its sequence numbers differ from those of other connections. */
void pcap_flow_open(struct pcap_flow *flow, uint32_t first, struct text *out, instant now);
/* Adds what an end says, in as many packets as it takes. */
void pcap_flow_say(struct pcap_flow *flow, enum pcap_end who, struct span bytes, struct text *out,
                   instant now);
/* Adds the end of one direction, or of both at once. Nothing happens the second time. */
void pcap_flow_finish(struct pcap_flow *flow, enum pcap_end who, struct text *out, instant now);
void pcap_flow_reset(struct pcap_flow *flow, enum pcap_end who, struct text *out, instant now);

#endif
