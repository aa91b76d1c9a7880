/* journal_json: one JSON object a line, ASCII throughout, for programs. docs/journal.md tells what
 * each field means; a field that does not apply is left out.
 * Bytes are escaped twice: as transcripts show them, then as JSON strings want it. So every line
 * parses whatever a peer sent, and what it sent can be had back exactly. */
#include "session/journal.h"

#include <inttypes.h>
#include <string.h>

#include "base/version.h"

static bool is_special(uint8_t byte)
{
    return byte == '\\' || byte == '"' || byte == '\t';
}

/* Makes a JSON string of what stands in `out` from `from` on, printable ASCII and tabs, and closes
 * it. It moves bytes from the end backwards, so that nothing is copied aside. */
static void quote_tail(struct text *out, size_t from)
{
    size_t end = out->len;
    for (size_t i = from; i < end; i++)
        if (is_special(out->ptr[i]))
            text_add_byte(out, '\\');
    for (size_t to = out->len; to > end;) {
        uint8_t byte = out->ptr[--end];
        out->ptr[--to] = byte == '\t' ? 't' : byte;
        if (is_special(byte))
            out->ptr[--to] = '\\';
    }
    text_add_byte(out, '"');
}

/* Adds words that people wrote, rules and options: as they stand, bytes beyond ASCII as \xHH, which
 * a rule's quotes read alike. */
static void add_words(struct text *out, struct span words)
{
    size_t from = out->len;
    for (size_t i = 0; i < words.len; i++)
        if ((words.ptr[i] >= 0x20 && words.ptr[i] < 0x7f) || words.ptr[i] == '\t')
            text_add_byte(out, words.ptr[i]);
        else
            text_addf(out, "\\x%02x", words.ptr[i]);
    quote_tail(out, from);
}

static void add_name(struct text *out, const char *name)
{
    text_add(out, SPAN(",\""));
    text_add(out, span_of(name));
    text_add(out, SPAN("\":"));
}

static void add_string(struct text *out, const char *name, struct span words)
{
    if (words.len == 0)
        return;
    add_name(out, name);
    text_add_byte(out, '"');
    add_words(out, words);
}

static void add_number(struct text *out, const char *name, uint64_t number)
{
    add_name(out, name);
    text_addf(out, "%" PRIu64, number);
}

/* Bytes of the entry, written by `add` as the journal shows them. */
static void add_bytes(struct text *out, const char *name, const struct journal_entry *entry,
                      void (*add)(const struct journal_entry *entry, struct text *out))
{
    add_name(out, name);
    text_add_byte(out, '"');
    size_t from = out->len;
    add(entry, out);
    quote_tail(out, from);
}

static void add_time(struct text *out, instant time)
{
    char shown[INSTANT_TEXT_SIZE];
    instant_format(time, shown);
    text_add(out, SPAN("{\"time\":\""));
    text_add(out, span_of(shown));
    text_add_byte(out, '"');
}

/* "time=400ms chunk=1" as an object. */
static void add_parameters(struct text *out, struct span drawn)
{
    add_name(out, "parameters");
    text_add_byte(out, '{');
    for (bool first = true; drawn.len > 0; first = false) {
        struct cut words = span_cut(drawn, ' ');
        struct cut pair = span_cut(words.before, '=');
        text_add(out, first ? SPAN("\"") : SPAN(",\""));
        add_words(out, pair.before);
        text_add(out, SPAN(":\""));
        add_words(out, pair.after);
        drawn = words.after;
    }
    text_add_byte(out, '}');
}

static void add_rule(struct text *out, const struct journal_entry *entry)
{
    add_string(out, "rule", text_span(&entry->rule->line));
    add_number(out, "rule_number", entry->rule->index);
    if (entry->rule->profile)
        add_string(out, "profile", span_of(entry->rule->profile));
    add_string(out, "mutator", span_of(entry->rule->mutator->name));
    add_parameters(out, entry->parameters);
    if (entry->before.len > 0 || entry->after.len > 0) {
        add_bytes(out, "before", entry, journal_add_before);
        add_bytes(out, "after", entry, journal_add_after);
    }
    if (entry->dry_run) {
        add_name(out, "dry_run");
        text_add(out, SPAN("true"));
    }
}

