/* mutation_fixture: see mutation_fixture.h. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"

#include "play/made_up.h"
#include "smtp/parse.h"

/* -- parameters ----------------------------------------------------------------------------- */

static size_t param_named(const struct mutator *mutator, struct span name)
{
    size_t i = 0;
    while (i < mutator->param_count && !span_equal(span_of(mutator->params[i].name), name))
        i++;
    if (i == mutator->param_count)
        fail_msg("%s has no parameter %.*s", mutator->name, (int)name.len, (const char *)name.ptr);
    return i;
}

static void argument_read(struct argument *argument, const struct param *param, struct span value)
{
    struct text plain = { 0 };
    struct text error = { 0 };
    size_t bad;
    bool quoted = span_starts(value, SPAN("\""));
    if (quoted)
        assert_true(text_add_unescaped(&plain, span_drop_last(span_drop(value, 1), 1), &bad));
    argument_deinit(argument);
    if (!param_parse(param, quoted ? text_span(&plain) : value, quoted, argument, &error))
        fail_msg("%s", text_string(&error));
    text_deinit(&plain);
    text_deinit(&error);
}

/* A value ends at a blank; one in quotes or slashes at the next of them that is not escaped. */
static size_t value_length(struct span text)
{
    bool enclosed = span_starts(text, SPAN("\"")) || span_starts(text, SPAN("/"));
    uint8_t end = enclosed ? text.ptr[0] : ' ';
    size_t len = enclosed ? 1 : 0;
    while (len < text.len && text.ptr[len] != end)
        len += text.ptr[len] == '\\' ? 2 : 1;
    return enclosed ? len + 1 : len;
}

static void arguments_read(struct argument *arguments, const struct mutator *mutator,
                           const char *said)
{
    for (size_t i = 0; i < mutator->param_count; i++)
        param_preset(&mutator->params[i], &arguments[i]);
    struct span rest = span_trim(span_of(said));
    while (rest.len > 0) {
        struct cut cut = span_cut(rest, '=');
        size_t i = param_named(mutator, cut.before);
        size_t len = value_length(cut.after);
        argument_read(&arguments[i], &mutator->params[i], span_take(cut.after, len));
        rest = span_trim(span_drop(cut.after, len));
    }
}

static void arguments_end(struct argument *arguments, const struct mutator *mutator)
{
    for (size_t i = 0; i < mutator->param_count; i++)
        argument_deinit(&arguments[i]);
}

void expect_refused(const struct mutator *mutator, const char *said, const char *reason)
{
    struct argument arguments[PARAMS_MAX] = { 0 };
    struct text error = { 0 };
    arguments_read(arguments, mutator, said);
    if (mutator->accepts(arguments, &error))
        fail_msg("%s accepts %s", mutator->name, said);
    if (!strstr(text_string(&error), reason))
        fail_msg("%s refuses %s with: %s", mutator->name, said, text_string(&error));
    text_deinit(&error);
    arguments_end(arguments, mutator);
}

/* -- a session around it -------------------------------------------------------------------- */

void fixture_client_said(struct mutation_fixture *fixture, struct span line)
{
    struct smtp_command command = smtp_command_parse(line);
    dialogue_said(&fixture->dialogue, &command);
}

void fixture_next_message(struct mutation_fixture *fixture)
{
    fixture_client_said(fixture, SPAN("MAIL FROM:<ann@me.test>\r\n"));
    fixture_client_said(fixture, SPAN("RCPT TO:<bob@mx.test>\r\n"));
    fixture->offset = 0;
    fixture->in_headers = true;
    fixture->line_began = true;
}

