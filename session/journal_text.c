/* journal_text: the journal in words, for people at a terminal. Arrows point to the server or to
 * the client; what a rule did stands out. */
#include "session/journal.h"

#include <inttypes.h>

#include "base/apart.h"
#include "base/version.h"

/* SGR codes by what a line is about. */
enum colour { PLAIN, FAINT, COMMAND, GRANTED, REFUSED, RULE, TROUBLE };

static const char *const colours_on[] = {
    [PLAIN] = "",           [FAINT] = "\x1b[2m",   [COMMAND] = "\x1b[36m",   [GRANTED] = "\x1b[32m",
    [REFUSED] = "\x1b[31m", [RULE] = "\x1b[1;33m", [TROUBLE] = "\x1b[1;31m",
};

static enum colour colour_of(const struct journal_entry *entry)
{
    switch (entry->event) {
    case JOURNAL_COMMAND: return COMMAND;
    case JOURNAL_GREETING:
    case JOURNAL_REPLY: return entry->code >= 400 || entry->code == 0 ? REFUSED : GRANTED;
    case JOURNAL_RULE: return RULE;
    case JOURNAL_ERROR: return TROUBLE;
    case JOURNAL_CONNECT:
    case JOURNAL_CLOSE: return FAINT;
    case JOURNAL_BODY:
    case JOURNAL_BODY_END:
    case JOURNAL_TLS: return PLAIN;
    }
    return PLAIN;
}

/* "23:54:00.000001 #12 --> " */
static void add_margin(const struct journal_entry *entry, struct text *out)
{
    char time[INSTANT_TEXT_SIZE];
    instant_format(entry->time, time);
    text_add(out, span_take(span_drop(span_of(time), SPAN("2026-11-20T").len),
                            SPAN("23:54:00.000001").len));
    text_addf(out, " #%" PRIu64, entry->facts->number);
    bool said = entry->event != JOURNAL_RULE && entry->event != JOURNAL_CLOSE &&
                entry->event != JOURNAL_ERROR && entry->event != JOURNAL_CONNECT;
    if (!said)
        text_add(out, SPAN("  *  "));
    else if (!entry->has_direction)
        text_add(out, SPAN("     "));
    else
        text_add(out, entry->direction == TO_SERVER ? SPAN(" --> ") : SPAN(" <-- "));
}

static void add_body(const struct journal_entry *entry, struct text *out)
{
    text_addf(out, "(mail, %" PRIu64 " bytes)", entry->bytes);
}

static void add_connect(const struct journal_entry *entry, struct text *out)
{
    text_add_escaped(out, entry->facts->client);
    text_add(out, SPAN(" connects"));
    if (entry->facts->server.len == 0)
        return;
    text_add(out, SPAN(", bound for "));
    text_add_escaped(out, entry->facts->server);
}

static void add_change(const struct journal_entry *entry, struct text *out)
{
    if (entry->local) {
        text_add(out, SPAN(": the proxy answers for the server: "));
        journal_add_after(entry, out);
        return;
    }
    if (entry->before.len == 0 && entry->after.len == 0)
        return;
    text_add(out, SPAN(": "));
    journal_add_before(entry, out);
    if (span_equal(entry->before, entry->after))
        return;
    if (entry->after.len == 0) {
        text_add(out, SPAN(" is dropped"));
        return;
    }
    text_add(out, SPAN(" becomes "));
    journal_add_after(entry, out);
}

/* "rule 2 (greylist-variants) greylist wait=5m: the proxy answers for the server: 451 …" */
static void add_rule(const struct journal_entry *entry, struct text *out)
{
    text_addf(out, "rule %zu ", entry->rule->index);
    if (entry->rule->profile)
        text_addf(out, "(%s) ", entry->rule->profile);
    text_add(out, span_of(entry->rule->mutator->name));
    if (entry->parameters.len > 0)
        text_add_byte(out, ' ');
    text_add(out, entry->parameters);
    if (entry->dry_run)
        text_add(out, SPAN(", dry run"));
    add_change(entry, out);
}

