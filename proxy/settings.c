/* settings: see settings.h. */
#include "proxy/settings.h"

#include <stdio.h>
#include <string.h>
#include <sys/random.h>

#include "base/check.h"
#include "proxy/complain.h"
#include "proxy/config.h"
#include "proxy/exits.h"
#include "proxy/rule_source.h"
#include "proxy/tls/authority_files.h"

enum {
    LISTEN,
    UPSTREAM,
    INTERCEPT,
    SOURCE,
    MARK,
    ACCEPT_PROXY,
    SEND_PROXY,
    SEND_XCLIENT,
    SEND_XFORWARD,
    USER,
    RULE,
    PROFILE,
    SEED,
    JOURNAL,
    JOURNAL_FORMAT,
    ONLY_RECIPIENT,
    FOR,
    DRY_RUN,
    TLS,
    CERTIFICATE,
    KEY,
    CA,
    VERIFY,
    VERIFY_FAILURE,
    TLS_TIMEOUT,
    KEYLOG,
    RECORD,
    RECORD_MAX,
    RECORD_SECRETS,
    PCAP,
    MAX_SESSIONS,
    MAX_LINE,
    MAX_MEMORY,
    CONNECT_TIMEOUT,
    IDLE_TIMEOUT,
    WORKERS,
    CONFIG
};

