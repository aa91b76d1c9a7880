/* server: see server.h. */
#include "proxy/server.h"

#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/check.h"
#include "base/recall.h"
#include "proxy/clock.h"
#include "proxy/complain.h"
#include "proxy/confine.h"
#include "proxy/descriptors.h"
#include "proxy/exits.h"
#include "proxy/herald.h"
#include "proxy/journal_file.h"
#include "proxy/listener.h"
#include "proxy/overload.h"
#include "proxy/pcap_file.h"
#include "proxy/privileges.h"
#include "proxy/recording_store.h"
#include "proxy/refusal.h"
#include "proxy/sink_server.h"
#include "proxy/tls_run.h"
#include "proxy/worker.h"

static const int signals[] = { SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 };
#define SIGNAL_COUNT (sizeof signals / sizeof signals[0])

struct server {
    struct settings *settings;
    instant began;
    struct text guid; /* of the session that has come last; in front the run's part */
    size_t guid_run_len;
    char host[HOST_NAME_MAX + 1];
    struct own_connections *own; /* NULL when nothing is intercepted */
    struct sink_server *sink;    /* NULL when all upstreams are others' */
    struct listeners listeners;
    struct journal_file *journal;
    struct spool *pcap;             /* NULL: no capture */
    struct recording_store *record; /* NULL: nothing is recorded */
    struct tls_run tls;
    struct recall *recall;
    struct worker *workers;
    unsigned worker_count;
    uv_signal_t signals[SIGNAL_COUNT];
    uv_async_t emptied; /* the last session has ended, and there will be no more */
    uint64_t accepted;
    uint64_t refused; /* past --max-sessions */
    uint64_t looped;  /* intercepted, and of no use */
    uv_mutex_t mutex; /* guards what follows, and the references of rule sets */
    struct rule_set *rules;
    uint64_t open; /* sessions */
    bool is_stopping;
    bool is_retired; /* the workers have been told to end */
};

/* -- sessions come and go --------------------------------------------------------------------- */

/* With the mutex held. */
static void let_go(struct rule_set *rules)
{
    if (--rules->references == 0)
        rule_set_free(rules);
}

static void on_gone(void *owner, struct rule_set *rules)
{
    struct server *server = owner;
    uv_mutex_lock(&server->mutex);
    let_go(rules);
    bool was_last = --server->open == 0 && server->is_stopping;
    uv_mutex_unlock(&server->mutex);
    if (was_last)
        uv_async_send(&server->emptied);
}

/* True when there is room for one session more, which is then counted and holds the rules. */
static bool take_session(struct server *server, struct rule_set **rules)
{
    uv_mutex_lock(&server->mutex);
    bool has_room = server->open < server->settings->sessions_max;
    if (has_room) {
        server->open++;
        *rules = server->rules;
        (*rules)->references++;
    }
    uv_mutex_unlock(&server->mutex);
    return has_room;
}

/* The first worker's sessions begin at once: this is its thread. */
static void deal(struct server *server, const struct arrival *arrival)
{
    size_t n = (arrival->number - 1) % server->worker_count;
    if (n == 0)
        herald_open(&server->workers[0].place, arrival, clock_now());
    else
        worker_hand(&server->workers[n], arrival);
}

/* Connections of our own, and those that were made to ourselves and never intercepted, would be
 * carried on to ourselves again and again. */
static bool is_loop(const struct server *server, const struct arrival *arrival)
{
    if (own_connections_has(server->own, &arrival->peer, &arrival->original))
        return true;
    for (size_t i = 0; i < server->listeners.count; i++) {
        if (intercept_leads_to(&server->listeners.all[i].address, &arrival->original))
            return true;
    }
    return false;
}

