/* journal_json: one JSON object a line, ASCII throughout, for programs. docs/journal.md tells what
 * each field means; a field that does not apply is left out.
 * Bytes are escaped twice: as transcripts show them, then as JSON strings want it. So every line
 * parses whatever a peer sent, and what it sent can be had back exactly. */
#include "session/journal.h"

#include "base/pen.h"
#include "base/version.h"

/* What a byte becomes at most, escaped twice. */
#define ESCAPED_MAX 5

static bool is_quoted(uint8_t byte)
{
    return byte == '\\' || byte == '"';
}

/* Writes a byte that is not plain as JSON strings want it; without a name there: as \xHH. */
static uint8_t *put_special(uint8_t *at, uint8_t byte)
{
    static const char digits[] = "0123456789abcdef";
    if (byte == '\t')
        return pen_span(at, SPAN("\\t"));
    *at++ = '\\';
    if (is_quoted(byte)) {
        *at++ = byte;
        return at;
    }
    at = pen_span(at, SPAN("\\x"));
    *at++ = (uint8_t)digits[byte >> 4];
    *at++ = (uint8_t)digits[byte & 15];
    return at;
}

/* Writes a byte that is not plain as transcripts show it, and that as JSON strings want it. */
static uint8_t *put_escape(uint8_t *at, uint8_t byte)
{
    uint8_t escape[TEXT_ESCAPE_MAX];
    size_t len = text_escape(byte, escape);
    for (size_t i = 0; i < len; i++) {
        if (is_quoted(escape[i]))
            *at++ = '\\';
        *at++ = escape[i];
    }
    return at;
}

