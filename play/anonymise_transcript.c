/* anonymise_transcript: anonymise.h's function for transcripts. */
#include "play/anonymise.h"
#include "play/heard.h"
#include "play/transcript_text.h"
#include "session/profile.h"
#include "session/rule_set.h"

/* Bytes in quotes that are looked at. */
#define QUOTED_MIN 4

static bool is_step(struct span line)
{
    return line.len > 1 && (line.ptr[0] == 'C' || line.ptr[0] == 'S') &&
           (line.ptr[1] == '=' || line.ptr[1] == '>');
}

static void add_step(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    struct play_step step = { 0 };
    struct text error = { 0 };
    struct text said = { 0 };
    size_t bad;
    bool fine = step_text_read(step_text_uncomment(span_drop(line, 3)), &step, &error, &bad);
    text_add(out, span_take(line, 2));
    text_add_byte(out, ' ');
    if (fine && step.end == PLAY_NO_END) {
        anonymise_bytes(anonymiser, text_span(&step.bytes), &said);
        step_text_add(out, text_span(&said));
    } else if (fine) {
        text_addf(out, "%s", play_end_name(step.end));
    }
    text_add_byte(out, '\n');
    text_deinit(&step.bytes);
    text_deinit(&error);
    text_deinit(&said);
}

/* -- rules ---------------------------------------------------------------------------------- */

/* How much of an enclosed text at `at` is the rule language's: what stands in braces or behind a
 * backslash; of a pattern, classes and what groups begin with, too. */
static size_t fixed_part(struct span text, size_t at, bool is_pattern)
{
    struct span rest = span_drop(text, at);
    switch (rest.ptr[0]) {
    case '\\': return rest.len > 1 && rest.ptr[1] == 'x' ? 4 : 2;
    case '{': return span_find(rest, '}') + 1;
    case '[': return is_pattern ? span_find(rest, ']') + 1 : 0;
    case '(': return is_pattern && span_starts(rest, SPAN("(?")) ? 3 : 0;
    default: return 0;
    }
}

/* What is short tells nothing, and may be no text. */
static void add_text(struct anonymiser *anonymiser, struct span text, bool is_pattern,
                     struct text *out)
{
    size_t begin = 0;
    if (text.len < QUOTED_MIN) {
        text_add(out, text);
        return;
    }
    for (size_t at = 0; at < text.len;) {
        size_t fixed = fixed_part(text, at, is_pattern);
        if (fixed == 0) {
            at++;
            continue;
        }
        anonymise_bytes(anonymiser, span_drop(span_take(text, at), begin), out);
        text_add(out, span_take(span_drop(text, at), fixed));
        begin = at += fixed;
    }
    anonymise_bytes(anonymiser, span_drop(text, begin), out);
}

static size_t closing_mark(struct span line, uint8_t mark)
{
    size_t at = 0;
    while (at < line.len && line.ptr[at] != mark)
        at += line.ptr[at] == '\\' ? 2 : 1;
    return at < line.len ? at : line.len;
}

/* Answers how much of the line it has taken, here and below. */
static size_t add_enclosed(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    uint8_t mark = line.ptr[0];
    size_t len = closing_mark(span_drop(line, 1), mark) + 1;
    text_add_byte(out, mark);
    add_text(anonymiser, span_drop(span_take(line, len), 1), mark == '/', out);
    if (len < line.len)
        text_add_byte(out, mark);
    return len + 1;
}

/* Behind a slash stands how many bits of an address count. */
static size_t add_someone(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    struct span value = span_take(line, span_find(line, ' '));
    struct cut parts = span_cut(value, '/');
    anonymise_bytes(anonymiser, parts.before, out);
    text_add(out, span_drop(value, parts.before.len));
    return value.len;
}

static size_t add_word(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    struct span value = span_take(line, span_find(line, ' '));
    add_text(anonymiser, value, false, out);
    return value.len;
}

