/* decoder_fixture: see decoder_fixture.h. */
#include "decoder_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "smtp/parse.h"

void decoding_begin(struct decoding *decoding, enum direction going, size_t max_line)
{
    *decoding = (struct decoding){ 0 };
    chain_init(&decoding->in, &decoding->pool);
    decoder_init(&decoding->decoder, going, max_line);
}

void decoding_end(struct decoding *decoding)
{
    chain_deinit(&decoding->in);
    assert_int_equal(decoding->pool.in_use, 0);
    pool_deinit(&decoding->pool);
    text_deinit(&decoding->raw);
    text_deinit(&decoding->events);
}

/* -- what is written down ------------------------------------------------------------------- */

static void add_parts(struct text *out, const struct smtp_event *event)
{
    const struct smtp_body *body = &event->body;
    if (event->kind == SMTP_COMMAND)
        text_addf(out, " %s", verb_name(event->command.verb));
    if (event->kind == SMTP_REPLY || event->kind == SMTP_GREETING)
        text_addf(out, " %u/%u", event->reply.code, event->reply.lines);
    if (event->kind == SMTP_BODY_END)
        text_addf(out, " @%llu", (unsigned long long)body->offset);
    if (event->kind == SMTP_BODY && event->number)
        text_addf(out, " @%llu %s%s%s", (unsigned long long)body->offset, body->header ? "h" : "t",
                  body->starts_line ? "<" : "", body->ends_line ? ">" : "");
    text_addf(out, "%s%s%s%s", body->chunked ? " chunked" : "",
              body->ends_chunk && event->number ? " last-of-chunk" : "",
              event->overlong ? " overlong" : "", event->secret ? " secret" : "");
}

/* A stretch goes on where the one before it ended. */
static bool continues_stretch(const struct decoding *decoding, const struct smtp_event *event)
{
    return event->number == 0 && !decoding->as_read && decoding->stretch == event->kind;
}

static void write_down(struct decoding *decoding, const struct smtp_event *event)
{
    struct text *out = &decoding->events;
    if (continues_stretch(decoding, event)) {
        out->len--;
    } else {
        text_add(out, span_of(event_kind_name(event->kind)));
        add_parts(out, event);
        text_add(out, SPAN(" |"));
    }
    text_add_escaped(out, event->raw);
    text_add_byte(out, '\n');
    decoding->stretch = event->number || event->body.ends_chunk ? 0 : event->kind;
    text_add(&decoding->raw, event->raw);
}

/* -- the other side, which grants everything ------------------------------------------------ */

static void grant_command(struct decoder *decoder, const struct smtp_event *event)
{
    const struct smtp_command *command = &event->command;
    uint64_t size;
    bool last;
    if (command->verb == VERB_DATA) {
        decoder->bare_lf = span_line_end(event->raw).len == 1;
        decoder_enter(decoder, PHASE_DATA);
    } else if (command->verb == VERB_BDAT && smtp_bdat_parse(command->argument, &size, &last)) {
        decoder_enter_chunk(decoder, size, last);
    } else if (command->verb == VERB_AUTH) {
        decoder_enter(decoder, PHASE_AUTH);
    } else if (command->verb == VERB_STARTTLS) {
        decoder_enter(decoder, PHASE_OPAQUE);
    }
}

static void grant(struct decoding *decoding, const struct smtp_event *event)
{
    if (event->kind == SMTP_COMMAND)
        grant_command(&decoding->decoder, event);
    else if (event->kind == SMTP_OTHER && decoding->decoder.phase == PHASE_AUTH && !event->overlong)
        decoder_enter(&decoding->decoder, PHASE_COMMANDS);
}

/* -- feeding -------------------------------------------------------------------------------- */

static bool take_event(struct decoding *decoding)
{
    struct smtp_event event;
    decoding->last = decoder_next(&decoding->decoder, &decoding->in, &event);
    if (decoding->last != DECODED_EVENT)
        return false;
    assert_int_equal(event.going, decoding->decoder.going);
    assert_true(event.number == 0 || event.number == decoding->number + 1);
    decoding->number += event.number != 0;
    write_down(decoding, &event);
    if (decoding->granted)
        grant(decoding, &event);
    chain_drop(&decoding->in, event.raw.len);
    return true;
}

void decoding_feed(struct decoding *decoding, struct span bytes)
{
    chain_append(&decoding->in, bytes);
    while (take_event(decoding))
        continue;
}

void decoding_feed_cut(struct decoding *decoding, struct span bytes, size_t cut)
{
    while (bytes.len > 0) {
        decoding_feed(decoding, span_take(bytes, cut));
        bytes = span_drop(bytes, cut);
    }
}

/* -- scenes --------------------------------------------------------------------------------- */

static void begin(struct decoding *decoding, const struct scene *scene)
{
    decoding_begin(decoding, scene->going, scene->max_line);
    decoding->decoder.body_as_lines = scene->as_lines;
    decoding->granted = scene->granted;
}

static void expect_all(struct decoding *decoding, const struct scene *scene, const char *how,
                       size_t cut)
{
    struct text left = { 0 };
    struct span rest = chain_pull(&decoding->in, decoding->in.len);
    text_add_escaped(&left, rest);
    text_add(&decoding->raw, rest);
    if (!span_equal(text_span(&decoding->events), span_of(scene->events)) ||
        !span_equal(text_span(&left), span_of(scene->left)))
        fail_msg("%s %zu: expected\n%sleft: %s\nbut it is\n%sleft: %s", how, cut, scene->events,
                 scene->left, text_string(&decoding->events), text_string(&left));
    assert_true(span_equal(text_span(&decoding->raw), scene->input));
    text_deinit(&left);
    decoding_end(decoding);
}

static void in_steps(const struct scene *scene, size_t step)
{
    struct decoding decoding;
    begin(&decoding, scene);
    decoding_feed_cut(&decoding, scene->input, step);
    expect_all(&decoding, scene, "in steps of", step);
}

static void cut_at(const struct scene *scene, size_t cut)
{
    struct decoding decoding;
    begin(&decoding, scene);
    decoding_feed(&decoding, span_take(scene->input, cut));
    decoding_feed(&decoding, span_drop(scene->input, cut));
    expect_all(&decoding, scene, "cut at", cut);
}

void scene_play(struct scene scene)
{
    in_steps(&scene, SIZE_MAX);
    in_steps(&scene, 1);
    in_steps(&scene, 2);
    in_steps(&scene, 3);
    for (size_t cut = 1; cut < scene.input.len; cut++)
        cut_at(&scene, cut);
}
