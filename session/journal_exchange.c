/* journal_exchange: the CSV that Exchange administrators know as the SmtpReceive and SmtpSend
 * protocol logs. `+` connect, `-` disconnect, `<` from the client, `>` to the client, `*` anything
 * else. #Fields comes first, so that a reader needs one line to know the columns. */
#include "session/journal.h"

#include <inttypes.h>

#include "base/apart.h"
#include "base/version.h"

static char event_mark(const struct journal_entry *entry)
{
    switch (entry->event) {
    case JOURNAL_CONNECT: return '+';
    case JOURNAL_CLOSE: return '-';
    case JOURNAL_COMMAND: return entry->direction == TO_CLIENT ? '>' : '<';
    case JOURNAL_GREETING:
    case JOURNAL_REPLY: return '>';
    case JOURNAL_BODY:
    case JOURNAL_BODY_END:
    case JOURNAL_RULE:
    case JOURNAL_TLS:
    case JOURNAL_ERROR: return '*';
    }
    return '*';
}

/* Quotes the field that begins at `from` when RFC 4180 section 2 asks for it. */
static void quote_field(struct text *out, size_t from)
{
    struct span field = span_drop(text_span(out), from);
    if (span_find(field, '"') == field.len && span_find(field, ',') == field.len)
        return;
    struct text quoted = { 0 };
    text_add_byte(&quoted, '"');
    for (size_t i = 0; i < field.len; i++) {
        if (field.ptr[i] == '"')
            text_add_byte(&quoted, '"');
        text_add_byte(&quoted, field.ptr[i]);
    }
    text_add_byte(&quoted, '"');
    out->len = from;
    text_add(out, text_span(&quoted));
    text_deinit(&quoted);
}

/* One row for a reply of many lines, as Exchange writes it: the code once, blanks between lines. */
static void add_reply(const struct journal_entry *entry, struct text *out)
{
    if (entry->secret) {
        journal_add_line(entry, out);
        return;
    }
    struct span rest = span_take(entry->line, JOURNAL_LINE_MAX);
    for (bool first = true; rest.len > 0; first = false) {
        struct cut line = span_cut(rest, '\n');
        struct span said = span_chomp(span_make(rest.ptr, line.before.len + line.found));
        if (!first)
            text_add_byte(out, ' ');
        text_add_escaped(out, span_drop(said, first ? 0 : SPAN("250-").len));
        rest = line.after;
    }
}

static void add_rule(const struct journal_entry *entry, struct text *out)
{
    if (!span_equal(entry->before, entry->after))
        journal_add_after(entry, out);
}

static void add_data(const struct journal_entry *entry, struct text *out)
{
    switch (entry->event) {
    case JOURNAL_COMMAND:
    case JOURNAL_BODY_END:
    case JOURNAL_ERROR: journal_add_line(entry, out); return;
    case JOURNAL_GREETING:
    case JOURNAL_REPLY: add_reply(entry, out); return;
    case JOURNAL_BODY: text_addf(out, "message, %" PRIu64 " bytes", entry->bytes); return;
    case JOURNAL_RULE: add_rule(entry, out); return;
    case JOURNAL_TLS: text_add(out, SPAN("TLS")); return;
    case JOURNAL_CLOSE: text_add(out, span_of(entry->how)); return;
    case JOURNAL_CONNECT: return;
    }
}

static void add_context(const struct journal_entry *entry, struct text *out)
{
    if (entry->event == JOURNAL_RULE) {
        journal_brief(entry, out);
        if (entry->rule->profile)
            text_addf(out, " (%s)", entry->rule->profile);
        return;
    }
    if (entry->event == JOURNAL_ERROR && entry->how)
        text_addf(out, "%s: ", entry->how);
    if (entry->why)
        text_add(out, span_of(entry->why));
    else if (entry->local)
        text_add(out, SPAN("said by the proxy"));
}

/* Exchange counts milliseconds. */
static void add_time(instant time, struct text *out)
{
    char shown[INSTANT_TEXT_SIZE];
    instant_format(time, shown);
    text_add(out, span_take(span_of(shown), SPAN("2026-11-20T23:54:00.000").len));
    text_add_byte(out, 'Z');
}

APART void journal_exchange_entry(const struct journal_entry *entry, struct text *out)
{
    add_time(entry->time, out);
    text_add(out, SPAN(",smtpchaos,"));
    text_add_escaped(out, entry->facts->guid);
    text_addf(out, ",%" PRIu64 ",", entry->sequence);
    text_add_escaped(out, entry->facts->server);
    text_add_byte(out, ',');
    text_add_escaped(out, entry->facts->client);
    text_addf(out, ",%c,", event_mark(entry));
    size_t data = out->len;
    add_data(entry, out);
    quote_field(out, data);
    text_add_byte(out, ',');
    size_t context = out->len;
    add_context(entry, out);
    quote_field(out, context);
    text_add_byte(out, '\n');
}

void journal_exchange_head(const struct journal_head *head, struct text *out)
{
    text_add(out, SPAN("#Fields: date-time,connector-id,session-id,sequence-number,"
                       "local-endpoint,remote-endpoint,event,data,context\n"
                       "#Software: smtpchaos " SMTPCHAOS_VERSION "\n"
                       "#Version: " SMTPCHAOS_VERSION "\n"
                       "#Log-type: SMTP Receive Protocol Log\n#Date: "));
    add_time(head->time, out);
    text_addf(out, "\n#Seed: %" PRIu64 "\n", head->seed);
    for (size_t i = 0; i < head->rule_count; i++) {
        text_addf(out, "#Rule: %zu ", head->rules[i]->index);
        text_add(out, text_span(&head->rules[i]->line));
        text_add_byte(out, '\n');
    }
}
