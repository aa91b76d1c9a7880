/* stream: see stream.h. */
#include "harness/mutator/stream.h"

#include "base/chain.h"
#include "smtp/decoder.h"
#include "smtp/parse.h"

/* What is costly to take and give back. Fuzzers mutate in one thread. */
static struct pool pool;

enum speaker stream_guess_speaker(struct span bytes)
{
    struct span line = span_take(bytes, span_find(bytes, '\n'));
    return smtp_is_reply_line(span_chomp(line)) ? SPEAKER_SERVER : SPEAKER_CLIENT;
}

static void grant(struct decoder *decoder, const struct smtp_event *event)
{
    uint64_t size;
    bool last;
    if (event->kind == SMTP_OTHER && decoder->phase == PHASE_AUTH)
        decoder_enter(decoder, PHASE_COMMANDS);
    if (event->kind != SMTP_COMMAND)
        return;
    if (event->command.verb == VERB_DATA)
        decoder_enter(decoder, PHASE_DATA);
    else if (event->command.verb == VERB_BDAT &&
             smtp_bdat_parse(event->command.argument, &size, &last))
        decoder_enter_chunk(decoder, size, last);
    else if (decoder->phase == PHASE_FORK)
        decoder_enter(decoder, PHASE_COMMANDS);
}

/* The stage behind a unit. */
static enum stage stage_after(enum stage stage, const struct unit *unit)
{
    if (unit->kind == SMTP_BODY_END)
        return STAGE_GREETED;
    if (unit->kind != SMTP_COMMAND)
        return stage;
    if (verb_is_hello(unit->verb))
        return STAGE_GREETED;
    if (unit->verb == VERB_MAIL)
        return STAGE_MAIL;
    if (unit->verb == VERB_RCPT)
        return STAGE_RCPT;
    if (unit->verb == VERB_DATA || unit->verb == VERB_BDAT)
        return STAGE_BODY;
    return unit->verb == VERB_RSET && stage != STAGE_BEGIN ? STAGE_GREETED : stage;
}

static enum stage stream_stage(const struct stream *stream)
{
    if (stream->count == 0)
        return STAGE_BEGIN;
    const struct unit *last = &stream->units[stream->count - 1];
    return stage_after(last->stage, last);
}

static void add_unit(struct stream *stream, size_t at, const struct smtp_event *event)
{
    enum stage stage = stream_stage(stream);
    struct unit *unit = &stream->units[stream->count++];
    *unit = (struct unit){
        .raw = span_take(span_drop(stream->bytes, at), event->raw.len),
        .kind = event->kind == SMTP_GREETING ? SMTP_REPLY : event->kind,
        .verb = event->kind == SMTP_COMMAND ? event->command.verb : VERB_NONE,
        .header = event->body.header,
        .chunked = event->body.chunked,
        .stage = stage,
    };
}

/* Takes units off the chain; the number of bytes that they have. */
static size_t read_units(struct stream *stream, struct decoder *decoder, struct chain *in)
{
    struct smtp_event event;
    size_t at = 0;
    while (stream->count < UNITS_MAX - 1) {
        enum decoded decoded = decoder_next(decoder, in, &event);
        if (decoded == DECODED_NEED_MORE)
            break;
        if (decoded == DECODED_NEED_PEER) {
            decoder_enter(decoder, PHASE_COMMANDS);
            continue;
        }
        add_unit(stream, at, &event);
        grant(decoder, &event);
        at += event.raw.len;
        chain_drop(in, event.raw.len);
    }
    return at;
}

void stream_read(struct stream *stream, struct span bytes, enum speaker speaker)
{
    struct chain in;
    struct decoder decoder;
    stream->speaker = speaker;
    stream->bytes = bytes;
    stream->count = 0;
    chain_init(&in, &pool);
    chain_append(&in, bytes);
    decoder_init(&decoder, speaker == SPEAKER_CLIENT ? TO_SERVER : TO_CLIENT, 0);
    decoder.body_as_lines = true;
    size_t at = read_units(stream, &decoder, &in);
    if (at < bytes.len) {
        struct smtp_event rest = { .kind = SMTP_OTHER, .raw = span_drop(bytes, at) };
        add_unit(stream, at, &rest);
    }
    chain_deinit(&in);
}

struct span stream_units(const struct stream *stream, size_t first, size_t count)
{
    if (first >= stream->count)
        return span_drop(stream->bytes, stream->bytes.len);
    count = count < stream->count - first ? count : stream->count - first;
    const uint8_t *begin = stream->units[first].raw.ptr;
    size_t len = 0;
    for (size_t i = first; i < first + count; i++)
        len += stream->units[i].raw.len;
    return span_make(begin, len);
}
