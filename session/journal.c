/* journal: what all formats share: names, and how a line of SMTP is shown:
 * escaped, bounded, credentials hidden. The formats have a file each. */
#include "session/journal.h"

#include "base/check.h"
#include "base/limits.h"

/* RFC 4422 section 3.1: the name of a SASL mechanism has 1 to 20 characters. */
#define MECHANISM_MAX 20

static const char *const event_names[] = {
    [JOURNAL_CONNECT] = "connect", [JOURNAL_GREETING] = "greeting", [JOURNAL_COMMAND] = "command",
    [JOURNAL_REPLY] = "reply",     [JOURNAL_BODY] = "body",         [JOURNAL_BODY_END] = "body-end",
    [JOURNAL_RULE] = "rule",       [JOURNAL_TLS] = "tls",           [JOURNAL_CLOSE] = "close",
    [JOURNAL_ERROR] = "error",
};

const char *journal_event_name(enum journal_event event)
{
    check(event <= JOURNAL_ERROR);
    return event_names[event];
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t skip_blanks(struct span line, size_t at)
{
    while (at < line.len && is_blank(line.ptr[at]))
        at++;
    return at;
}

static bool is_mechanism_byte(uint8_t byte)
{
    uint8_t folded = byte_lower(byte);
    return (folded >= 'a' && folded <= 'z') || (byte >= '0' && byte <= '9') || byte == '-' ||
           byte == '_';
}

/* The offset behind the SASL mechanism that stands at `at`; `at` itself when there is none, so that
 * credentials in its place are not taken for one. */
static size_t skip_mechanism(struct span line, size_t at)
{
    size_t end = at;
    while (end < line.len && is_mechanism_byte(line.ptr[end]))
        end++;
    bool ends = end == line.len || is_blank(line.ptr[end]);
    return ends && end - at <= MECHANISM_MAX ? end : at;
}

static bool is_verb(struct span line, struct span verb)
{
    return line.len > verb.len && is_blank(line.ptr[verb.len]) && span_starts_nocase(line, verb);
}

/* How many bytes at the beginning of a line with credentials may be shown: verb and mechanism of
 * AUTH (RFC 4954 section 4), the code of a challenge. */
static size_t public_part(struct span line)
{
    if (is_verb(line, SPAN("AUTH")))
        return skip_blanks(line, skip_mechanism(line, skip_blanks(line, 4)));
    bool has_code = line.len > 4 && line.ptr[0] == '3' && line.ptr[3] == ' ';
    return has_code ? 4 : 0;
}

/* XCLIENT's LOGIN= names the user that Postfix is to believe in; the other attributes are shown. */
static void add_xclient(struct span line, struct text *out)
{
    struct cut words = { .after = line, .found = true };
    while (words.found) {
        words = span_cut(words.after, ' ');
        bool hidden = span_starts_nocase(words.before, SPAN("LOGIN="));
        text_add_escaped(out, hidden ? SPAN("LOGIN=***") : words.before);
        if (words.found)
            text_add_byte(out, ' ');
    }
}

static void add_secret(struct span line, struct text *out)
{
    size_t shown = public_part(line);
    text_add_escaped(out, span_take(line, shown));
    if (shown < line.len)
        text_add(out, SPAN("***"));
}

/* Whether its bytes are commands, in which credentials are looked for without being told. */
static bool is_about_command(const struct journal_entry *entry)
{
    return entry->event == JOURNAL_COMMAND ||
           (entry->event == JOURNAL_RULE && entry->rule && entry->rule->event == SMTP_COMMAND);
}

bool journal_shows_all(const struct journal_entry *entry)
{
    if (entry->secret || entry->line.len > JOURNAL_LINE_MAX)
        return false;
    return !is_about_command(entry) ||
           (!is_verb(entry->line, SPAN("AUTH")) && !is_verb(entry->line, SPAN("XCLIENT")));
}

static void add_shown(const struct journal_entry *entry, bool secret, struct span line,
                      struct text *out)
{
    struct span shown = span_take(line, JOURNAL_LINE_MAX);
    bool command = is_about_command(entry);
    if (secret || (command && is_verb(line, SPAN("AUTH"))))
        add_secret(shown, out);
    else if (command && is_verb(line, SPAN("XCLIENT")))
        add_xclient(shown, out);
    else
        text_add_escaped(out, shown);
    if (line.len > shown.len)
        text_addf(out, "[+%zu bytes]", line.len - shown.len);
}

void journal_add_line(const struct journal_entry *entry, struct text *out)
{
    bool whole = span_ends(entry->line, SPAN("\r\n"));
    add_shown(entry, entry->secret, span_drop_last(entry->line, whole ? 2 : 0), out);
}

static void add_exact(const struct journal_entry *entry, bool secret, struct span bytes,
                      struct text *out)
{
    struct span end = span_line_end(bytes);
    add_shown(entry, secret, span_drop_last(bytes, end.len), out);
    text_add_escaped(out, end);
}

void journal_add_before(const struct journal_entry *entry, struct text *out)
{
    add_exact(entry, entry->secret, entry->before, out);
}

void journal_add_after(const struct journal_entry *entry, struct text *out)
{
    /* What the proxy says by itself comes from a rule and holds no credentials. */
    add_exact(entry, entry->secret && !entry->local, entry->after, out);
}

void journal_add_tls(const struct journal_entry *entry, struct text *out)
{
    const struct tls_facts *tls = entry->tls;
    if (entry->trouble.len > 0) {
        text_add(out, SPAN("failed: "));
        text_add_escaped(out, entry->trouble);
    }
    if (!tls)
        return;
    text_add_escaped(out, span_of(tls->version));
    text_add_byte(out, ' ');
    text_add_escaped(out, span_of(tls->cipher));
    if (tls->resumed)
        text_add(out, SPAN(", resumed"));
    if (tls->peer_name[0]) {
        text_add(out, SPAN(", "));
        text_add_escaped(out, span_of(tls->peer_name));
    }
    if (tls->verified[0]) {
        text_add(out, SPAN(", not verified: "));
        text_add_escaped(out, span_of(tls->verified));
    }
}

static void brief_rule(const struct journal_entry *entry, struct text *out)
{
    text_addf(out, "rule %zu %s", entry->rule->index, entry->rule->mutator->name);
    if (entry->parameters.len)
        text_add_byte(out, ' ');
    text_add(out, entry->parameters);
}

void journal_brief(const struct journal_entry *entry, struct text *out)
{
    if (entry->event == JOURNAL_RULE) {
        brief_rule(entry, out);
        return;
    }
    text_addf(out, "%s", journal_event_name(entry->event));
    if (entry->tls || entry->trouble.len) {
        text_addf(out, " %s ", direction_name(entry->direction));
        journal_add_tls(entry, out);
    }
    if (entry->how)
        text_addf(out, " %s", entry->how);
    if (entry->how && entry->has_bytes)
        text_addf(out, " %llu", (unsigned long long)entry->bytes);
    if (entry->line.len)
        text_add_byte(out, ' ');
    journal_add_line(entry, out);
}
