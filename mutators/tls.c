/* tls: how a handshake is made, and how it goes wrong: versions, ciphers, records, and one fault at
 * a moment. What certificate is shown is certificate.c's. */
#include <string.h>

#include "mutators/mutator.h"

enum {
    LOWEST,
    HIGHEST,
    CIPHERS,
    STALL,
    TIME,
    CUT,
    RESET,
    ALERT_NAME,
    GARBAGE,
    PLAIN,
    AT,
    FRAGMENT,
    TICKETS
};

#define VERSIONS "1.0|1.1|1.2|1.3"
/* In the order of enum tls_moment. */
#define MOMENTS "before|hello|within"

/* Each name behind a bar, the first one's bar to be left out. */
#define ALERT(name, number) "|" #name
static const char alert_names[] =
#include "mutators/alerts.def"
    ;
#undef ALERT

static const unsigned alert_numbers[] = {
#define ALERT(name, number) number,
#include "mutators/alerts.def"
#undef ALERT
};

static const struct param tls_params[] = {
    [LOWEST] = { .name = "lowest",
                 .kind = PARAM_WORD,
                 .optional = true,
                 .choices = VERSIONS,
                 .what = "the lowest version of TLS that is spoken" },
    [HIGHEST] = { .name = "highest",
                  .kind = PARAM_WORD,
                  .optional = true,
                  .choices = VERSIONS,
                  .what = "the highest one" },
    [CIPHERS] = { .name = "ciphers",
                  .kind = PARAM_LITERAL,
                  .what = "the ciphers that are spoken, as OpenSSL lists them" },
    [STALL] = { .name = "stall",
                .kind = PARAM_WORD,
                .optional = true,
                .choices = MOMENTS,
                .what = "when the handshake stops" },
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = NEVER,
               .max = NEVER,
               .what = "for how long; forever unless given, whatever --tls-timeout says" },
    [CUT] = { .name = "cut",
              .kind = PARAM_WORD,
              .optional = true,
              .choices = MOMENTS,
              .what = "when the connection is ended (FIN)" },
    [RESET] = { .name = "reset",
                .kind = PARAM_WORD,
                .optional = true,
                .choices = MOMENTS,
                .what = "when the connection is torn (RST)" },
    [ALERT_NAME] = { .name = "alert",
                     .kind = PARAM_WORD,
                     .optional = true,
                     .choices = alert_names + 1,
                     .what = "a fatal alert, named as the RFC does" },
    [GARBAGE] = { .name = "garbage",
                  .kind = PARAM_LITERAL,
                  .what = "bytes in place of TLS, as they stand; nothing follows" },
    [PLAIN] = { .name = "plain",
                .kind = PARAM_TEXT,
                .what = "a line of clear text in place of TLS, and an end" },
    [AT] = { .name = "at",
             .kind = PARAM_WORD,
             .choices = MOMENTS,
             .preset = TLS_AFTER_HELLO,
             .what = "when the alert, the garbage or the clear text is said" },
    [FRAGMENT] = { .name = "fragment",
                   .kind = PARAM_SIZE,
                   .optional = true,
                   .preset = 16384,
                   .min = 1,
                   .max = 16384,
                   .what = "bytes of each record; less is more records" },
    [TICKETS] = { .name = "tickets",
                  .kind = PARAM_WORD,
                  .optional = true,
                  .choices = "yes|no",
                  .what = "whether the client gets tickets to resume with" },
};

static size_t faults_given(const struct argument *arguments)
{
    static const int faults[] = { STALL, CUT, RESET, ALERT_NAME, GARBAGE, PLAIN };
    size_t given = 0;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        given += arguments[faults[i]].given;
    return given;
}

static bool texts_fit(const struct argument *arguments, struct text *error)
{
    if (arguments[CIPHERS].text.len >= TLS_CIPHERS_MAX)
        text_addf(error, "ciphers: more than %d bytes", TLS_CIPHERS_MAX - 1);
    else if (arguments[GARBAGE].text.len > TLS_TEXT_MAX)
        text_addf(error, "garbage: more than %d bytes", TLS_TEXT_MAX);
    else
        return true;
    return false;
}

static bool tls_accepts(const struct argument *arguments, struct text *error)
{
    bool said = arguments[ALERT_NAME].given || arguments[GARBAGE].given || arguments[PLAIN].given;
    bool asks = false;
    for (size_t i = 0; i < sizeof tls_params / sizeof tls_params[0]; i++)
        asks |= arguments[i].given;
    if (!asks)
        text_addf(error, "nothing is asked for; say lowest=, ciphers=, stall=, alert=, ...");
    else if (faults_given(arguments) > 1)
        text_addf(error, "only one of stall=, cut=, reset=, alert=, garbage= and plain=");
    else if (arguments[TIME].given && !arguments[STALL].given)
        text_addf(error, "time= says how long a stall= takes");
    else if (arguments[AT].given && !said)
        text_addf(error, "at= says when alert=, garbage= or plain= strikes; others say so "
                         "themselves");
    else if (arguments[LOWEST].given && arguments[HIGHEST].given &&
             arguments[LOWEST].low > arguments[HIGHEST].low)
        text_addf(error, "lowest= is above highest=");
    else
        return texts_fit(arguments, error);
    return false;
}

