/* worker: see worker.h. */
#include "proxy/worker.h"

#include <stdlib.h>

#include "base/check.h"
#include "proxy/clock.h"
#include "proxy/herald.h"

static void end_sessions(struct worker *worker)
{
    instant now = clock_now();
    struct link *next;
    heralds_end(&worker->place);
    for (struct link *link = worker->place.first; link; link = next) {
        next = link_next(link);
        link_end(link, now);
    }
}

/* Whatever else runs on the loop has been ended by its owner. */
static void retire(struct worker *worker)
{
    uv_close((uv_handle_t *)&worker->wake, NULL);
    resolver_end(&worker->resolver);
}

static void obey(struct worker *worker, unsigned orders)
{
    if (orders & ORDER_RULES_OFF)
        worker->rules_off = true;
    if (orders & ORDER_RULES_ON)
        worker->rules_off = false;
    if (orders & ORDER_END_SESSIONS)
        end_sessions(worker);
    if (orders & ORDER_RETIRE)
        retire(worker);
}

static void on_wake(uv_async_t *wake)
{
    struct worker *worker = wake->data;
    uv_mutex_lock(&worker->mutex);
    struct arrival *arrivals = worker->arrivals;
    size_t count = worker->arrival_count;
    unsigned orders = worker->orders;
    worker->arrivals = NULL;
    worker->arrival_count = worker->arrival_capacity = 0;
    worker->orders = 0;
    uv_mutex_unlock(&worker->mutex);
    instant now = clock_now();
    for (size_t i = 0; i < count; i++)
        herald_open(&worker->place, &arrivals[i], now);
    free(arrivals);
    obey(worker, orders);
}

static bool has_gathered(const struct worker *worker)
{
    return worker->writer.lines.len > 0 || worker->pcap.packets.len > 0;
}

/* To wake the threads that write costs more than to make what they write, so they are given it
 * together, now and then. The sleep is not cut to what is left of that time: see GATHER_MS. */
static int hand_over(void *owner)
{
    struct worker *worker = owner;
    uint64_t now_ms = uv_now(&worker->poller.loop);
    if (!has_gathered(worker))
        return -1;
    if (worker->due_ms == 0)
        worker->due_ms = now_ms + GATHER_MS;
    if (now_ms < worker->due_ms)
        return GATHER_MS;
    journal_writer_flush(&worker->writer);
    pcap_writer_flush(&worker->pcap);
    worker->due_ms = 0;
    return -1;
}

static void init_handles(struct worker *worker)
{
    poller_init(&worker->poller);
    worker->poller.before_sleep = hand_over;
    worker->poller.owner = worker;
    check(uv_async_init(&worker->poller.loop, &worker->wake, on_wake) == 0);
    worker->wake.data = worker;
    resolver_init(&worker->resolver, &worker->poller.loop);
    check(uv_mutex_init(&worker->mutex) == 0);
}

void worker_init(struct worker *worker, const struct session_options *options,
                 struct journal_file *journal, struct spool *pcap, const struct link_place *place,
                 struct tls_context *tls)
{
    *worker = (struct worker){ .options = *options, .place = *place };
    init_handles(worker);
    journal_writer_init(&worker->writer, journal);
    pcap_writer_init(&worker->pcap, pcap);
    worker->options.rules_off = &worker->rules_off;
    worker->place.poller = &worker->poller;
    worker->place.resolver = &worker->resolver;
    worker->place.pool = &worker->pool;
    worker->place.desk = desk_new();
    worker->tls.context = tls;
    worker->place.tls = &worker->tls;
    worker->place.options = &worker->options;
    worker->place.pcap = pcap ? &worker->pcap : NULL;
    worker->place.journal = journal_writer_journal(&worker->writer);
}

void worker_deinit(struct worker *worker)
{
    poller_deinit(&worker->poller);
    uv_mutex_destroy(&worker->mutex);
    journal_writer_deinit(&worker->writer);
    pcap_writer_deinit(&worker->pcap);
    tls_place_deinit(&worker->tls);
    pool_deinit(&worker->pool);
    desk_free(worker->place.desk);
    link_place_deinit(&worker->place);
    free(worker->arrivals);
}

static void run(void *argument)
{
    struct worker *worker = argument;
    poller_run(&worker->poller);
}

void worker_start(struct worker *worker)
{
    check(uv_thread_create(&worker->thread, run, worker) == 0);
}

void worker_join(struct worker *worker)
{
    uv_thread_join(&worker->thread);
}

void worker_hand(struct worker *worker, const struct arrival *arrival)
{
    uv_mutex_lock(&worker->mutex);
    if (worker->arrival_count == worker->arrival_capacity) {
        worker->arrival_capacity = worker->arrival_capacity ? worker->arrival_capacity * 2 : 16;
        size_t size = worker->arrival_capacity * sizeof *worker->arrivals;
        worker->arrivals = realloc(worker->arrivals, size);
        check(worker->arrivals != NULL);
    }
    worker->arrivals[worker->arrival_count++] = *arrival;
    uv_mutex_unlock(&worker->mutex);
    uv_async_send(&worker->wake);
}

/* The last word on the switch counts, also when both have been given before the worker wakes. */
void worker_order(struct worker *worker, enum worker_order order)
{
    uv_mutex_lock(&worker->mutex);
    if (order == ORDER_RULES_ON || order == ORDER_RULES_OFF)
        worker->orders &= ~(unsigned)(ORDER_RULES_ON | ORDER_RULES_OFF);
    worker->orders |= order;
    uv_mutex_unlock(&worker->mutex);
    uv_async_send(&worker->wake);
}