static const struct option_row rows[] = {
    [LISTEN] = OPTION_LISTEN_ROW(true, ", all with `smtps:` before them for TLS from the start"),
    [UPSTREAM] = { "upstream", OPTION_TEXT, "ADDR", .required = true, .repeatable = true,
                   .help = "where sessions are carried on to: HOST:PORT, [V6]:PORT, unix:PATH, "
                           "smtps:… for TLS from the start, "
                           "`original`, where an intercepted client was going, or "
                           "`sink`, a receiver that is built in, accepts all mail and forgets it; "
                           "`listen=ADDR ` before it: only for clients of that --listen; "
                           "`match=GLOB,… ` before it: only for mail to recipients of these "
                           "domains; the first whose conditions hold is taken, else the last that "
                           "has none" },
    [INTERCEPT] = { "intercept", OPTION_WORD, "none|redirect|tproxy", .preset = "none",
                    .choices = "none|redirect|tproxy",
                    .help = "how the packet filter gives us connections that were going elsewhere "
                            "(`smtpchaos nft` writes its rules); clients then find a server that "
                            "cannot be reached as they would without us, and hear no 421" },
    [SOURCE] = { "source", OPTION_TEXT, "ADDR|client",
                 .help = "the address that connections to servers come from; client: the client's "
                         "own, and with tproxy its port too, where that is free (needs "
                         "CAP_NET_ADMIN or CAP_NET_RAW, and a route for the replies)" },
    [MARK] = { "mark", OPTION_COUNT, "N", .min = 1, .max = UINT32_MAX,
               .help = "connections to servers carry this packet mark, so that a packet filter can "
                       "leave them alone (needs CAP_NET_ADMIN or CAP_NET_RAW)" },
    [ACCEPT_PROXY] = { "accept-proxy", OPTION_FLAG,
                       .help = "clients come through a load balancer: every connection begins with "
                               "a header of the PROXY protocol, v1 or v2, that names the client; "
                               "without a good one it is torn" },
    [SEND_PROXY] = { "send-proxy", OPTION_WORD, "v1|v2", .choices = "v1|v2",
                     .help = "tell servers the client's address in a header of the PROXY "
                             "protocol" },
    [SEND_XCLIENT] = { "send-xclient", OPTION_FLAG,
                       .help = "tell servers the client's address by XCLIENT, where they offer it "
                               "to us, as Postfix does with smtpd_authorized_xclient_hosts" },
    [SEND_XFORWARD] = { "send-xforward", OPTION_FLAG,
                        .help = "tell servers the client's address by XFORWARD before each mail, "
                                "where they offer it, as Postfix does with "
                                "smtpd_authorized_xforward_hosts: for its log, not for its "
                                "decisions" },
    [USER] = { "user", OPTION_TEXT, "NAME",
               .help = "become this user once all is bound and open; only the capabilities that "
                       "--source client and --mark need are kept" },
    [RULE] = { "rule", OPTION_TEXT, "LINE", .repeatable = true, .is_rule = true,
               .help =
                   "one line of the rule language; rules and profiles count in the order given" },
    [PROFILE] = { "profile", OPTION_TEXT, "NAME|FILE", .repeatable = true,
                  .help =
                      "the rules of a built-in profile (`smtpchaos list profiles`) or of a "
                      "file; NAME:VARIANT or FILE:VARIANT picks another than the first variant" },
    [SEED] = { "seed", OPTION_COUNT, "N",
               .help = "what all randomness is drawn from, decimal or 0x…; the same seed, rules "
                       "and mail give the same harm again (random; printed at start)" },
    [JOURNAL] = { "journal", OPTION_TEXT, "FILE|-",
                  .help = "write down what happened and what was decided, appending to FILE; - is "
                          "standard output; without it nothing is written down" },
    [JOURNAL_FORMAT] = { "journal-format", OPTION_WORD, "FORMAT", .preset = "json",
                         .choices = "json|text|exchange",
                         .help = "json: one object a line; text: for a terminal; exchange: the CSV "
                                 "of Exchange's protocol logs" },
    [ONLY_RECIPIENT] = { "only-recipient", OPTION_TEXT, "GLOB",
                         .help = "rules touch only mail whose recipients all match, such as "
                                 "*@test.example; all else passes" },
    [FOR] = { "for", OPTION_TIME, "TIME", .preset = "forever",
              .help = "all rules switch off by themselves after this time; the wire stays" },
    [DRY_RUN] = { "dry-run", OPTION_FLAG, .help = "rules are decided and written down, not done" },
    [TLS] = { "tls", OPTION_WORD, "off|pass|intercept|client|server", .preset = "off",
              .choices = "off|pass|intercept|client|server",
              .help = "what happens at STARTTLS; off, pass: what follows it passes unread; "
                      "intercept: TLS is made with both sides, so that rules see what passes; "
                      "client: it is offered and granted to the client, the upstream hears plain "
                      "text; server: it is made with an upstream that offers it, the client hears "
                      "plain text" },
    [CERTIFICATE] = { "certificate", OPTION_TEXT, "FILE",
                      .help = "PEM: what clients are shown, with what comes behind it in the chain "
                              "(one is minted after the upstream's, or for the name asked for)" },
    [KEY] = { "key", OPTION_TEXT, "FILE", .help = "PEM: its private key (in the same file)" },
    [CA] = OPTION_CA_ROW,
    [VERIFY] = { "verify", OPTION_TEXT, "HOW", .preset = "none",
                 .help = "what the upstream's certificate has to be like: none; system: signed by "
                         "an authority that this machine trusts, for the upstream's name; ca:FILE: "
                         "by one in FILE; pin:sha256:HEX: the digest of its key or of itself" },
    [VERIFY_FAILURE] = { "verify-failure", OPTION_WORD, "fail|go-on", .preset = "fail",
                         .choices = "fail|go-on",
                         .help = "what follows when it is not: the handshake fails and the client "
                                 "hears 454, or the session goes on; it is written down either "
                                 "way" },
    [TLS_TIMEOUT] = { "tls-timeout", OPTION_TIME, "TIME",
                      .preset = TEXT_OF(TLS_TIMEOUT_DEFAULT_S) "s",
                      .help = "how long a handshake may take before the session is ended; 0 or "
                              "forever: no limit of ours" },
    [KEYLOG] = { "keylog", OPTION_TEXT, "FILE",
                 .help =
                     "append the secrets of TLS sessions to FILE, mode 0600, as Wireshark reads "
                     "them: whoever has the file can read the mail in a capture" },
    [RECORD] = { "record", OPTION_TEXT, "DIR",
                 .help = "keep each session in a file of its own in DIR, mode 0600, for "
                         "`smtpchaos replay` and `smtpchaos corpus`; mail stands there in clear, "
                         "what AUTH says does not" },
    [RECORD_MAX] = { "record-max", OPTION_SIZE, "SIZE", .preset = "1024MiB",
                     .help = "bytes of all recordings of this run; when they are written, no more "
                             "is recorded" },
    [RECORD_SECRETS] = { "record-secrets", OPTION_FLAG,
                         .help = "write down in recordings what AUTH says, too" },
    [PCAP] = { "pcap", OPTION_TEXT, "FILE|-",
               .help = "write what both sides said, in plain text, as a capture for Wireshark and "
                       "tshark, mode 0600; port 25 is the client's connection, 587 the server's; - "
                       "is standard output" },
    [MAX_SESSIONS] = { "max-sessions", OPTION_COUNT, "N", .preset = TEXT_OF(MAX_SESSIONS_DEFAULT),
                       .min = 1, .max = MAX_SESSIONS_MAX,
                       .help = "sessions open at once, each with two open files (ulimit -n bounds "
                               "them too); "
                               "one more client hears 421" },
    [MAX_MEMORY] = { "max-memory", OPTION_SIZE, "SIZE", .preset = "1024MiB",
                     .min = (uint64_t)CHUNK_SIZE * MEMORY_CHUNKS_MIN,
                     .help = "bytes of mail under way, of all sessions together; when they are in "
                             "use, reading pauses until some have left" },
    [MAX_LINE] = { "max-line", OPTION_SIZE, "SIZE", .preset = TEXT_OF(MAX_LINE_DEFAULT),
                   .min = MAX_LINE_MIN, .max = MAX_LINE_MAX,
                   .help = "longest line that rules see; longer ones pass unseen" },
    [CONNECT_TIMEOUT] = { "connect-timeout", OPTION_TIME, "TIME",
                          .preset = TEXT_OF(CONNECT_TIMEOUT_DEFAULT_S) "s",
                          .help =
                              "how long the upstream may take to accept a connection before the "
                              "client hears 421; 0 or forever: no limit of ours" },
    [IDLE_TIMEOUT] = { "idle-timeout", OPTION_TIME, "TIME",
                       .preset = TEXT_OF(IDLE_TIMEOUT_DEFAULT_S) "s",
                       .help =
                           "how long both sides may be silent before the session is ended; 0 or "
                           "forever: no limit" },
    [WORKERS] = { "workers", OPTION_COUNT, "N", .preset = "1", .min = 1, .max = WORKERS_MAX,
                  .help = "event loops, one thread each; sessions are dealt out in turn" },
    [CONFIG] = { "config", OPTION_CONFIG, "FILE",
                 .help = "read options from FILE, one `name value` a line, `#` for comments; the "
                         "command line wins over it, and what is repeatable adds up" },
};

