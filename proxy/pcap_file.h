/* pcap_file: option --pcap: where captured packets go: a file, or stdout for a pipe into another
 * program. Packets are gathered by each worker and handed over together, some milliseconds later
 * (GATHER_MS), to be written by another thread (spool.h). How packets look is pcap_flow.h's. */
#ifndef SMTPCHAOS_PROXY_PCAP_FILE_H
#define SMTPCHAOS_PROXY_PCAP_FILE_H

#include "base/text.h"
#include "proxy/spool.h"

/* Opens `name` ("-" is stdout) and writes the head; what stood in the file is gone. A new file has
 * mode 0600, since it is to hold mail. NULL after one line on stderr when it cannot. */
struct spool *pcap_file_open(const char *name);

/* One thread's packets. */
struct pcap_writer {
    struct spool *file;  /* NULL: there is no capture */
    struct text packets; /* not yet handed over: whole packets */
    struct text copy;    /* for capture.h: what is to be written down, with the secrets hidden */
};

void pcap_writer_init(struct pcap_writer *writer, struct spool *file);
void pcap_writer_deinit(struct pcap_writer *writer);
/* Hands the packets over. */
void pcap_writer_flush(struct pcap_writer *writer);
/* The same when there are many. */
void pcap_writer_settle(struct pcap_writer *writer);

#endif