/* Writes words and closes their string; `put` writes what is not plain. */
static uint8_t *put_string(uint8_t *at, struct span words, uint8_t *(*put)(uint8_t *, uint8_t))
{
    for (;;) {
        at = pen_plain(at, &words);
        if (words.len == 0)
            break;
        at = put(at, words.ptr[0]);
        words = span_drop(words, 1);
    }
    *at++ = '"';
    return at;
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

/* Adds words that people wrote, rules and options, behind `key` and closes their string: as they
 * stand, bytes beyond ASCII as \xHH, which a rule's quotes read alike. */
static void add_words(struct text *out, struct span key, struct span words)
{
    uint8_t *at = text_room(out, key.len + ESCAPED_MAX * words.len + 1);
    if (at)
        text_end_room(out, put_string(pen_span(at, key), words, put_special));
}

/* The same where there are any. */
static void add_string(struct text *out, struct span key, struct span words)
{
    if (words.len > 0)
        add_words(out, key, words);
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

/* "time=400ms chunk=1" as an object. */
static void add_parameters(struct text *out, struct span drawn)
{
    text_add(out, KEY("parameters"));
    text_add_byte(out, '{');
    for (bool first = true; drawn.len > 0; first = false) {
        struct cut words = span_cut(drawn, ' ');
        struct cut pair = span_cut(words.before, '=');
        add_words(out, first ? SPAN("\"") : SPAN(",\""), pair.before);
        add_words(out, SPAN(":\""), pair.after);
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
    add_string(out, STRING("mutator"), span_of(entry->rule->mutator->name));
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

/* More than all of an entry but its strings: keys, words of our own and numbers. */
#define FRAME_MAX 512

static uint8_t *put_lane(uint8_t *at, const struct journal_entry *entry, enum direction direction)
{
    at = pen_number(pen_span(at, SPAN("{\"received\":")), entry->bytes_in[direction]);
    at = pen_number(pen_span(at, SPAN(",\"sent\":")), entry->bytes_out[direction]);
    return pen_span(at, SPAN("}"));
}

static uint8_t *put_totals(uint8_t *at, const struct journal_entry *entry)
{
    at = put_lane(pen_span(at, SPAN(",\"totals\":{\"to server\":")), entry, TO_SERVER);
    at = put_lane(pen_span(at, SPAN(",\"to client\":")), entry, TO_CLIENT);
    at = pen_number(pen_span(at, KEY("commands")), entry->commands);
    at = pen_number(pen_span(at, KEY("replies")), entry->replies);
    at = pen_number(pen_span(at, KEY("messages")), entry->messages);
    at = pen_number(pen_span(at, KEY("rules")), entry->rules_fired);
    return pen_span(at, SPAN("}"));
}

static void add_close(struct text *out, const struct journal_entry *entry)
{
    uint64_t microseconds = entry->lasted / US(1);
    add_string(out, STRING("ending"), span_of(entry->how));
    add_string(out, STRING("reason"), span_of(entry->why));
    uint8_t *at = text_room(out, FRAME_MAX);
    if (!at)
        return;
    at = pen_number(pen_span(at, KEY("duration")), microseconds / 1000000);
    at = pen_digits(pen_span(at, SPAN(".")), (unsigned)(microseconds % 1000000), 6);
    text_end_room(out, put_totals(at, entry));
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

/* -- what all entries have, written in one go into room for the longest ----------------------- */

#define FIELD(name, word) PEN_WORD(",\"" name "\":\"" word "\"")

static const struct pen_word event_fields[] = {
    [JOURNAL_CONNECT] = FIELD("event", "connect"), [JOURNAL_GREETING] = FIELD("event", "greeting"),
    [JOURNAL_COMMAND] = FIELD("event", "command"), [JOURNAL_REPLY] = FIELD("event", "reply"),
    [JOURNAL_BODY] = FIELD("event", "body"),       [JOURNAL_BODY_END] = FIELD("event", "body-end"),
    [JOURNAL_RULE] = FIELD("event", "rule"),       [JOURNAL_TLS] = FIELD("event", "tls"),
    [JOURNAL_CLOSE] = FIELD("event", "close"),     [JOURNAL_ERROR] = FIELD("event", "error"),
};

static const struct pen_word direction_fields[] = {
    [TO_SERVER] = FIELD("direction", "to server"),
    [TO_CLIENT] = FIELD("direction", "to client"),
};

static const struct pen_word verb_fields[] = {
#define VERB(name, word, flags) [VERB_##name] = FIELD("verb", word),
#include "smtp/verbs.def"
#undef VERB
    [VERB_UNKNOWN] = FIELD("verb", "UNKNOWN"),
    [VERB_NONE] = PEN_WORD(""),
};

/* One of the facts, whose key, with the quote that its string begins with, is `key`. */
static uint8_t *put_fact(uint8_t *at, struct span key, struct span words, bool is_plain)
{
    if (words.len == 0)
        return at;
    at = pen_span(at, key);
    if (!is_plain)
        return put_string(at, words, put_special);
    at = pen_span(at, words);
    *at = '"';
    return at + 1;
}

static uint8_t *put_time(uint8_t *at, instant time)
{
    at = pen_span(at, SPAN("{\"time\":\""));
    instant_format(time, (char *)at);
    at[INSTANT_LEN] = '"';
    return at + INSTANT_LEN + 1;
}

/* When, who and where; then which command, and its code. */
static uint8_t *put_place(uint8_t *at, const struct journal_entry *entry)
{
    const struct facts *facts = entry->facts;
    at = put_time(at, entry->time);
    at = put_fact(at, STRING("session"), facts->guid, facts->are_plain);
    at = pen_word(at, &event_fields[entry->event]);
    if (entry->has_direction)
        at = pen_word(at, &direction_fields[entry->direction]);
    if (entry->number > 0)
        at = pen_number(pen_span(at, KEY("number")), entry->number);
    at = put_fact(at, STRING("client"), facts->client, facts->are_plain);
    at = put_fact(at, STRING("server"), facts->server, facts->are_plain);
    at = pen_word(at, &verb_fields[entry->verb]);
    return entry->code > 0 ? pen_number(pen_span(at, KEY("code")), entry->code) : at;
}

/* A line of which all is shown. */
static uint8_t *put_line(uint8_t *at, struct span line)
{
    struct span shown = span_drop_last(line, span_ends(line, SPAN("\r\n")) ? 2 : 0);
    return put_string(pen_span(at, STRING("line")), shown, put_escape);
}

static uint8_t *put_counts(uint8_t *at, const struct journal_entry *entry)
{
    if (entry->has_bytes)
        at = pen_number(pen_span(at, KEY("bytes")), entry->bytes);
    if (entry->local && entry->event != JOURNAL_RULE)
        at = pen_span(at, SPAN(",\"local\":true"));
    return at;
}

/* What only some events have. */
static void (*const add_more[])(struct text *out, const struct journal_entry *entry) = {
    [JOURNAL_RULE] = add_rule,
    [JOURNAL_TLS] = add_tls,
    [JOURNAL_CLOSE] = add_close,
    [JOURNAL_ERROR] = add_error,
};

/* All of the entry, or all but what only its event has. False where there is no room. */
static bool add_common(struct text *out, const struct journal_entry *entry)
{
    const struct facts *facts = entry->facts;
    bool all = journal_shows_all(entry);
    size_t strings = facts->guid.len + facts->client.len + facts->server.len;
    size_t escaped = strings + (all ? entry->line.len : 0);
    uint8_t *at = text_room(out, FRAME_MAX + ESCAPED_MAX * escaped);
    if (!at)
        return false;
    at = put_place(at, entry);
    if (entry->line.len > 0 && all) {
        at = put_line(at, entry->line);
    } else if (entry->line.len > 0) {
        text_end_room(out, at);
        add_bytes(out, STRING("line"), entry, journal_add_line);
        at = text_room(out, FRAME_MAX);
    }
    if (!at)
        return false;
    at = put_counts(at, entry);
    text_end_room(out, add_more[entry->event] ? at : pen_span(at, SPAN("}\n")));
    return true;
}

void journal_json_entry(const struct journal_entry *entry, struct text *out)
{
    if (!add_common(out, entry) || !add_more[entry->event])
        return;
    add_more[entry->event](out, entry);
    text_add(out, SPAN("}\n"));
}

void journal_json_head(const struct journal_head *head, struct text *out)
{
    uint8_t *at = text_room(out, FRAME_MAX);
    if (!at)
        return;
    text_end_room(out, put_time(at, head->time));
    text_add(out, SPAN(",\"event\":\"start\",\"version\":\"" SMTPCHAOS_VERSION "\""));
    add_number(out, KEY("seed"), head->seed);
    add_words(out, STRING("options"), span_of(head->options ? head->options : ""));
    text_add(out, SPAN(",\"rules\":["));
    for (size_t i = 0; i < head->rule_count; i++) {
        add_words(out, i == 0 ? SPAN("\"") : SPAN(",\""), text_span(&head->rules[i]->line));
    }
    text_add(out, SPAN("]}\n"));
}