/* Whether the value of such a filter begins behind what has been written. */
static bool is_about_someone(struct span written)
{
    static const char *const names[] = { " client=", " helo=", " sender=", " recipient=",
                                         " listed=" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_ends(written, span_of(names[i])))
            return true;
    return false;
}

static bool is_text(enum param_kind kind)
{
    return kind == PARAM_TEXT || kind == PARAM_LITERAL || kind == PARAM_NAMES;
}

/* Likewise, of a parameter that is a text. */
static bool is_text_param(const struct mutator *mutator, struct span written)
{
    if (!span_ends(written, SPAN("=")))
        return false;
    written = span_drop_last(written, 1);
    for (size_t i = 0; i < mutator->param_count; i++) {
        struct span name = span_of(mutator->params[i].name);
        if (is_text(mutator->params[i].kind) && span_ends(written, name) &&
            span_ends(span_drop_last(written, name.len), SPAN(" ")))
            return true;
    }
    return false;
}

static size_t add_part(struct anonymiser *anonymiser, const struct mutator *mutator,
                       struct span line, struct text *out)
{
    struct span written = text_span(out);
    bool is_pattern = line.ptr[0] == '/' && span_ends(written, SPAN("="));
    if (line.ptr[0] == '"' || is_pattern)
        return add_enclosed(anonymiser, line, out);
    if (is_about_someone(written))
        return add_someone(anonymiser, line, out);
    if (is_text_param(mutator, written))
        return add_word(anonymiser, line, out);
    text_add_byte(out, line.ptr[0]);
    return 1;
}

static void add_rule_line(struct anonymiser *anonymiser, const struct mutator *mutator,
                          struct span line, struct text *out)
{
    while (line.len > 0)
        line = span_drop(line, add_part(anonymiser, mutator, line, out));
}

/* A rule of ours tells nothing. Draws depend on a rule's text, so it is better left alone. */
static bool is_builtin(struct span line)
{
    struct span text;
    for (size_t i = 0; profile_builtin_name(i); i++)
        if (profile_builtin(span_of(profile_builtin_name(i)), &text) &&
            span_search(text, line) < text.len)
            return true;
    return false;
}

static void add_rule(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    struct text rule = { 0 };
    struct text error = { 0 };
    struct rule_set *rules = rule_set_new();
    bool is_rule = rule_set_add_line(rules, line, (struct place){ 0 }, &error);
    if (is_builtin(line))
        text_add(&rule, line);
    else if (is_rule)
        add_rule_line(anonymiser, rules->rules[0]->mutator, line, &rule);
    if (rule_set_add_line(rules, text_span(&rule), (struct place){ 0 }, &error)) {
        text_addf(out, "rule ");
        text_add(out, text_span(&rule));
        text_add_byte(out, '\n');
    }
    rule_set_free(rules);
    text_deinit(&error);
    text_deinit(&rule);
}

/* -- lines ---------------------------------------------------------------------------------- */

static void add_line(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    static const struct span about = SPAN_INIT("option only-recipient ");
    if (is_step(line)) {
        add_step(anonymiser, line, out);
    } else if (span_starts(line, SPAN("rule "))) {
        add_rule(anonymiser, span_trim(span_drop(line, 5)), out);
    } else if (span_starts(line, about)) {
        text_add(out, about);
        anonymise_bytes(anonymiser, span_drop(line, about.len), out);
        text_add_byte(out, '\n');
    } else if (line.len > 0 && !span_starts(line, SPAN("client ")) && line.ptr[0] != '#' &&
               line.ptr[0] != '!' && (line.len < 2 || line.ptr[1] != '<')) {
        text_add(out, line);
        text_add_byte(out, '\n');
    }
}

void anonymise_transcript(struct anonymiser *anonymiser, struct span transcript, struct text *out)
{
    while (transcript.len > 0) {
        struct span line = heard_next_line(&transcript);
        while (line.len > 0 && (line.ptr[0] == ' ' || line.ptr[0] == '\t'))
            line = span_drop(line, 1);
        add_line(anonymiser, span_chomp(line), out);
    }
}
