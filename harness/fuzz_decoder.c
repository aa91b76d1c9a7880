/* fuzz_decoder: raw bytes of one direction, read as commands, mail and replies. The raw bytes of
 * the events, joined, are the input; however the bytes are cut the events are the same; an event is
 * one of those that its beginning was said to become; what waits for its end is bounded.
 * Its inputs are mutated by harness/mutator. */
#include "base/chain.h"
#include "base/check.h"
#include "base/limits.h"
#include "base/prng.h"
#include "base/text.h"
#include "harness/entry.h"
#include "smtp/decoder.h"
#include "smtp/parse.h"

/* How an input is read. The other side grants everything. */
struct recipe {
    enum direction going;
    bool as_lines;
    size_t max_line;
};

struct reading {
    struct chain in;
    struct decoder decoder;
    struct text raw;              /* of all events, joined */
    struct text events;           /* what they were, in numbers */
    enum smtp_event_kind stretch; /* the kind of the stretches that came last ... */
    uint64_t stretched;           /* ... and their bytes */
    unsigned pending;             /* what the bytes at hand may become; 0 when nothing is known */
};

/* What is costly to take and give back is kept; what it held is not looked at again. */
static struct pool pool;
static struct reading read_whole;
static struct reading read_cut;

/* -- what is written down ------------------------------------------------------------------- */

static void add_number(struct reading *reading, uint64_t number)
{
    text_add(&reading->events, span_make(&number, sizeof number));
}

static void end_stretch(struct reading *reading)
{
    add_number(reading, reading->stretch);
    add_number(reading, reading->stretched);
    reading->stretch = 0;
    reading->stretched = 0;
}

static void add_flags(struct reading *reading, const struct smtp_event *event)
{
    const struct smtp_body *body = &event->body;
    add_number(reading, (uint64_t)event->overlong | (uint64_t)event->secret << 1 |
                            (uint64_t)body->header << 2 | (uint64_t)body->starts_line << 3 |
                            (uint64_t)body->ends_line << 4 | (uint64_t)body->chunked << 5 |
                            (uint64_t)body->ends_chunk << 6);
}

/* Stretches come as they are read: only their sum is told. */
static void write_down(struct reading *reading, const struct smtp_event *event)
{
    text_add(&reading->raw, event->raw);
    if (reading->stretch && (event->number || reading->stretch != event->kind))
        end_stretch(reading);
    if (event->number == 0) {
        reading->stretch = event->kind;
        reading->stretched += event->raw.len;
        return;
    }
    add_number(reading, event->kind);
    add_number(reading, event->number);
    add_number(reading, event->raw.len);
    add_number(reading, event->command.verb);
    add_number(reading, event->reply.code);
    add_number(reading, event->reply.lines);
    add_number(reading, event->body.offset);
    add_flags(reading, event);
}

/* -- what must hold of an event ------------------------------------------------------------- */

static void check_within(struct span part, struct span whole)
{
    check(part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static void check_event(const struct reading *reading, const struct smtp_event *event)
{
    check(event->raw.len > 0 || event->kind == SMTP_BODY_END);
    check(event->raw.len <= reading->in.len);
    check(event->going == reading->decoder.going);
    check_within(event->command.word, event->raw);
    check_within(event->command.argument, event->raw);
    check_within(event->command.address, event->raw);
    check_within(event->command.parameters, event->raw);
    check_within(event->reply.text, event->raw);
    check(event->reply.code < 1000);
    check(!reading->pending || reading->pending & event->kind);
}

/* -- the other side, which grants everything ------------------------------------------------ */

static void grant_command(struct decoder *decoder, const struct smtp_event *event)
{
    uint64_t size;
    bool last;
    if (event->command.verb == VERB_DATA) {
        decoder->bare_lf = span_line_end(event->raw).len == 1;
        decoder_enter(decoder, PHASE_DATA);
    } else if (event->command.verb == VERB_BDAT &&
               smtp_bdat_parse(event->command.argument, &size, &last)) {
        decoder_enter_chunk(decoder, size, last);
    } else if (event->command.verb == VERB_AUTH) {
        decoder_enter(decoder, PHASE_AUTH);
    } else if (event->command.verb == VERB_STARTTLS) {
        decoder_enter(decoder, PHASE_OPAQUE);
    }
}

static void grant(struct decoder *decoder, const struct smtp_event *event)
{
    if (event->kind == SMTP_COMMAND)
        grant_command(decoder, event);
    else if (event->kind == SMTP_OTHER && decoder->phase == PHASE_AUTH && !event->overlong)
        decoder_enter(decoder, PHASE_COMMANDS);
}

/* -- reading -------------------------------------------------------------------------------- */

static void feed(struct reading *reading, struct span bytes)
{
    struct smtp_event event;
    chain_append(&reading->in, bytes);
    while (decoder_next(&reading->decoder, &reading->in, &event) == DECODED_EVENT) {
        check_event(reading, &event);
        reading->pending = 0;
        write_down(reading, &event);
        grant(&reading->decoder, &event);
        chain_drop(&reading->in, event.raw.len);
    }
    check(reading->in.len <= reading->decoder.max_line || reading->in.len <= REPLY_MAX);
    reading->pending = reading->in.len ? decoder_pending_kinds(&reading->decoder, &reading->in) : 0;
}

/* `cuts` NULL: all at once. */
static void read_all(struct reading *reading, const struct recipe *recipe, struct span input,
                     struct prng *cuts)
{
    text_clear(&reading->raw);
    text_clear(&reading->events);
    *reading = (struct reading){ .raw = reading->raw, .events = reading->events };
    chain_init(&reading->in, &pool);
    decoder_init(&reading->decoder, recipe->going, recipe->max_line);
    reading->decoder.body_as_lines = recipe->as_lines;
    do {
        size_t len = cuts ? (size_t)prng_between(cuts, 1, input.len > 1000 ? 200 : 3) : input.len;
        feed(reading, span_take(input, len));
        input = span_drop(input, len);
    } while (input.len > 0);
    end_stretch(reading);
}

static void check_lossless(struct reading *reading, struct span input)
{
    text_add(&reading->raw, chain_pull(&reading->in, reading->in.len));
    check(span_equal(text_span(&reading->raw), input));
    chain_deinit(&reading->in);
    check(pool.in_use == 0);
}

static void try_recipe(const struct recipe *recipe, struct span input)
{
    struct prng cuts = prng_at(span_hash(input, SPAN_HASH_BEGIN), 0, 0, 0, 0);
    read_all(&read_whole, recipe, input, NULL);
    size_t left = read_whole.in.len;
    check_lossless(&read_whole, input);
    read_all(&read_cut, recipe, input, &cuts);
    check(read_cut.in.len == left);
    check_lossless(&read_cut, input);
    check(read_whole.decoder.phase == read_cut.decoder.phase);
    check(span_equal(text_span(&read_whole.events), text_span(&read_cut.events)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct recipe recipes[] = {
        { TO_SERVER, true, MAX_LINE_MIN },  { TO_SERVER, false, 0 }, { TO_CLIENT, false, 0 },
        { TO_CLIENT, false, MAX_LINE_MIN }, { TO_SERVER, true, 0 },
    };
    for (size_t i = 0; i < sizeof recipes / sizeof recipes[0]; i++)
        try_recipe(&recipes[i], span_make(data, size));
    return 0;
}