/* Finds out where an intercepted client was going. False after refusing it. */
static bool find_destination(struct server *server, struct arrival *arrival)
{
    const char *how = NULL;
    if (intercept_destination(server->settings->intercept, arrival->fd, &arrival->original) != 0)
        how = "not-intercepted";
    else if (is_loop(server, arrival))
        how = "loop";
    if (!how)
        return true;
    const char *why = how[0] == 'l' ? "it leads back to the proxy itself"
                                    : "the kernel does not know where it was going";
    refusal_tear(&server->workers[0].place, arrival, how, why, clock_now());
    if (server->looped++ == 0)
        complain("refused a connection: %s; connect to the server's address, and see that the "
                 "packet filter leaves our own connections alone",
                 why);
    return false;
}

static void choose_upstream(struct arrival *arrival, const struct upstreams *upstreams,
                            const struct address *listen)
{
    if (upstreams_need_recipient(upstreams, listen))
        arrival->sorted_at = listen;
    else
        arrival->upstream = upstreams_choose(upstreams, listen);
}

/* Without printf, which each new connection would pay for. */
static void make_guid(struct server *server, struct arrival *arrival)
{
    server->guid.len = server->guid_run_len;
    text_add_number(&server->guid, arrival->number);
    check(server->guid.len < sizeof arrival->guid);
    memcpy(arrival->guid, text_string(&server->guid), server->guid.len + 1);
}

static void on_accept(const struct listener *listener, int fd, const struct socket_address *peer)
{
    struct server *server = listener->owner;
    const struct settings *settings = server->settings;
    struct arrival arrival = {
        .fd = fd,
        .peer = *peer,
        .number = ++server->accepted,
        .client_tls = listener->is_tls,
    };
    choose_upstream(&arrival, &settings->upstreams, &settings->listen[listener->number]);
    make_guid(server, &arrival);
    if (settings->intercept != INTERCEPT_NONE && !find_destination(server, &arrival))
        return;
    if (take_session(server, &arrival.rules)) {
        deal(server, &arrival);
    } else {
        server->refused++;
        overload_refuse(&server->workers[0].place, &arrival, clock_now());
    }
}

/* -- the end ---------------------------------------------------------------------------------- */

static void order_all(struct server *server, enum worker_order order)
{
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_order(&server->workers[i], order);
}

/* No session is left: all that keeps the loops running goes. */
static void retire(struct server *server)
{
    server->is_retired = true;
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        uv_unref((uv_handle_t *)&server->signals[i]);
    uv_close((uv_handle_t *)&server->emptied, NULL);
    if (server->sink)
        sink_server_stop(server->sink);
    order_all(server, ORDER_RETIRE);
}

static void on_emptied(uv_async_t *emptied)
{
    retire(emptied->data);
}

static void stop(struct server *server)
{
    uv_mutex_lock(&server->mutex);
    bool is_second = server->is_stopping;
    uint64_t open = server->open;
    server->is_stopping = true;
    uv_mutex_unlock(&server->mutex);
    if (is_second) {
        order_all(server, ORDER_END_SESSIONS);
        return;
    }
    listeners_stop(&server->listeners);
    if (open == 0)
        retire(server);
    else
        complain("no longer listening; %" PRIu64 " session%s to end; a second signal ends at once",
                 open, open == 1 ? " has" : "s have");
}

/* -- signals ---------------------------------------------------------------------------------- */

typedef void journal_call(struct journal_file *file, const struct journal_head *head);

static void tell_journal(struct server *server, journal_call *tell)
{
    struct text options = { 0 };
    options_describe(&server->settings->options, &options);
    tell(server->journal, &(struct journal_head){
                              .time = server->began,
                              .seed = server->settings->session.seed,
                              .options = text_string(&options),
                              .rules = (const struct rule *const *)server->rules->rules,
                              .rule_count = server->rules->count,
                          });
    text_deinit(&options);
}

static void read_rules_again(struct server *server)
{
    struct rule_set *rules = settings_read_rules_again(server->settings);
    if (!rules) {
        complain("the rules stay as they were");
        return;
    }
    rules->references = 1;
    uv_mutex_lock(&server->mutex);
    let_go(server->rules);
    server->rules = rules;
    uv_mutex_unlock(&server->mutex);
    complain("rules read again: %zu for new sessions", rules->count);
    tls_run_read_again(&server->tls);
}

