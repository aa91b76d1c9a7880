/* journal_json: one JSON object a line, ASCII throughout, for programs. docs/journal.md tells what
 * each field means; a field that does not apply is left out.
 * Bytes are escaped twice: as transcripts show them, then as JSON strings want it. So every line
 * parses whatever a peer sent, and what it sent can be had back exactly. */
#include "session/journal.h"

#include <inttypes.h>
#include <string.h>

#include "base/version.h"

static void add_special(struct text *out, uint8_t byte)
{
    if (byte == '\\' || byte == '"') {
        text_add_byte(out, '\\');
        text_add_byte(out, byte);
    } else if (byte == '\t') {
        text_add(out, SPAN("\\t"));
    } else {
        text_addf(out, "\\\\x%02x", byte);
    }
}

/* Adds a string between what stands before and behind it; it needs no escaping. */
static void add_between(struct text *out, struct span before, struct span words, struct span behind)
{
    const struct span pieces[] = { before, words, behind };
    text_join(out, pieces, 3);
}

/* Adds words that people wrote, rules and options, and closes their string: as they stand, bytes
 * beyond ASCII as \xHH, which a rule's quotes read alike. */
static void add_words(struct text *out, struct span words)
{
    while (words.len > 0) {
        size_t plain = span_plain(words);
        text_add(out, span_take(words, plain));
        if (plain < words.len)
            add_special(out, words.ptr[plain++]);
        words = span_drop(words, plain);
    }
    text_add_byte(out, '"');
}

static bool is_quoted(uint8_t byte)
{
    return byte == '\\' || byte == '"';
}

/* Makes a JSON string of what stands in `out` from `from` on, printable ASCII, and closes it. It
 * moves bytes from the end backwards, so that nothing is copied aside. */
static void quote_tail(struct text *out, size_t from)
{
    size_t end = out->len;
    from += span_plain(span_drop(text_span(out), from));
    for (size_t i = from; i < end; i++)
        if (is_quoted(out->ptr[i]))
            text_add_byte(out, '\\');
    for (size_t to = out->len; to > end;) {
        uint8_t byte = out->ptr[--end];
        out->ptr[--to] = byte;
        if (is_quoted(byte))
            out->ptr[--to] = '\\';
    }
    text_add_byte(out, '"');
}

/* The name of a field, with the comma before it; and with the quote that its string begins with. */
#define KEY(name) SPAN(",\"" name "\":")
#define STRING(name) SPAN(",\"" name "\":\"")

static void add_string(struct text *out, struct span key, struct span words)
{
    if (words.len == 0)
        return;
    if (span_plain(words) == words.len) {
        add_between(out, key, words, SPAN("\""));
        return;
    }
    text_add(out, key);
    add_words(out, words);
}

/* A word of our own, in which nothing needs escaping. */
static void add_word(struct text *out, struct span key, const char *word)
{
    if (word[0])
        add_between(out, key, span_of(word), SPAN("\""));
}

static void add_number(struct text *out, struct span key, uint64_t number)
{
    text_add(out, key);
    text_add_number(out, number);
}

/* Bytes of the entry, written by `add` as the journal shows them. */
static void add_bytes(struct text *out, struct span key, const struct journal_entry *entry,
                      void (*add)(const struct journal_entry *entry, struct text *out))
{
    text_add(out, key);
    size_t from = out->len;
    add(entry, out);
    quote_tail(out, from);
}

static void add_time(struct text *out, instant time)
{
    char shown[INSTANT_TEXT_SIZE];
    instant_format(time, shown);
    add_between(out, SPAN("{\"time\":\""), span_of(shown), SPAN("\""));
}

/* "time=400ms chunk=1" as an object. */
static void add_parameters(struct text *out, struct span drawn)
{
    text_add(out, KEY("parameters"));
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
    add_string(out, STRING("rule"), text_span(&entry->rule->line));
    add_number(out, KEY("rule_number"), entry->rule->index);
    if (entry->rule->profile)
        add_string(out, STRING("profile"), span_of(entry->rule->profile));
    add_word(out, STRING("mutator"), entry->rule->mutator->name);
    add_parameters(out, entry->parameters);
    if (entry->before.len > 0 || entry->after.len > 0) {
        add_bytes(out, STRING("before"), entry, journal_add_before);
        add_bytes(out, STRING("after"), entry, journal_add_after);
    }
    if (entry->dry_run) {
        text_add(out, KEY("dry_run"));
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
    add_number(out, KEY("commands"), entry->commands);
    add_number(out, KEY("replies"), entry->replies);
    add_number(out, KEY("messages"), entry->messages);
    add_number(out, KEY("rules"), entry->rules_fired);
    text_add_byte(out, '}');
}

static void add_close(struct text *out, const struct journal_entry *entry)
{
    add_word(out, STRING("ending"), entry->how);
    add_string(out, STRING("reason"), span_of(entry->why));
    text_add(out, KEY("duration"));
    uint64_t microseconds = entry->lasted / US(1);
    text_addf(out, "%" PRIu64 ".%06" PRIu64, microseconds / 1000000, microseconds % 1000000);
    add_totals(out, entry);
}

static void add_tls(struct text *out, const struct journal_entry *entry)
{
    const struct tls_facts *tls = entry->tls;
    add_string(out, STRING("reason"), entry->trouble);
    if (!tls)
        return;
    add_string(out, STRING("version"), span_of(tls->version));
    add_string(out, STRING("cipher"), span_of(tls->cipher));
    add_string(out, STRING("peer"), span_of(tls->peer_name));
    add_string(out, STRING("unverified"), span_of(tls->verified));
    text_add(out, KEY("resumed"));
    text_add(out, tls->resumed ? SPAN("true") : SPAN("false"));
}

static void add_error(struct text *out, const struct journal_entry *entry)
{
    if (entry->how)
        add_string(out, STRING("error"), span_of(entry->how));
    if (entry->why)
        add_string(out, STRING("reason"), span_of(entry->why));
}

static void add_place(struct text *out, const struct journal_entry *entry)
{
    if (entry->has_direction)
        add_word(out, STRING("direction"), direction_name(entry->direction));
    if (entry->number > 0)
        add_number(out, KEY("number"), entry->number);
    add_string(out, STRING("client"), entry->facts->client);
    add_string(out, STRING("server"), entry->facts->server);
}

static void add_what(struct text *out, const struct journal_entry *entry)
{
    add_word(out, STRING("verb"), verb_name(entry->verb));
    if (entry->code > 0)
        add_number(out, KEY("code"), entry->code);
    if (entry->line.len > 0)
        add_bytes(out, STRING("line"), entry, journal_add_line);
    if (entry->has_bytes)
        add_number(out, KEY("bytes"), entry->bytes);
    if (entry->local && entry->event != JOURNAL_RULE)
        text_add(out, SPAN(",\"local\":true"));
}

void journal_json_entry(const struct journal_entry *entry, struct text *out)
{
    add_time(out, entry->time);
    add_string(out, STRING("session"), entry->facts->guid);
    add_word(out, STRING("event"), journal_event_name(entry->event));
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
    add_number(out, KEY("seed"), head->seed);
    text_add(out, KEY("options"));
    text_add_byte(out, '"');
    add_words(out, span_of(head->options ? head->options : ""));
    text_add(out, SPAN(",\"rules\":["));
    for (size_t i = 0; i < head->rule_count; i++) {
        text_add(out, i == 0 ? SPAN("\"") : SPAN(",\""));
        add_words(out, text_span(&head->rules[i]->line));
    }
    text_add(out, SPAN("]}\n"));
}
