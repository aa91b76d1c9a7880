/* cmd_sink: `smtpchaos sink`: the built-in receiver (sink_server.h) until a signal ends it. */
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/clock.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/descriptors.h"
#include "proxy/end_signals.h"
#include "proxy/exits.h"
#include "proxy/live_line.h"
#include "proxy/options.h"
#include "proxy/peer_tls.h"
#include "proxy/sink_server.h"
#include "proxy/tls/authority_files.h"

enum { LISTEN, MAILDIR, LMTP, SIZE_LIMIT, TLS, CERTIFICATE, KEY, CA, MAX_SESSIONS };

static const struct option_row rows[] = {
    [LISTEN] = OPTION_LISTEN_ROW(true, ", all with `smtps:` before them for TLS from the start"),
    [MAILDIR] = { "maildir", OPTION_TEXT, "DIR",
                  .help = "keep each message as a file in DIR/new; DIR is made when it is missing "
                          "(mail is only counted)" },
    [LMTP] = { "lmtp", OPTION_FLAG, .help = "speak LMTP (RFC 2033) instead of SMTP" },
    [SIZE_LIMIT] = { "size-limit", OPTION_SIZE, "SIZE",
                     .help = "offer SIZE and refuse larger messages with 552 (no limit)" },
    [TLS] = { "tls", OPTION_FLAG, .help = "offer STARTTLS" },
    [CERTIFICATE] = { "certificate", OPTION_TEXT, "FILE",
                      .help = "PEM: what clients are shown, with its chain (one is minted)" },
    [KEY] = { "key", OPTION_TEXT, "FILE", .help = "PEM: its private key (in the same file)" },
    [CA] = OPTION_CA_ROW,
    [MAX_SESSIONS] = { "max-sessions", OPTION_COUNT, "N", .preset = TEXT_OF(MAX_SESSIONS_DEFAULT),
                       .min = 1, .max = MAX_SESSIONS_MAX,
                       .help = "sessions open at once; one more client hears 421" },
};

static const struct usage usage = {
    .name = "sink",
    .summary = "accepts, counts and keeps mail",
    .detail =
        "A receiver that accepts every message for every recipient. It offers PIPELINING, "
        "8BITMIME, SIZE, SMTPUTF8, CHUNKING and ENHANCEDSTATUSCODES, takes only CRLF . CRLF for "
        "the end of mail, and keeps order as RFC 5321 has it."
        "\n\n"
        "In a Maildir each message is one file, written below DIR/tmp and moved to DIR/new when "
        "it is whole; folders have mode 0700, files 0600. A file begins with the envelope: one "
        "line `Return-Path: <sender>` and for each recipient one line `Delivered-To: "
        "recipient`, each with CRLF. All behind them is the message, byte for byte as it came, "
        "but for the dots that DATA doubles."
        "\n\n"
        "On a terminal a line on stderr shows how many messages come. TERM or INT ends it: open "
        "sessions hear 421, unfinished messages are forgotten, and the totals go to stdout.",
    .examples = "  # count mail\n"
                "  smtpchaos sink --listen 127.0.0.1:2525\n"
                "  # keep it, and refuse what is larger than ten megabytes\n"
                "  smtpchaos sink --maildir ./mail --size-limit 10MB\n",
    OPTION_TABLE(rows),
};

struct sink {
    struct poller poller;
    struct end_signals signals;
    struct live_line live;
    struct sink_server *server;
    struct sink_counters shown; /* when the live line was written last */
};

static void live_words(void *owner, duration passed, struct text *out)
{
    struct sink *sink = owner;
    struct sink_counters now = sink_server_counters(sink->server);
    text_addf(out, "%" PRIu64 " messages, %.0f/s, ", now.messages,
              rate_of(now.messages - sink->shown.messages, passed));
    text_add_bytes(out, rate_of(now.bytes - sink->shown.bytes, passed));
    text_addf(out, "/s, %" PRIu64 " sessions", now.sessions_open);
    sink->shown = now;
}