static const struct usage usage = {
    .name = "proxy",
    .summary = "stands inline between an SMTP client and an SMTP server",
    .detail =
        "Every connection to a listener is carried on to an upstream server. Without rules "
        "all bytes pass unchanged, in order and at once, whether they are SMTP or not. Rules do "
        "harm to what passes; each decision is written to the journal with the rule that made it."
        "\n\n"
        "It connects to nothing but upstreams, so it is an open relay only if one of them is "
        "one for it. It listens on loopback unless told otherwise, and warns when it does not."
        "\n\n"
        "Times are written 400ms, 5s, 2m, 1h; a bare number is seconds. Sizes are written 500B, "
        "64KB, 1MiB; a bare number is bytes."
        "\n\n"
        "Signals: HUP reads profiles and configuration again, for sessions that begin from then "
        "on; when anything is wrong with them, the old rules stay. It also opens the journal "
        "again, so that it may be renamed before. USR1 switches all rules off "
        "at once, USR2 on again. TERM or INT stops listening and ends when the last session has "
        "ended; a second one ends at once.",
    .examples =
        "  # a wire to the mail server of this machine, with a journal to look at\n"
        "  smtpchaos proxy --upstream 127.0.0.1:25 --journal - --journal-format text\n"
        "  # one recipient in three is refused for now, the same ones for the same seed\n"
        "  smtpchaos proxy --upstream mx.test:25 --seed 7 --rule \\\n"
        "    'to server command RCPT chance 1/3 answer reply=\"451 4.7.1 try again later\"'\n"
        "  # a greylisting server, for one hour, for one recipient's mail only\n"
        "  smtpchaos proxy --listen 0.0.0.0:25 --upstream unix:/run/smtp \\\n"
        "    --profile greylist-variants --for 1h --only-recipient probe@example.com\n",
    OPTION_TABLE(rows),
};

