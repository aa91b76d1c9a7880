/* pcap_file: see pcap_file.h. */
#include "proxy/pcap_file.h"

#include "base/limits.h"
#include "proxy/pcap_flow.h"

struct spool *pcap_file_open(const char *name)
{
    struct spool *spool = spool_open(name, "capture", O_TRUNC, 0600);
    struct text head = { 0 };
    if (!spool)
        return NULL;
    pcap_add_head(&head);
    spool_add(spool, text_span(&head));
    text_deinit(&head);
    return spool;
}

void pcap_writer_init(struct pcap_writer *writer, struct spool *file)
{
    *writer = (struct pcap_writer){ .file = file, .packets.max = JOURNAL_BACKLOG_MAX };
}

void pcap_writer_flush(struct pcap_writer *writer)
{
    if (!writer->packets.len)
        return;
    spool_take(writer->file, &writer->packets);
}

void pcap_writer_settle(struct pcap_writer *writer)
{
    if (writer->packets.len >= PCAP_FLUSH_SIZE)
        pcap_writer_flush(writer);
}

void pcap_writer_deinit(struct pcap_writer *writer)
{
    pcap_writer_flush(writer);
    text_deinit(&writer->packets);
    text_deinit(&writer->copy);
}
