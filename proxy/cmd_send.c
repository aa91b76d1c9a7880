/* cmd_send: `smtpchaos send`: what was asked for, from options to a plan; the rest is
 * send_run.h. */
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/clock.h"
#include "proxy/commands.h"
#include "proxy/complain.h"
#include "proxy/descriptors.h"
#include "proxy/exits.h"
#include "proxy/options.h"
#include "proxy/send_run.h"

enum {
    CONNECT,
    FROM,
    TO,
    COUNT,
    CONNECTIONS,
    KEEP,
    RATE,
    SIZE,
    SUBJECT,
    MESSAGE,
    HELO,
    LMTP,
    PIPELINING,
    CHUNKING,
    TLS,
    TIMEOUT,
    RETRY,
    RETRY_AFTER,
    JSON,
    VERBOSE
};

static const struct option_row rows[] = {
    [CONNECT] = { "connect", OPTION_ADDRESS, "ADDR", .preset = "127.0.0.1:2525", .may_be_tls = true,
                  .help = "the server: HOST:PORT, [V6]:PORT or unix:PATH; with `smtps:` before it "
                          "TLS comes first" },
    [FROM] = { "from", OPTION_TEXT, "ADDRESS", .preset = "sender@example.test",
               .help = "the sender; <> is the null sender" },
    [TO] = { "to", OPTION_TEXT, "ADDRESS", .preset = "recipient@example.test", .repeatable = true,
             .help = "a recipient of every message" },
    [COUNT] = { "count", OPTION_COUNT, "N", .preset = "1", .min = 1, .help = "messages to send" },
    [CONNECTIONS] = { "connections", OPTION_COUNT, "N", .preset = "1", .min = 1,
                      .max = SEND_CONNECTIONS_MAX, .help = "connections open at once" },
    [KEEP] = { "keep", OPTION_COUNT, "N", .preset = "1", .min = 1,
               .help = "messages sent over one connection before it is ended" },
    [RATE] = { "rate", OPTION_COUNT, "N", .min = 1,
               .help =
                   "messages begun in a second, all connections together (as fast as it goes)" },
    [SIZE] = { "size", OPTION_SIZE, "SIZE", .preset = "1KiB",
               .help = "size of a made-up message, its header included" },
    [SUBJECT] = { "subject", OPTION_TEXT, "TEXT", .preset = "smtpchaos test message",
                  .help = "subject of a made-up message; its number follows" },
    [MESSAGE] = { "message", OPTION_TEXT, "FILE",
                  .help = "send this file instead of made-up messages, - is stdin; line endings "
                          "become CRLF, nothing else is changed" },
    [HELO] = { "helo", OPTION_TEXT, "NAME", .help = "the name to greet with (the host's name)" },
    [LMTP] = { "lmtp", OPTION_FLAG, .help = "speak LMTP (RFC 2033) instead of SMTP" },
    [PIPELINING] = { "pipelining", OPTION_WORD, "on|off", .preset = "on", .choices = "on|off",
                     .help = "say the whole envelope at once when the server offers PIPELINING" },
    [CHUNKING] = { "chunking", OPTION_FLAG,
                   .help = "send mail by BDAT when the server offers CHUNKING" },
    [TLS] = { "tls", OPTION_WORD, "none|may|must|implicit", .preset = "none",
              .choices = "none|may|must|implicit",
              .help = "STARTTLS: never, where it is offered, or else no mail is sent; implicit: "
                      "TLS before any byte, as on port 465; nobody looks at the certificate" },
    [TIMEOUT] = { "timeout", OPTION_TIME, "TIME",
                  .help =
                      "how long to wait for the connection and for each reply (30s to connect, "
                      "then as RFC 5321 section 4.5.3.2 has it, up to 10m for the last reply)" },
    [RETRY] = { "retry", OPTION_COUNT, "N", .preset = "0",
                .help =
                    "try again, this often, what was put off by a 4yz reply, lost or timed out" },
    [RETRY_AFTER] = { "retry-after", OPTION_TIME, "TIME", .preset = "60s",
                      .help = "how long to wait before that" },
    [JSON] = { "json", OPTION_FLAG, .help = "print the summary as one JSON object" },
    [VERBOSE] = { "verbose", OPTION_FLAG,
                  .help = "print the dialogue on stderr: C: what the client said, S: the server" },
};