/* Two timeouts know "none"; the session knows it as NEVER. */
static duration timeout_of(const struct options *options, size_t row)
{
    uint64_t given = options_number(options, row);
    return given ? given : NEVER;
}

static int read_listeners(struct settings *settings)
{
    const struct options *options = &settings->options;
    const struct option_value *value = options_next(options, LISTEN, NULL);
    for (; value; value = options_next(options, LISTEN, value)) {
        if (settings->listen_count == LISTEN_MAX) {
            complain("more than %d listeners", LISTEN_MAX);
            return EX_USAGE;
        }
        settings->listen[settings->listen_count++] = value->address;
    }
    return 0;
}

/* A key alone has nothing to belong to. */
static int refuse_tls(const struct options *options)
{
    const struct option_value *key = options_value(options, KEY);
    if (!key || options_given(options, CERTIFICATE))
        return 0;
    complain("--key: there is no --certificate that it belongs to");
    return key->place.file ? EX_CONFIG : EX_USAGE;
}

static bool is_stdout(const struct options *options, size_t row)
{
    const char *name = options_text(options, row);
    return name && strcmp(name, "-") == 0;
}

static int refuse_outputs(const struct options *options)
{
    if (!is_stdout(options, JOURNAL) || !is_stdout(options, PCAP))
        return 0;
    complain("--pcap: standard output belongs to the journal");
    return options_value(options, PCAP)->place.file ? EX_CONFIG : EX_USAGE;
}

static enum tls_mode tls_mode_of(const struct options *options)
{
    static const enum tls_mode modes[] = { TLS_PASS, TLS_PASS, TLS_INTERCEPT, TLS_TO_CLIENT,
                                           TLS_TO_SERVER };
    return modes[options_number(options, TLS)];
}

static void read_tls(struct settings *settings)
{
    const struct options *options = &settings->options;
    settings->session.tls = tls_mode_of(options);
    settings->session.unverified_goes_on = options_number(options, VERIFY_FAILURE) == 1;
    settings->session.tls_timeout = timeout_of(options, TLS_TIMEOUT);
    settings->tls = (struct tls_settings){
        .authority = options_text(options, CA),
        .certificate = options_text(options, CERTIFICATE),
        .key = options_text(options, KEY),
        .keylog = options_text(options, KEYLOG),
        .verify = options_text(options, VERIFY),
    };
}

/* The exit status for a value that makes no sense. */
static int refuse(const struct option_value *value, struct text *why)
{
    if (value->place.file)
        complain("%s:%zu: %s", value->place.file, value->place.line, text_string(why));
    else
        complain("--%s", text_string(why));
    return value->place.file ? EX_CONFIG : EX_USAGE;
}

static int read_upstreams(struct settings *settings)
{
    const struct option_value *value = NULL;
    const struct option_value *best = options_value(&settings->options, UPSTREAM);
    int status = 0;
    while (status == 0 && (value = options_next(&settings->options, UPSTREAM, value)) != NULL) {
        struct text why = { 0 };
        /* The command line wins over a file as a whole: what goes where is one thing. */
        if (value->place.file && !best->place.file)
            continue;
        text_add(&why, SPAN("upstream: "));
        if (!upstreams_add(&settings->upstreams, span_of(value->text), &why))
            status = refuse(value, &why);
        text_deinit(&why);
    }
    return status;
}