static void reload(struct server *server)
{
    read_rules_again(server);
    tell_journal(server, journal_file_reopen);
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct server *server = handle->data;
    if (server->is_retired)
        return; /* there is no worker left to order about */
    if (number == SIGTERM || number == SIGINT) {
        stop(server);
    } else if (number == SIGHUP) {
        reload(server);
    } else {
        bool off = number == SIGUSR1;
        order_all(server, off ? ORDER_RULES_OFF : ORDER_RULES_ON);
        complain("all rules are %s", off ? "off" : "on");
    }
}

/* Signals that come before somebody listens are kept, not deadly; workers never take any. */
static void hold_signals(int how)
{
    sigset_t held;
    sigemptyset(&held);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        sigaddset(&held, signals[i]);
    pthread_sigmask(how, &held, NULL);
}

static void watch_signals(struct server *server)
{
    signal(SIGPIPE, SIG_IGN);
    for (size_t i = 0; i < SIGNAL_COUNT; i++) {
        uv_signal_init(&server->workers[0].poller.loop, &server->signals[i]);
        server->signals[i].data = server;
        uv_signal_start(&server->signals[i], on_signal, signals[i]);
    }
}

/* -- the beginning ---------------------------------------------------------------------------- */

static void bound_sessions(struct settings *settings)
{
    uint64_t wanted = settings->sessions_max;
    raise_descriptor_limit();
    unsigned sockets = upstreams_have(&settings->upstreams, ADDRESS_SINK) ? 3 : 2;
    settings->sessions_max = descriptors_for_sessions(wanted, sockets);
    if (settings->sessions_max < wanted && settings->sessions_max_given)
        complain("warning: only %" PRIu64 " sessions fit the open files that this process may have "
                 "(ulimit -n); one more client hears 421",
                 settings->sessions_max);
}

/* The built-in receiver is reached as any other is; only its name is its own. */
static int prepare_sink(struct server *server)
{
    int status = 0;
    struct text place = { 0 };
    struct upstreams *upstreams = &server->settings->upstreams;
    if (!upstreams_have(upstreams, ADDRESS_SINK))
        return 0;
    server->sink = sink_server_new(&(struct sink_options){ .sessions_max = UINT64_MAX }, &status);
    if (!server->sink)
        return status;
    socket_address_format(sink_server_address(server->sink, 0), &place);
    for (size_t i = 0; i < upstreams->count; i++) {
        struct address *address = &upstreams->all[i].address;
        if (address->kind == ADDRESS_SINK)
            check(address_parse(address, text_span(&place), NULL));
    }
    text_deinit(&place);
    return 0;
}

/* No thread has been started yet, so that all of them begin with what is left. */
static int prepare_privileges(const struct settings *settings)
{
    const struct dialing *dialing = &settings->dialing;
    bool needs_network = dialing->source == DIAL_FROM_CLIENT || dialing->mark;
    int status = privileges_drop(settings->user, needs_network);
    struct text why = { 0 };
    if (status == 0 && needs_network && !dial_is_permitted(dialing, &why)) {
        complain("%s", text_string(&why));
        status = EX_NOPERM;
    }
    text_deinit(&why);
    return status;
}

static int open_files(struct server *server)
{
    const struct settings *settings = server->settings;
    if (settings->journal)
        server->journal = journal_file_open(settings->journal, settings->journal_format);
    if (settings->journal && !server->journal)
        return EX_IOERR;
    if (settings->pcap)
        server->pcap = pcap_file_open(settings->pcap);
    return settings->pcap && !server->pcap ? EX_IOERR : 0;
}

/* Unlike those, its files are opened as they are written, by the one that we have become. */
static int open_recordings(struct server *server)
{
    const struct recording_settings *settings = &server->settings->recording;
    if (settings->folder)
        server->record = recording_store_open(settings);
    return settings->folder && !server->record ? EX_IOERR : 0;
}