static const struct usage usage = {
    .name = "send",
    .summary = "sends mail",
    .detail =
        "A client that speaks as RFC 5321 asks: EHLO and then HELO, parameters and pipelining only "
        "as offered, dots doubled, RSET between messages that did not come to their end, QUIT at "
        "the end. Messages are made up, with a number of their own in Message-ID and Subject, or "
        "read from a file."
        "\n\n"
        "The summary goes to stdout: how many messages were delivered, what refused the others "
        "and where, how fast it went and how long an attempt took. On a terminal a line on "
        "stderr shows how it goes. A message counts as delivered when all its recipients are "
        "reached. What one attempt did not reach is sent again with --retry, without those "
        "recipients that have it or were refused for good."
        "\n\n"
        "The exit status is 0 when all messages were delivered, 1 when not, and 69 when no "
        "connection could be made at all. A first TERM or INT begins no further message, a "
        "second ends at once.",
    .examples = "  # one message\n"
                "  smtpchaos send --from ann@example.test --to bob@example.test\n"
                "  # ten thousand, fifty at a time, a hundred on each connection\n"
                "  smtpchaos send --count 10000 --connections 50 --keep 100\n"
                "  # a sender that comes back when it is told to\n"
                "  smtpchaos send --retry 3 --retry-after 5s --verbose\n",
    OPTION_TABLE(rows),
};

#define PLACES_MAX 16

/* The plan and what it borrows. */
struct asked {
    struct send_plan plan;
    struct socket_address places[PLACES_MAX];
    struct text server;
    struct peer_tls tls;
    char host[256];
    struct mail_maker maker;
};

/* -- addresses -------------------------------------------------------------------------------- */

static bool is_address(struct span address)
{
    for (size_t i = 0; i < address.len; i++)
        if (address.ptr[i] <= ' ' || address.ptr[i] == 0x7f || address.ptr[i] == '<' ||
            address.ptr[i] == '>')
            return false;
    return address.len <= ADDRESS_MAX;
}

static void refuse(const char *option, const char *text, const char *why)
{
    struct text shown = { 0 };
    text_add_escaped(&shown, span_of(text));
    complain("%s: \"%s\" %s", option, text_string(&shown), why);
    text_deinit(&shown);
}

/* An address with or without its angle brackets. */
static bool take_address(const char *option, const char *text, bool may_be_empty,
                         struct span *address)
{
    *address = span_of(text);
    if (span_starts(*address, SPAN("<")) && span_ends(*address, SPAN(">")))
        *address = span_drop_last(span_drop(*address, 1), 1);
    if (is_address(*address) && (address->len > 0 || may_be_empty))
        return true;
    refuse(option, text, "is no mail address");
    return false;
}

static bool take_recipients(struct send_plan *plan, const struct options *options)
{
    const struct option_value *value = NULL;
    while ((value = options_next(options, TO, value)) != NULL) {
        size_t count = plan->recipient_count + 1;
        plan->recipients = realloc(plan->recipients, count * sizeof *plan->recipients);
        check(plan->recipients != NULL);
        if (!take_address("to", value->text, false, &plan->recipients[plan->recipient_count]))
            return false;
        plan->recipient_count = count;
    }
    return true;
}

/* -- the server ------------------------------------------------------------------------------- */

static int look_up(struct asked *asked, const struct address *server)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
    struct addrinfo *found;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)server->port);
    const char *host = server->host[0] ? server->host : NULL;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error) {
        complain("cannot find %s: %s", server->host, gai_strerror(error));
        return EX_UNAVAILABLE;
    }
    for (struct addrinfo *one = found; one && asked->plan.place_count < PLACES_MAX;
         one = one->ai_next) {
        struct socket_address *place = &asked->places[asked->plan.place_count++];
        place->size = one->ai_addrlen;
        memcpy(&place->storage, one->ai_addr, one->ai_addrlen);
    }
    freeaddrinfo(found);
    return 0;
}

static int take_server(struct asked *asked, const struct address *server)
{
    address_format(server, &asked->server);
    asked->plan.server = text_string(&asked->server);
    asked->plan.places = asked->places;
    if (!address_to_socket(server, &asked->places[0]))
        return look_up(asked, server);
    asked->plan.place_count = 1;
    return 0;
}

/* -- the plan --------------------------------------------------------------------------------- */

static bool is_one_word(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text == 0x7f)
            return false;
    return true;
}

static bool is_one_line(const char *text)
{
    return !strpbrk(text, "\r\n");
}