/* A server that recipients choose is spoken to when the client has been greeted long since. */
static const char *why_not_by_recipient(const struct settings *settings)
{
    enum tls_mode tls = tls_mode_of(&settings->options);
    if (!upstreams_match_any(&settings->upstreams))
        return NULL;
    if (tls == TLS_INTERCEPT || tls == TLS_TO_SERVER)
        return "match= goes with --tls off, pass or client only: servers that recipients choose "
               "are spoken to in clear text";
    if (options_flag(&settings->options, SEND_XFORWARD))
        return "match= and --send-xforward do not go together; --send-xclient does";
    if (upstreams_have_tls(&settings->upstreams))
        return "match= and smtps: do not go together: servers that recipients choose are spoken to "
               "in clear text";
    return NULL;
}

static bool is_listened_at(const struct settings *settings, const struct address *address)
{
    for (size_t i = 0; i < settings->listen_count; i++) {
        if (address_equal(&settings->listen[i], address))
            return true;
    }
    return false;
}

/* Every listener leads somewhere, and every listener that an upstream names is there. */
static bool listeners_fit(const struct settings *settings, struct text *why)
{
    const struct upstreams *upstreams = &settings->upstreams;
    for (size_t i = 0; i < settings->listen_count; i++) {
        const struct address *listen = &settings->listen[i];
        if (upstreams_choose(upstreams, listen) || upstreams_need_recipient(upstreams, listen))
            continue;
        text_addf(why, "upstream: none is for clients of --listen ");
        address_format(listen, why);
        return false;
    }
    for (size_t i = 0; settings->listen_count && i < upstreams->count; i++) {
        const struct upstream *upstream = &upstreams->all[i];
        if (!upstream->has_listen || is_listened_at(settings, &upstream->listen))
            continue;
        text_addf(why, "upstream: there is no --listen ");
        address_format(&upstream->listen, why);
        return false;
    }
    return true;
}

static bool fit_together(const struct settings *settings, struct text *why)
{
    const struct upstreams *upstreams = &settings->upstreams;
    const char *why_not = why_not_by_recipient(settings);
    if (!listeners_fit(settings, why))
        return false;
    if (upstreams_have(upstreams, ADDRESS_ORIGINAL) && settings->intercept == INTERCEPT_NONE)
        text_addf(why, "upstream: `original` needs --intercept redirect or tproxy");
    else if (why_not)
        text_addf(why, "upstream: %s", why_not);
    else if (upstreams_have_tls(upstreams) && settings->introducing.xclient)
        text_addf(why, "upstream: --send-xclient needs one without TLS from the start");
    return why->len == 0;
}

static int read_source(struct settings *settings)
{
    const struct option_value *value = options_value(&settings->options, SOURCE);
    struct dialing *dialing = &settings->dialing;
    struct address address = { .kind = ADDRESS_INET };
    if (!value)
        return 0;
    if (strcmp(value->text, "client") == 0) {
        /* With redirect the kernel takes the client's port for the connection it translates. */
        dialing->source = DIAL_FROM_CLIENT;
        dialing->keeps_port = settings->intercept != INTERCEPT_REDIRECT;
        return 0;
    }
    snprintf(address.host, sizeof address.host, "%s", value->text);
    dialing->source = DIAL_FROM_ADDRESS;
    if (address_to_socket(&address, &dialing->address))
        return 0;
    struct text why = { 0 };
    text_addf(&why, "source: \"%s\" is neither an address, without a port, nor client",
              value->text);
    int status = refuse(value, &why);
    text_deinit(&why);
    return status;
}

static int read_passage(struct settings *settings)
{
    const struct options *options = &settings->options;
    struct text why = { 0 };
    settings->intercept = (enum intercept)options_number(options, INTERCEPT);
    settings->user = options_text(options, USER);
    settings->dialing.mark = (uint32_t)options_number(options, MARK);
    settings->accepts_proxy = options_flag(options, ACCEPT_PROXY);
    settings->introducing.xclient = options_flag(options, SEND_XCLIENT);
    if (options_given(options, SEND_PROXY))
        settings->introducing.proxy_version = (unsigned)options_number(options, SEND_PROXY) + 1;
    int status = read_upstreams(settings);
    if (status == 0 && !fit_together(settings, &why))
        status = refuse(options_value(options, UPSTREAM), &why);
    text_deinit(&why);
    return status ? status : read_source(settings);
}