/* Cuts the path down to its folder, or answers another one. */
static const char *folder_of(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash)
        return ".";
    slash[slash == path] = '\0';
    return path;
}

/* All that will be written is open by now, but for recordings, and the journal that HUP begins
 * anew; only the files of our own sockets go at the end. */
static void confine(const struct settings *settings)
{
    char paths[LISTEN_MAX][ADDRESS_PATH_SIZE];
    char journal[PATH_MAX];
    struct confine_folder folders[LISTEN_MAX + 2];
    size_t count = 0;
    for (size_t i = 0; i < settings->listen_count; i++) {
        if (settings->listen[i].kind != ADDRESS_UNIX)
            continue;
        memcpy(paths[count], settings->listen[i].path, sizeof paths[count]);
        folders[count] = (struct confine_folder){ .path = folder_of(paths[count]) };
        count++;
    }
    if (settings->recording.folder)
        folders[count++] =
            (struct confine_folder){ .path = settings->recording.folder, .takes_files = true };
    if (settings->journal && strcmp(settings->journal, "-") != 0) {
        snprintf(journal, sizeof journal, "%s", settings->journal);
        folders[count++] =
            (struct confine_folder){ .path = folder_of(journal), .takes_files = true };
    }
    confine_writing(folders, count);
}

/* Sets all up that can fail; answers the exit status. */
static int prepare(struct server *server)
{
    const struct settings *settings = server->settings;
    server->listeners.is_transparent = settings->intercept == INTERCEPT_TPROXY;
    for (size_t i = 0; i < settings->listen_count; i++) {
        int status = listeners_bind(&server->listeners, &settings->listen[i]);
        if (status)
            return status;
    }
    int status = prepare_sink(server);
    if (status == 0)
        status = tls_run_begin(&server->tls, settings);
    if (status == 0)
        status = open_files(server);
    if (status == 0)
        status = prepare_privileges(settings);
    if (status == 0)
        status = open_recordings(server);
    if (status == 0)
        confine(settings);
    return status;
}

/* A pool belongs to one thread, so that taking from it needs no lock. */
static size_t chunks_of_each(const struct settings *settings)
{
    uint64_t chunks = settings->memory_max / CHUNK_SIZE / settings->workers;
    return chunks > MEMORY_CHUNKS_MIN ? (size_t)chunks : MEMORY_CHUNKS_MIN;
}

static void start_workers(struct server *server)
{
    struct session_options options = server->settings->session;
    if (server->settings->rules_for != NEVER)
        options.rules_until = instant_after(server->began, server->settings->rules_for);
    struct link_place place = {
        .recall = server->recall,
        .upstreams = &server->settings->upstreams,
        .dialing = &server->settings->dialing,
        .own = server->own,
        .introducing = &server->settings->introducing,
        .accepts_proxy = server->settings->accepts_proxy,
        .record = server->record,
        .host = span_of(server->host),
        .gone = on_gone,
        .owner = server,
    };
    server->worker_count = server->settings->workers;
    server->workers = calloc(server->worker_count, sizeof *server->workers);
    check(server->workers != NULL);
    for (unsigned i = 0; i < server->worker_count; i++) {
        worker_init(&server->workers[i], &options, server->journal, server->pcap, &place,
                    server->tls.context);
        server->workers[i].pool.in_use_max = chunks_of_each(server->settings);
    }
    for (unsigned i = 1; i < server->worker_count; i++)
        worker_start(&server->workers[i]);
}