void fixture_begin(struct mutation_fixture *fixture, const struct mutator *mutator,
                   const char *said)
{
    struct text error = { 0 };
    *fixture = (struct mutation_fixture){ .mutator = mutator };
    arguments_read(fixture->arguments, mutator, said);
    if (mutator->accepts && !mutator->accepts(fixture->arguments, &error))
        fail_msg("%s: %s", mutator->name, text_string(&error));
    dialogue_init(&fixture->dialogue);
    fixture->facts = (struct facts)MADE_UP_FACTS;
    fixture->state = calloc(1, mutator->state_size + 1);
    assert_non_null(fixture->state);
    fixture->mutation = (struct mutation){
        .event = &fixture->event,
        .dialogue = &fixture->dialogue,
        .facts = &fixture->facts,
        .params = mutator->params,
        .arguments = fixture->arguments,
        .param_count = mutator->param_count,
        .recall = recall_new(0),
        .rule_key = 7,
        .prng = prng_at(1, 1, 7, 0, 1),
        .now = HOURS(1),
        .state = fixture->state,
    };
    fixture_client_said(fixture, SPAN("EHLO me.test\r\n"));
    fixture_next_message(fixture);
}

void fixture_end(struct mutation_fixture *fixture)
{
    recall_free(fixture->mutation.recall);
    mutation_deinit(&fixture->mutation);
    dialogue_deinit(&fixture->dialogue);
    arguments_end(fixture->arguments, fixture->mutator);
    text_deinit(&fixture->outcome);
    free(fixture->state);
}

/* -- events --------------------------------------------------------------------------------- */

static enum smtp_event_kind kind_named(struct span word)
{
    for (unsigned kind = SMTP_CONNECT; kind <= SMTP_OTHER; kind <<= 1)
        if (span_equal(word, span_of(event_kind_name((enum smtp_event_kind)kind))))
            return (enum smtp_event_kind)kind;
    fail_msg("no event is called %.*s", (int)word.len, (const char *)word.ptr);
    return SMTP_OTHER;
}

static bool takes_word(struct span *text, struct span word)
{
    if (!span_starts(*text, word))
        return false;
    *text = span_trim(span_drop(*text, word.len));
    return true;
}

static void event_is_reply(struct smtp_event *event, bool final, struct span after)
{
    event->going = TO_CLIENT;
    event->reply = smtp_reply_parse(event->raw);
    event->reply.after_message = final;
    if (final)
        event->reply.after = VERB_DATA;
    else if (takes_word(&after, SPAN("after")))
        event->reply.after = verb_parse(after);
}

/* What a decoder says of a line of mail, or of a piece of one. */
static void event_is_body(struct mutation_fixture *fixture, struct smtp_event *event)
{
    struct span raw = event->raw;
    if (raw.len == 0)
        return;
    event->body.offset = fixture->offset;
    event->body.header = fixture->in_headers;
    event->body.starts_line = fixture->line_began;
    event->body.ends_line = span_ends(raw, SPAN("\n"));
    if (event->body.starts_line && span_chomp(raw).len == 0)
        fixture->in_headers = false;
    fixture->offset += raw.len;
    fixture->line_began = event->body.ends_line;
}

static void event_make(struct mutation_fixture *fixture, const char *what, struct span raw)
{
    struct smtp_event *event = &fixture->event;
    struct span words = span_of(what);
    bool final = takes_word(&words, SPAN("final"));
    bool chunked = takes_word(&words, SPAN("chunked"));
    bool text = takes_word(&words, SPAN("text"));
    struct cut cut = span_cut(words, ' ');
    *event = (struct smtp_event){ .raw = raw, .number = 1 };
    event->kind = text ? SMTP_BODY : kind_named(cut.before);
    if (event->kind == SMTP_GREETING || event->kind == SMTP_REPLY)
        event_is_reply(event, final, cut.after);
    else if (span_ends(words, SPAN("to client")))
        event->going = TO_CLIENT;
    if (event->kind == SMTP_COMMAND)
        event->command = smtp_command_parse(raw);
    if (text)
        fixture->in_headers = false;
    if (event->kind == SMTP_BODY)
        event_is_body(fixture, event);
    event->body.chunked = chunked;
}

/* -- outcomes ------------------------------------------------------------------------------- */

static void show_pieces(const struct mutation *mutation, struct text *out)
{
    struct span content = text_span(&mutation->content);
    char wait[DURATION_TEXT_SIZE];
    size_t begin = 0;
    for (size_t i = 0; i < mutation->piece_count; i++) {
        if (i > 0)
            text_add_byte(out, '|');
        if (mutation->pieces[i].role == PIECE_ADDED)
            text_add_byte(out, '+');
        duration_format(mutation->pieces[i].wait, wait);
        if (mutation->pieces[i].wait > 0)
            text_addf(out, "(%s)", wait);
        text_add(out, span_take(span_drop(content, begin), mutation->pieces[i].end - begin));
        begin = mutation->pieces[i].end;
    }
}