/* Answers 0 or EX_USAGE after one line on stderr. */
static int check_texts(const struct options *options)
{
    const char *helo = options_text(options, HELO);
    bool made_up = options_given(options, SIZE) || options_given(options, SUBJECT);
    if (helo && !is_one_word(helo))
        refuse("helo", helo, "is no host name");
    else if (!is_one_line(options_text(options, SUBJECT)))
        complain("subject: it has to be one line");
    else if (options_given(options, MESSAGE) && made_up)
        complain("message: a file has its own size and subject; leave out --size and --subject");
    else
        return 0;
    return EX_USAGE;
}

static void take_numbers(struct send_plan *plan, const struct options *options)
{
    plan->count = options_number(options, COUNT);
    plan->connections = options_number(options, CONNECTIONS);
    plan->keep = options_number(options, KEEP);
    plan->rate = options_number(options, RATE);
    plan->retries = options_number(options, RETRY);
    plan->retry_after = options_number(options, RETRY_AFTER);
    plan->verbose = options_flag(options, VERBOSE);
    plan->sender.lmtp = options_flag(options, LMTP);
    plan->sender.no_pipelining = options_number(options, PIPELINING) == 1;
    plan->sender.tls = (enum sender_tls[]){ SENDER_TLS_NONE, SENDER_TLS_MAY, SENDER_TLS_MUST,
                                            SENDER_TLS_NONE }[options_number(options, TLS)];
    plan->is_tls_first =
        options_number(options, TLS) == 3 || options_address(options, CONNECT)->is_tls;
    plan->sender.chunking = options_flag(options, CHUNKING);
    plan->sender.timeout = options_number(options, TIMEOUT);
    plan->connect_timeout =
        plan->sender.timeout ? plan->sender.timeout : SECONDS(CONNECT_TIMEOUT_DEFAULT_S);
}

static int take_message(struct asked *asked, const struct options *options)
{
    struct mail_maker *maker = &asked->maker;
    maker->from = asked->plan.from;
    maker->recipients = asked->plan.recipients;
    maker->recipient_count = asked->plan.recipient_count;
    maker->subject = span_of(options_text(options, SUBJECT));
    maker->host = asked->plan.sender.helo;
    maker->size = options_number(options, SIZE);
    check(getrandom(&maker->run, sizeof maker->run, 0) == sizeof maker->run);
    asked->plan.maker = maker;
    const char *file = options_text(options, MESSAGE);
    return file ? mail_maker_open(maker, file) : 0;
}

/* Answers the exit status. */
static int make_plan(struct asked *asked, const struct options *options)
{
    struct send_plan *plan = &asked->plan;
    const char *helo = options_text(options, HELO);
    take_numbers(plan, options);
    if (gethostname(asked->host, sizeof asked->host - 1) != 0)
        memcpy(asked->host, "localhost", sizeof "localhost");
    plan->sender.helo = span_of(helo ? helo : asked->host);
    if (!take_address("from", options_text(options, FROM), true, &plan->from) ||
        !take_recipients(plan, options))
        return EX_USAGE;
    int status = check_texts(options);
    if (status == 0)
        status = take_message(asked, options);
    return status ? status : take_server(asked, options_address(options, CONNECT));
}

static int run(const struct asked *asked, bool as_json)
{
    struct send_run *run = calloc(1, sizeof *run);
    check(run != NULL);
    int status = send_run(run, &asked->plan);
    if (status != EX_UNAVAILABLE && as_json)
        send_tally_print_json(&run->tally);
    else if (status != EX_UNAVAILABLE)
        send_tally_print(&run->tally);
    free(run);
    return status;
}

int cmd_send(int argc, char **argv)
{
    struct options options;
    struct asked asked = { 0 };
    int status;
    clock_start();
    if (!options_parse(&options, &usage, argc, argv, &status))
        return status;
    signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();
    mail_maker_init(&asked.maker);
    peer_tls_connect(&asked.tls, options_address(&options, CONNECT)->host);
    asked.plan.tls = &asked.tls;
    status = make_plan(&asked, &options);
    if (status == 0)
        status = run(&asked, options_flag(&options, JSON));
    mail_maker_deinit(&asked.maker);
    peer_tls_deinit(&asked.tls);
    text_deinit(&asked.server);
    free(asked.plan.recipients);
    options_deinit(&options);
    return status;
}