static uint64_t random_seed(void)
{
    uint64_t seed;
    check(getrandom(&seed, sizeof seed, 0) == sizeof seed);
    /* Short enough to be typed again. */
    return seed >> 32;
}

static void read_bounds(struct settings *settings)
{
    const struct options *options = &settings->options;
    const char *only = options_text(options, ONLY_RECIPIENT);
    bool has_seed = options_given(options, SEED);
    settings->session = (struct session_options){
        .seed = has_seed ? options_number(options, SEED) : random_seed(),
        .max_line = options_number(options, MAX_LINE),
        .idle_timeout = timeout_of(options, IDLE_TIMEOUT),
        .connect_timeout = timeout_of(options, CONNECT_TIMEOUT),
        .only_recipient = only ? span_of(only) : (struct span){ 0 },
        .forwards = options_flag(options, SEND_XFORWARD),
        .dry_run = options_flag(options, DRY_RUN),
        .transparent = settings->intercept != INTERCEPT_NONE,
    };
    settings->rules_for = options_number(options, FOR);
    settings->journal = options_text(options, JOURNAL);
    settings->pcap = options_text(options, PCAP);
    settings->recording = (struct recording_settings){
        .folder = options_text(options, RECORD),
        .keeps_secrets = options_flag(options, RECORD_SECRETS),
        .size_max = options_number(options, RECORD_MAX),
    };
    settings->journal_format = (enum journal_format)options_number(options, JOURNAL_FORMAT);
    settings->sessions_max = options_number(options, MAX_SESSIONS);
    settings->sessions_max_given = options_given(options, MAX_SESSIONS);
    settings->memory_max = options_number(options, MAX_MEMORY);
    settings->workers = (unsigned)options_number(options, WORKERS);
}

static struct rule_set *read_rules(const struct options *options, int *status)
{
    struct rule_set *rules = rule_set_new();
    *status = rules_add(rules, options, RULE, PROFILE);
    if (*status == 0)
        return rules;
    rule_set_free(rules);
    return NULL;
}

bool settings_read(struct settings *settings, int argc, char **argv, int *status)
{
    *settings = (struct settings){ .argc = argc, .argv = argv };
    if (!options_parse(&settings->options, &usage, argc, argv, status))
        return false;
    *status = refuse_tls(&settings->options);
    if (*status == 0)
        *status = refuse_outputs(&settings->options);
    if (*status == 0)
        *status = read_listeners(settings);
    if (*status == 0)
        *status = read_passage(settings);
    if (*status == 0)
        settings->rules = read_rules(&settings->options, status);
    if (*status == 0) {
        read_bounds(settings);
        read_tls(settings);
        return true;
    }
    upstreams_deinit(&settings->upstreams);
    options_deinit(&settings->options);
    return false;
}

void settings_deinit(struct settings *settings)
{
    if (settings->rules)
        rule_set_free(settings->rules);
    upstreams_deinit(&settings->upstreams);
    options_deinit(&settings->options);
}

struct rule_set *settings_read_rules_again(const struct settings *settings)
{
    struct options options;
    int status;
    if (!options_parse(&options, &usage, settings->argc, settings->argv, &status))
        return NULL;
    struct rule_set *rules = read_rules(&options, &status);
    options_deinit(&options);
    return rules;
}

bool settings_check(const char *file, struct span text, struct text *errors)
{
    struct settings settings = { .options = { .usage = &usage } };
    bool fine = config_take(&settings.options, file, text, errors);
    if (fine && refuse_tls(&settings.options) == 0) {
        int status;
        struct rule_set *rules = read_rules(&settings.options, &status);
        fine = rules != NULL && read_passage(&settings) == 0;
        if (rules)
            rule_set_free(rules);
    }
    upstreams_deinit(&settings.upstreams);
    options_deinit(&settings.options);
    return fine;
}