static void show_content(const struct mutation *mutation, enum verdict verdict, struct text *out)
{
    if (verdict == UNTOUCHED) {
        assert_int_equal(mutation->piece_count, 0);
        text_add(out, SPAN("untouched"));
    } else if (mutation->has_answer) {
        text_add(out, mutation->answer_told ? SPAN("told ") : SPAN("answer "));
        text_add(out, text_span(&mutation->answer));
    } else if (mutation->piece_count == 0) {
        text_add(out, SPAN("dropped"));
    } else {
        show_pieces(mutation, out);
    }
}

static const char *fate_name(enum fate fate)
{
    switch (fate) {
    case FATE_NONE: return "none";
    case FATE_FINISH: return "finish";
    case FATE_MUTE: return "mute";
    case FATE_BLACKHOLE: return "blackhole";
    case FATE_TEAR_CLIENT: return "tear-client";
    case FATE_RESET: return "reset";
    }
    return "unknown";
}

static void show_timing_and_fate(const struct mutation *mutation, struct text *out)
{
    char text[DURATION_TEXT_SIZE];
    duration_format(mutation->delay, text);
    if (mutation->delay > 0)
        text_addf(out, "; delay %s", text);
    duration_format(mutation->pace_gap, text);
    if (mutation->pace_bytes > 0)
        text_addf(out, "; pace %" PRIu64 " every %s", mutation->pace_bytes, text);
    if (mutation->fate == FATE_NONE)
        return;
    text_addf(out, "; %s", fate_name(mutation->fate));
    if (mutation->fate_after != UINT64_MAX)
        text_addf(out, " after %" PRIu64, mutation->fate_after);
}

struct span fixture_hears(struct mutation_fixture *fixture, const char *what, struct span raw)
{
    struct mutation *mutation = &fixture->mutation;
    event_make(fixture, what, raw);
    mutation_begin(mutation);
    fixture->verdict = fixture->mutator->apply(mutation, &fixture->event);
    text_clear(&fixture->outcome);
    show_content(mutation, fixture->verdict, &fixture->outcome);
    show_timing_and_fate(mutation, &fixture->outcome);
    return text_span(&fixture->outcome);
}

struct span fixture_mail(struct mutation_fixture *fixture, struct span mail, size_t piece)
{
    struct text whole = { 0 };
    while (mail.len > 0) {
        struct span line = span_take(mail, span_find(mail, '\n') + 1);
        line = span_take(line, piece);
        fixture_hears(fixture, "body", line);
        const struct text *content = &fixture->mutation.content;
        text_add(&whole, fixture->verdict == TAKEN ? text_span(content) : line);
        mail = span_drop(mail, line.len);
    }
    text_clear(&fixture->outcome);
    text_add(&fixture->outcome, text_span(&whole));
    text_deinit(&whole);
    return text_span(&fixture->outcome);
}

void expect_bytes(struct span got, struct span expected, const char *about)
{
    if (span_equal(got, expected))
        return;
    struct text text = { 0 };
    text_addf(&text, "%s\n     got: ", about);
    text_add_escaped(&text, got);
    text_addf(&text, "\nexpected: ");
    text_add_escaped(&text, expected);
    fail_msg("%s", text_string(&text));
}

void expect_cases(const struct mutator *mutator, const struct mutation_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct mutation_fixture fixture;
        struct text about = { 0 };
        fixture_begin(&fixture, mutator, cases[i].said);
        text_addf(&about, "%s %s, case %zu, on %s: ", mutator->name, cases[i].said, i,
                  cases[i].what);
        text_add_escaped(&about, cases[i].raw);
        expect_bytes(fixture_hears(&fixture, cases[i].what, cases[i].raw), cases[i].outcome,
                     text_string(&about));
        text_deinit(&about);
        fixture_end(&fixture);
    }
}