static void on_signal(uv_signal_t *handle, int number)
{
    struct sink *sink = handle->data;
    (void)number;
    live_line_stop(&sink->live);
    sink_server_stop(sink->server);
}

static void announce(const struct sink_server *server)
{
    const struct socket_address *address;
    for (size_t i = 0; (address = sink_server_address(server, i)) != NULL; i++) {
        struct text name = { 0 };
        socket_address_format(address, &name);
        complain("sink listening on %s%s", sink_server_is_tls(server, i) ? "smtps:" : "",
                 text_string(&name));
        text_deinit(&name);
    }
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void print_totals(const struct sink_server *server)
{
    struct sink_counters all = sink_server_counters(server);
    printf("%" PRIu64 " message%s for %" PRIu64 " recipient%s, %" PRIu64 " bytes, %" PRIu64
           " session%s",
           all.messages, plural(all.messages), all.recipients, plural(all.recipients), all.bytes,
           all.sessions, plural(all.sessions));
    if (all.refused)
        printf(", %" PRIu64 " message%s refused", all.refused, plural(all.refused));
    if (all.turned_away)
        printf(", %" PRIu64 " client%s turned away", all.turned_away, plural(all.turned_away));
    putchar('\n');
}

static void run(struct sink_server *server)
{
    struct sink sink = { .server = server };
    poller_init(&sink.poller);
    end_signals_watch(&sink.signals, &sink.poller.loop, on_signal, &sink);
    sink_server_start(server, &sink.poller);
    announce(server);
    live_line_start(&sink.live, &sink.poller.loop, live_words, &sink);
    poller_run(&sink.poller);
    end_signals_forget(&sink.signals, &sink.poller.loop);
    print_totals(server);
    poller_deinit(&sink.poller);
}

/* Answers the exit status. */
static int collect_addresses(const struct options *options, struct address *all, size_t *count)
{
    const struct option_value *value = NULL;
    while ((value = options_next(options, LISTEN, value)) != NULL) {
        if (*count == LISTEN_MAX) {
            complain("--listen: more than %d addresses", LISTEN_MAX);
            return EX_USAGE;
        }
        all[(*count)++] = value->address;
    }
    return 0;
}

static bool wants_tls(const struct options *options)
{
    const struct option_value *value = NULL;
    bool wanted = options_flag(options, TLS);
    while ((value = options_next(options, LISTEN, value)) != NULL)
        wanted |= value->address.is_tls;
    return wanted;
}

static int start_tls(struct peer_tls *tls, const struct options *options)
{
    const struct certificates_plan plan = { .authority = options_text(options, CA),
                                            .certificate = options_text(options, CERTIFICATE),
                                            .key = options_text(options, KEY) };
    int status = peer_tls_serve(tls, &plan);
    if (status == 0)
        certificates_announce(tls->certificates);
    return status;
}

static int start(const struct options *options, struct peer_tls *tls)
{
    static struct address addresses[LISTEN_MAX];
    struct sink_options wanted = { .listen = addresses,
                                   .maildir = options_text(options, MAILDIR),
                                   .lmtp = options_flag(options, LMTP),
                                   .starttls = options_flag(options, TLS),
                                   .tls = tls,
                                   .size_max = options_number(options, SIZE_LIMIT),
                                   .sessions_max = options_number(options, MAX_SESSIONS) };
    int status = collect_addresses(options, addresses, &wanted.listen_count);
    if (status == 0 && wants_tls(options))
        status = start_tls(tls, options);
    if (status)
        return status;
    struct sink_server *server = sink_server_new(&wanted, &status);
    if (!server)
        return status;
    run(server);
    sink_server_free(server);
    return 0;
}

int cmd_sink(int argc, char **argv)
{
    struct options options;
    struct peer_tls tls = { 0 };
    int status;
    clock_start();
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    status = start(&options, &tls);
    peer_tls_deinit(&tls);
    options_deinit(&options);
    return status;
}