static void announce(const struct server *server)
{
    const struct settings *settings = server->settings;
    for (size_t i = 0; i < server->listeners.count; i++) {
        const struct listener *listener = &server->listeners.all[i];
        const struct socket_address *address = &listener->address;
        struct text name = { 0 };
        text_add(&name, span_of(listener->is_tls ? "smtps:" : ""));
        socket_address_format(address, &name);
        struct arrival arrival = { 0 };
        choose_upstream(&arrival, &settings->upstreams, &settings->listen[listener->number]);
        struct span upstream =
            arrival.upstream ? text_span(&arrival.upstream->name) : SPAN("by recipient");
        complain("listening on %s, upstream %.*s, seed %" PRIu64, text_string(&name),
                 (int)upstream.len, (const char *)upstream.ptr, settings->session.seed);
        if (!socket_address_is_loopback(address))
            complain("warning: %s can be reached from other machines, and whoever reaches it "
                     "reaches the upstream",
                     text_string(&name));
        text_deinit(&name);
    }
}

/* libuv gives a signal its deadly meaning back when nobody listens to it any more; a late one must
 * not cut short what is still to be written down. No other thread is left. */
static void forget_signals(struct server *server)
{
    hold_signals(SIG_BLOCK);
    for (size_t i = 0; i < SIGNAL_COUNT; i++)
        uv_close((uv_handle_t *)&server->signals[i], NULL);
    uv_run(&server->workers[0].poller.loop, UV_RUN_DEFAULT);
}

static void run(struct server *server)
{
    struct poller *poller = &server->workers[0].poller;
    journal_file_begin(server->journal);
    spool_begin(server->pcap);
    recording_store_begin(server->record);
    tell_journal(server, journal_file_head);
    watch_signals(server);
    check(uv_async_init(&poller->loop, &server->emptied, on_emptied) == 0);
    server->emptied.data = server;
    if (server->sink)
        sink_server_start(server->sink, poller);
    listeners_start(&server->listeners, poller, on_accept, server);
    announce(server);
    hold_signals(SIG_UNBLOCK);
    poller_run(poller);
    for (unsigned i = 1; i < server->worker_count; i++)
        worker_join(&server->workers[i]);
    forget_signals(server);
    for (unsigned i = 0; i < server->worker_count; i++)
        worker_deinit(&server->workers[i]);
    if (server->refused)
        complain("%" PRIu64 " client%s heard 421: more than %" PRIu64 " sessions at once",
                 server->refused, server->refused == 1 ? "" : "s", server->settings->sessions_max);
}

static void begin_guids(struct server *server)
{
    uint64_t run;
    check(getrandom(&run, sizeof run, 0) == sizeof run);
    text_addf(&server->guid, "%012" PRIx64 "-", run >> 16);
    server->guid_run_len = server->guid.len;
}

static void init(struct server *server, struct settings *settings)
{
    *server = (struct server){ .settings = settings, .began = clock_now() };
    begin_guids(server);
    if (gethostname(server->host, sizeof server->host - 1) != 0)
        snprintf(server->host, sizeof server->host, "localhost");
    server->recall = recall_new(0);
    if (settings->intercept != INTERCEPT_NONE)
        server->own = own_connections_new();
    server->rules = settings->rules;
    server->rules->references = 1;
    settings->rules = NULL;
    check(uv_mutex_init(&server->mutex) == 0);
}

static void deinit(struct server *server)
{
    listeners_deinit(&server->listeners);
    if (server->sink)
        sink_server_free(server->sink);
    let_go(server->rules);
    tls_run_end(&server->tls);
    recall_free(server->recall);
    text_deinit(&server->guid);
    own_connections_free(server->own);
    uv_mutex_destroy(&server->mutex);
    free(server->workers);
}

int server_run(struct settings *settings)
{
    struct server server;
    bound_sessions(settings);
    init(&server, settings);
    hold_signals(SIG_BLOCK);
    int status = prepare(&server);
    if (status == 0) {
        start_workers(&server);
        run(&server);
    }
    int journal_status = journal_file_close(server.journal);
    int pcap_status = spool_close(server.pcap);
    int record_status = recording_store_close(server.record);
    deinit(&server);
    if (status == 0)
        status = journal_status;
    if (status == 0)
        status = pcap_status;
    return status ? status : record_status;
}
