/* worker: one event loop with all that its sessions share: memory, the journal's voice, the switch
 * for rules. Worker 0 runs in the main thread. Others are spoken to through their inbox. */
#ifndef SMTPCHAOS_PROXY_WORKER_H
#define SMTPCHAOS_PROXY_WORKER_H

#include <stdbool.h>
#include <uv.h>

#include "base/chain.h"
#include "proxy/journal_file.h"
#include "proxy/link.h"
#include "proxy/pcap_file.h"
#include "session/session.h"

/* What a worker can be told, besides new connections. */
enum worker_order {
    ORDER_RULES_ON = 1,
    ORDER_RULES_OFF = 2,
    ORDER_END_SESSIONS = 4, /* at once */
    ORDER_RETIRE = 8        /* there are no sessions and will be none: let the loop end */
};

struct worker {
    struct poller poller;
    uv_thread_t thread; /* not of worker 0 */
    uv_async_t wake;
    struct resolver resolver;
    struct pool pool;
    struct journal_writer writer;
    struct pcap_writer pcap;
    uint64_t due_ms; /* on the loop's clock: when what both have gathered is handed over; or 0 */
    struct session_options options;
    bool rules_off;
    struct tls_place tls;
    struct link_place place;
    uv_mutex_t mutex;         /* guards the inbox: what follows */
    struct arrival *arrivals; /* owned array */
    size_t arrival_count;
    size_t arrival_capacity;
    unsigned orders; /* bits of enum worker_order */
};

/* `place` names what all workers share; loop, pool, journal and options are filled in here. The
 * worker must stay where it is. */
void worker_init(struct worker *worker, const struct session_options *options,
                 struct journal_file *journal, struct spool *pcap, const struct link_place *place,
                 struct tls_context *tls);
/* After its loop has ended. */
void worker_deinit(struct worker *worker);
/* Runs the loop in a thread of its own, and waits for it. */
void worker_start(struct worker *worker);
void worker_join(struct worker *worker);

/* From any thread: */
void worker_hand(struct worker *worker, const struct arrival *arrival);
void worker_order(struct worker *worker, enum worker_order order);

#endif