static void add_count(struct text *out, uint64_t count, const char *one, const char *many)
{
    text_addf(out, "%" PRIu64 " %s, ", count, count == 1 ? one : many);
}

static void add_close(const struct journal_entry *entry, struct text *out)
{
    uint64_t milliseconds = entry->lasted / MS(1);
    text_addf(out, "%s: %s; ", entry->how, entry->why);
    add_count(out, entry->commands, "command", "commands");
    add_count(out, entry->replies, "reply", "replies");
    add_count(out, entry->messages, "message", "messages");
    add_count(out, entry->rules_fired, "decision of a rule", "decisions of rules");
    text_addf(out, "%" PRIu64 ".%03" PRIu64 "s", milliseconds / 1000, milliseconds % 1000);
}

static void add_error(const struct journal_entry *entry, struct text *out)
{
    text_addf(out, "%s", entry->how ? entry->how : "error");
    if (entry->why)
        text_addf(out, ": %s", entry->why);
    if (entry->has_bytes)
        text_addf(out, " (%" PRIu64 " bytes)", entry->bytes);
    if (entry->line.len > 0)
        text_add(out, SPAN(": "));
    journal_add_line(entry, out);
}

static void add_said(const struct journal_entry *entry, struct text *out)
{
    journal_add_line(entry, out);
    if (entry->local)
        text_add(out, SPAN("   (said by the proxy)"));
}

static void add_tls(const struct journal_entry *entry, struct text *out)
{
    bool ours = entry->tls || entry->trouble.len > 0;
    text_add(out, ours ? SPAN("(TLS ") : SPAN("(TLS"));
    journal_add_tls(entry, out);
    text_add_byte(out, ')');
}

static void add_words(const struct journal_entry *entry, struct text *out)
{
    switch (entry->event) {
    case JOURNAL_CONNECT: add_connect(entry, out); return;
    case JOURNAL_BODY: add_body(entry, out); return;
    case JOURNAL_TLS: add_tls(entry, out); return;
    case JOURNAL_RULE: add_rule(entry, out); return;
    case JOURNAL_CLOSE: add_close(entry, out); return;
    case JOURNAL_ERROR: add_error(entry, out); return;
    case JOURNAL_GREETING:
    case JOURNAL_COMMAND:
    case JOURNAL_REPLY:
    case JOURNAL_BODY_END: add_said(entry, out); return;
    }
}

static void add_row(const struct journal_entry *entry, bool colours, struct text *out)
{
    const char *colour = colours ? colours_on[colour_of(entry)] : "";
    text_add(out, span_of(colour));
    add_margin(entry, out);
    add_words(entry, out);
    text_add(out, *colour ? SPAN("\x1b[0m\n") : SPAN("\n"));
}

APART void journal_text_entry(const struct journal_entry *entry, bool colours, struct text *out)
{
    if (entry->event != JOURNAL_GREETING && entry->event != JOURNAL_REPLY) {
        add_row(entry, colours, out);
        return;
    }
    /* A reply of many lines takes as many rows. */
    struct journal_entry row = *entry;
    struct span rest = entry->line;
    do {
        struct cut line = span_cut(rest, '\n');
        row.line = span_make(rest.ptr, line.before.len + line.found);
        add_row(&row, colours, out);
        rest = line.after;
    } while (rest.len > 0);
}

void journal_text_head(const struct journal_head *head, struct text *out)
{
    text_addf(out,
              "smtpchaos %s, seed %" PRIu64 ", rules: %zu; --> to the server, <-- to the client\n",
              SMTPCHAOS_VERSION, head->seed, head->rule_count);
    for (size_t i = 0; i < head->rule_count; i++) {
        text_addf(out, "rule %zu: ", head->rules[i]->index);
        text_add(out, text_span(&head->rules[i]->line));
        text_add_byte(out, '\n');
    }
}