static enum tls_version version_of(struct mutation *mutation, size_t param)
{
    if (!mutation_has(mutation, param))
        return TLS_VERSION_ANY;
    return (enum tls_version)(mutation_param(mutation, param) + 1);
}

static void plan_text(struct tls_plan *plan, struct span text)
{
    text = span_take(text, TLS_TEXT_MAX - plan->text_len);
    if (text.len > 0)
        memcpy(plan->text + plan->text_len, text.ptr, text.len);
    plan->text_len += text.len;
}

/* STALL, CUT and RESET: the value is the moment. */
static bool plan_by_moment(struct mutation *mutation, struct tls_plan *plan)
{
    static const struct {
        size_t param;
        enum tls_fault fault;
    } faults[] = { { STALL, TLS_FAULT_STALL }, { CUT, TLS_FAULT_CUT }, { RESET, TLS_FAULT_RESET } };
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        if (!mutation_has(mutation, faults[i].param))
            continue;
        plan->fault = faults[i].fault;
        plan->moment = (enum tls_moment)mutation_param(mutation, faults[i].param);
        if (plan->fault == TLS_FAULT_STALL)
            plan->stall = mutation_param(mutation, TIME);
        return true;
    }
    return false;
}

static void plan_plain(struct mutation *mutation, struct tls_plan *plan)
{
    struct span text = mutation_text(mutation, PLAIN);
    bool ends = span_line_end(text).len > 0;
    plan->fault = TLS_FAULT_PLAIN;
    plan_text(plan, span_take(text, TLS_TEXT_MAX - 2));
    plan_text(plan, ends ? SPAN("") : SPAN("\r\n"));
}

static void plan_fault(struct mutation *mutation, struct tls_plan *plan)
{
    if (plan_by_moment(mutation, plan))
        return;
    if (mutation_has(mutation, ALERT_NAME)) {
        plan->fault = TLS_FAULT_ALERT;
        plan->alert = alert_numbers[mutation_param(mutation, ALERT_NAME)];
    } else if (mutation_has(mutation, GARBAGE)) {
        plan->fault = TLS_FAULT_GARBAGE;
        plan_text(plan, mutation_text(mutation, GARBAGE));
    } else if (mutation_has(mutation, PLAIN)) {
        plan_plain(mutation, plan);
    } else {
        return;
    }
    plan->moment = (enum tls_moment)mutation_param(mutation, AT);
}

static enum verdict tls_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    struct tls_plan *plan = mutation_tls(mutation);
    struct span ciphers = span_take(mutation_text(mutation, CIPHERS), TLS_CIPHERS_MAX - 1);
    plan->lowest = version_of(mutation, LOWEST);
    plan->highest = version_of(mutation, HIGHEST);
    if (ciphers.len > 0)
        memcpy(plan->ciphers, ciphers.ptr, ciphers.len);
    plan_fault(mutation, plan);
    if (mutation_has(mutation, FRAGMENT))
        plan->fragment = (size_t)mutation_param(mutation, FRAGMENT);
    if (mutation_has(mutation, TICKETS))
        plan->no_tickets = mutation_param(mutation, TICKETS) == 1;
    return UNTOUCHED;
}

const struct mutator mutator_tls = {
    .name = "tls",
    .family = "TLS",
    .summary = "Choose versions, ciphers and records of a handshake, or let it go wrong.",
    .detail =
        "Acts on the handshake with the side that the rule leads to: with the client, where the "
        "proxy is the server, or with the server, where it is the client. before is before "
        "anything has been sent, hello when the ClientHello has come (or left), within when the "
        "first flight of the proxy has left (or the server's has come).\n\n"
        "stall stops there, cut ends the connection without close_notify, reset tears it. alert, "
        "garbage and plain say something in place of the next record, at hello unless at= says "
        "otherwise; behind an alert and clear text the connection ends, behind garbage nothing "
        "more comes. What the handshake then comes to stands in the journal; a session one of "
        "whose sides is lost ends, unless the client has yet to be told: it then hears 454.\n\n"
        "It needs TLS that the proxy itself makes: --tls intercept, client or server, or implicit "
        "TLS. Old versions need old ciphers, which the proxy then allows.",
    .clause = "RFC 8446 sections 4, 5 and 6; RFC 3207 section 4.1: what a peer does when TLS "
              "cannot be made.",
    .example = "to client tls tls alert=handshake_failure",
    .wants = SMTP_TLS,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(tls_params),
    .accepts = tls_accepts,
    .apply = tls_apply,
};
