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

/* In quotes, what stands in braces or behind a backslash is the rule language's. */
static size_t quoted_word(struct span text, size_t at)
{
    if (text.ptr[at] == '\\')
        return at + 1 < text.len && text.ptr[at + 1] == 'x' ? 4 : 2;
    return text.ptr[at] == '{' ? span_find(span_drop(text, at), '}') + 1 : 0;
}

/* What is short tells nothing, and may be no text. */
static void add_quoted(struct anonymiser *anonymiser, struct span text, struct text *out)
{
    size_t begin = text.len < QUOTED_MIN ? text.len : 0;
    text_add(out, span_take(text, begin));
    text = span_drop(text, begin);
    begin = 0;
    for (size_t at = 0; at < text.len;) {
        size_t fixed = quoted_word(text, at);
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

static size_t closing_quote(struct span line)
{
    size_t at = 0;
    while (at < line.len && line.ptr[at] != '"')
        at += line.ptr[at] == '\\' ? 2 : 1;
    return at < line.len ? at : line.len;
}

/* Whether the value of such a filter begins behind what has been written. */
static bool is_about_someone(const struct text *out)
{
    static const char *const names[] = { " client=", " helo=", " sender=", " recipient=",
                                         " listed=" };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (span_ends(text_span(out), span_of(names[i])))
            return true;
    return false;
}

static void add_rule_line(struct anonymiser *anonymiser, struct span line, struct text *out)
{
    while (line.len > 0) {
        size_t len = 1;
        if (is_about_someone(out) && line.ptr[0] != '"') {
            len = span_find(line, ' ');
            struct cut value = span_cut(span_take(line, len), '/');
            anonymise_bytes(anonymiser, value.before, out);
            text_add(out, span_drop(span_take(line, len), value.before.len));
        } else {
            text_add_byte(out, line.ptr[0]);
        }
        if (line.ptr[0] == '"') {
            len = closing_quote(span_drop(line, 1)) + 1;
            add_quoted(anonymiser, span_drop(span_take(line, len), 1), out);
            text_add(out, len < line.len ? SPAN("\"") : SPAN(""));
            len++;
        }
        line = span_drop(line, len);
    }
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
    if (is_builtin(line))
        text_add(&rule, line);
    else
        add_rule_line(anonymiser, line, &rule);
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