static void add_totals(struct text *out, const struct journal_entry *entry)
{
    text_add(out, SPAN(",\"totals\":{\"to server\":{\"received\":"));
    text_addf(out, "%" PRIu64 ",\"sent\":%" PRIu64 "}", entry->bytes_in[TO_SERVER],
              entry->bytes_out[TO_SERVER]);
    text_addf(out, ",\"to client\":{\"received\":%" PRIu64 ",\"sent\":%" PRIu64 "}",
              entry->bytes_in[TO_CLIENT], entry->bytes_out[TO_CLIENT]);
    add_number(out, "commands", entry->commands);
    add_number(out, "replies", entry->replies);
    add_number(out, "messages", entry->messages);
    add_number(out, "rules", entry->rules_fired);
    text_add_byte(out, '}');
}

static void add_close(struct text *out, const struct journal_entry *entry)
{
    add_string(out, "ending", span_of(entry->how));
    add_string(out, "reason", span_of(entry->why));
    add_name(out, "duration");
    uint64_t microseconds = entry->lasted / US(1);
    text_addf(out, "%" PRIu64 ".%06" PRIu64, microseconds / 1000000, microseconds % 1000000);
    add_totals(out, entry);
}

static void add_tls(struct text *out, const struct journal_entry *entry)
{
    const struct tls_facts *tls = entry->tls;
    add_string(out, "reason", entry->trouble);
    if (!tls)
        return;
    add_string(out, "version", span_of(tls->version));
    add_string(out, "cipher", span_of(tls->cipher));
    add_string(out, "peer", span_of(tls->peer_name));
    add_string(out, "unverified", span_of(tls->verified));
    add_name(out, "resumed");
    text_add(out, tls->resumed ? SPAN("true") : SPAN("false"));
}

static void add_error(struct text *out, const struct journal_entry *entry)
{
    if (entry->how)
        add_string(out, "error", span_of(entry->how));
    if (entry->why)
        add_string(out, "reason", span_of(entry->why));
}

static void add_place(struct text *out, const struct journal_entry *entry)
{
    if (entry->has_direction)
        add_string(out, "direction", span_of(direction_name(entry->direction)));
    if (entry->number > 0)
        add_number(out, "number", entry->number);
    add_string(out, "client", entry->facts->client);
    add_string(out, "server", entry->facts->server);
}

static void add_what(struct text *out, const struct journal_entry *entry)
{
    add_string(out, "verb", span_of(verb_name(entry->verb)));
    if (entry->code > 0)
        add_number(out, "code", entry->code);
    if (entry->line.len > 0)
        add_bytes(out, "line", entry, journal_add_line);
    if (entry->has_bytes)
        add_number(out, "bytes", entry->bytes);
    if (entry->local && entry->event != JOURNAL_RULE)
        text_add(out, SPAN(",\"local\":true"));
}

void journal_json_entry(const struct journal_entry *entry, struct text *out)
{
    add_time(out, entry->time);
    add_string(out, "session", entry->facts->guid);
    add_string(out, "event", span_of(journal_event_name(entry->event)));
    add_place(out, entry);
    add_what(out, entry);
    if (entry->event == JOURNAL_RULE)
        add_rule(out, entry);
    if (entry->event == JOURNAL_TLS)
        add_tls(out, entry);
    if (entry->event == JOURNAL_CLOSE)
        add_close(out, entry);
    if (entry->event == JOURNAL_ERROR)
        add_error(out, entry);
    text_add(out, SPAN("}\n"));
}

void journal_json_head(const struct journal_head *head, struct text *out)
{
    add_time(out, head->time);
    text_add(out, SPAN(",\"event\":\"start\",\"version\":\"" SMTPCHAOS_VERSION "\""));
    add_number(out, "seed", head->seed);
    add_name(out, "options");
    text_add_byte(out, '"');
    add_words(out, span_of(head->options ? head->options : ""));
    text_add(out, SPAN(",\"rules\":["));
    for (size_t i = 0; i < head->rule_count; i++) {
        text_add(out, i == 0 ? SPAN("\"") : SPAN(",\""));
        add_words(out, text_span(&head->rules[i]->line));
    }
    text_add(out, SPAN("]}\n"));
}
