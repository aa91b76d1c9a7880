/* decoder: see decoder.h. One function a phase; each looks at the bytes at the head of the chain
 * and either fills an event or says what it waits for. */
#include "smtp/decoder.h"

#include "base/apart.h"
#include "base/check.h"
#include "base/limits.h"
#include "smtp/parse.h"

void decoder_init(struct decoder *decoder, enum direction going, size_t max_line)
{
    *decoder = (struct decoder){
        .going = going,
        .phase = going == TO_SERVER ? PHASE_COMMANDS : PHASE_GREETING,
        .max_line = max_line ? max_line : MAX_LINE_DEFAULT,
    };
}

const char *phase_name(enum phase phase)
{
    static const char *const names[] = {
#define PHASE(name, truth) #name,
#include "smtp/phases.def"
#undef PHASE
    };
    return names[phase];
}

static void enter_message(struct decoder *decoder)
{
    decoder->body_bytes = 0;
    decoder->headers = true;
    decoder->place = PLACE_AFTER_CRLF;
    decoder->dot_candidate = false;
}

void decoder_enter(struct decoder *decoder, enum phase phase)
{
    decoder->phase = phase;
    decoder->scanned = 0;
    if (phase == PHASE_DATA)
        enter_message(decoder);
}

void decoder_enter_chunk(struct decoder *decoder, uint64_t size, bool last)
{
    if (!decoder->in_message)
        enter_message(decoder);
    decoder->in_message = true;
    decoder->chunk_left = size;
    decoder->chunk_last = last;
    decoder_enter(decoder, size > 0 || last ? PHASE_CHUNK : PHASE_COMMANDS);
}

/* Fills what all events share. Part by part: to clear so large a struct at once, compilers reach
 * for an instruction that is slow to start. */
static void begin_event(struct decoder *decoder, enum smtp_event_kind kind, struct span raw,
                        struct smtp_event *event)
{
    event->kind = kind;
    event->going = decoder->going;
    event->raw = raw;
    event->number = 0;
    event->overlong = event->secret = false;
    event->command = (struct smtp_command){ 0 };
    event->reply = (struct smtp_reply){ 0 };
    event->body = (struct smtp_body){ 0 };
    event->silence = 0;
    decoder->scanned = 0;
}

/* The first `len` bytes of the chain are an event of their own number. */
static enum decoded found(struct decoder *decoder, struct chain *in, size_t len,
                          enum smtp_event_kind kind, struct smtp_event *event)
{
    begin_event(decoder, kind, chain_pull(in, len), event);
    event->number = ++decoder->number;
    return DECODED_EVENT;
}

/* Bytes that are no event of their own number: they come as they were read. */
static enum decoded found_bulk(struct decoder *decoder, struct chain *in, size_t len,
                               enum smtp_event_kind kind, struct smtp_event *event)
{
    begin_event(decoder, kind, span_take(chain_head(in), len), event);
    return DECODED_EVENT;
}

/* Where the line that begins at `from` ends (behind its LF), or 0 when its end has not come. The
 * search goes on where it stopped, so that a trickle costs no more than a gush. */
static size_t line_end(struct decoder *decoder, const struct chain *in, size_t from)
{
    size_t begin = decoder->scanned > from ? decoder->scanned : from;
    size_t at = chain_find(in, '\n', begin);
    decoder->scanned = at;
    return at < in->len ? at + 1 : 0;
}

/* How much of an overlong line makes one piece: max_line, but never between CR and LF, and the
 * same however the bytes arrived. */
static size_t piece_length(const struct decoder *decoder, const struct chain *in)
{
    size_t len = decoder->max_line;
    return chain_at(in, len - 1) == '\r' ? len - 1 : len;
}

/* -- commands ------------------------------------------------------------------------------- */

/* The beginning of an overlong command passes as OTHER; its verb is kept for its end. */
RARE static enum decoded overlong_command(struct decoder *decoder, struct chain *in,
                                          struct smtp_event *event)
{
    size_t len = piece_length(decoder, in);
    if (decoder->rest == REST_NONE)
        decoder->overlong_verb = smtp_command_parse(chain_pull(in, len)).verb;
    decoder->rest = REST_COMMAND;
    found(decoder, in, len, SMTP_OTHER, event);
    event->overlong = true;
    event->secret = decoder->overlong_verb == VERB_AUTH;
    return DECODED_EVENT;
}

RARE static void end_overlong_command(struct decoder *decoder, struct smtp_event *event)
{
    event->overlong = true;
    event->command = (struct smtp_command){ .verb = decoder->overlong_verb };
    decoder->rest = REST_NONE;
}

APART static enum decoded next_command(struct decoder *decoder, struct chain *in,
                                       struct smtp_event *event)
{
    size_t end = line_end(decoder, in, 0);
    if ((end ? end : in->len) > decoder->max_line)
        return overlong_command(decoder, in, event);
    if (!end)
        return DECODED_NEED_MORE;
    found(decoder, in, end, SMTP_COMMAND, event);
    if (decoder->rest == REST_COMMAND)
        end_overlong_command(decoder, event);
    else
        smtp_command_read(event->raw, &event->command);
    event->secret = event->command.verb == VERB_AUTH;
    return DECODED_EVENT;
}

/* The client's answer to a challenge (RFC 4954 section 4): one line, never shown. */
APART static enum decoded next_auth_line(struct decoder *decoder, struct chain *in,
                                         struct smtp_event *event)
{
    size_t end = line_end(decoder, in, 0);
    if ((end ? end : in->len) > decoder->max_line) {
        found(decoder, in, piece_length(decoder, in), SMTP_OTHER, event);
        event->overlong = event->secret = true;
        return DECODED_EVENT;
    }
    if (!end)
        return DECODED_NEED_MORE;
    found(decoder, in, end, SMTP_OTHER, event);
    event->secret = true;
    return DECODED_EVENT;
}

/* -- replies -------------------------------------------------------------------------------- */

/* Bytes that rules do not see as a reply pass as OTHER: lines that are none, and the beginning of a
 * reply longer than REPLY_MAX or of a line longer than max_line. */
static enum decoded not_a_reply(struct decoder *decoder, struct chain *in, size_t len,
                                bool overlong, struct smtp_event *event)
{
    found(decoder, in, len, SMTP_OTHER, event);
    event->overlong = overlong;
    return DECODED_EVENT;
}

/* The end of an overlong reply is no place to look for its code; of its first line five bytes are
 * enough. */
static void keep_code(struct decoder *decoder, struct span bytes)
{
    if (!decoder->mid_reply && decoder->rest == REST_NONE)
        decoder->reply_code = smtp_reply_parse(span_take(bytes, 5)).code;
}

/* The end of a reply of which lines, or a part of a line, have gone already. */
RARE static void end_overlong_reply(struct decoder *decoder, struct smtp_event *event)
{
    event->overlong = true;
    event->reply = (struct smtp_reply){ .code = decoder->reply_code,
                                        .lines = event->reply.lines,
                                        .after = VERB_NONE };
    decoder->mid_reply = false;
    decoder->rest = REST_NONE;
}

/* A reply as rules see it; the first is the greeting. */
static void found_reply(struct decoder *decoder, struct chain *in, size_t len,
                        struct smtp_event *event)
{
    bool greeting = decoder->phase == PHASE_GREETING;
    found(decoder, in, len, greeting ? SMTP_GREETING : SMTP_REPLY, event);
    decoder->phase = PHASE_REPLIES;
}

static enum decoded whole_reply(struct decoder *decoder, struct chain *in, size_t len,
                                struct smtp_event *event)
{
    found_reply(decoder, in, len, event);
    event->reply = smtp_reply_parse(event->raw);
    if (decoder->mid_reply || decoder->rest != REST_NONE)
        end_overlong_reply(decoder, event);
    return DECODED_EVENT;
}

/* What a line means for its reply; its first five bytes are enough to tell. */
static inline enum line_rest rest_of_line(const struct decoder *decoder, struct span line)
{
    if (!smtp_is_reply_line(line))
        return decoder->mid_reply ? REST_CONTINUES : REST_NO_REPLY;
    return smtp_is_reply_continued(line) ? REST_CONTINUES : REST_ENDS;
}

/* The same of a line that does not stand in the head of the chain as a whole. */
RARE static enum line_rest rest_of_scattered_line(const struct decoder *decoder,
                                                  const struct chain *in, size_t begin, size_t end)
{
    uint8_t prefix[5];
    size_t len = 0;
    for (; len < sizeof prefix && begin + len < end; len++)
        prefix[len] = chain_at(in, begin + len);
    return rest_of_line(decoder, span_make(prefix, len));
}

/* A line of a reply beyond max_line: its beginning goes, what its end will mean is kept. */
RARE static enum decoded overlong_reply_line(struct decoder *decoder, struct chain *in,
                                             struct smtp_event *event)
{
    struct span piece = chain_pull(in, piece_length(decoder, in));
    keep_code(decoder, piece);
    if (decoder->rest == REST_NONE)
        decoder->rest = rest_of_line(decoder, piece);
    return not_a_reply(decoder, in, piece.len, true, event);
}

RARE static enum decoded rest_of_overlong_reply_line(struct decoder *decoder, struct chain *in,
                                                     struct smtp_event *event)
{
    size_t end = line_end(decoder, in, 0);
    if ((end ? end : in->len) > decoder->max_line)
        return overlong_reply_line(decoder, in, event);
    if (!end)
        return DECODED_NEED_MORE;
    if (decoder->rest == REST_ENDS)
        return whole_reply(decoder, in, end, event);
    decoder->mid_reply = decoder->rest == REST_CONTINUES;
    decoder->rest = REST_NONE;
    return not_a_reply(decoder, in, end, true, event);
}

/* Takes the lines before `len` as gone, so that what follows is looked at line by line. */
RARE static enum decoded overlong_reply(struct decoder *decoder, struct chain *in, size_t len,
                                        struct smtp_event *event)
{
    keep_code(decoder, chain_pull(in, len));
    decoder->mid_reply = true;
    return not_a_reply(decoder, in, len, true, event);
}

/* `scanned` stands at the beginning of the first line whose end has not been seen. */
APART static enum decoded next_lines(struct decoder *decoder, struct chain *in,
                                     struct smtp_event *event)
{
    struct span head = chain_head(in);
    if (decoder->rest != REST_NONE)
        return rest_of_overlong_reply_line(decoder, in, event);
    for (;;) {
        size_t begin = decoder->scanned;
        size_t end = chain_find(in, '\n', begin) + 1;
        bool complete = end <= in->len;
        if (!complete)
            end = in->len;
        if (begin > 0 && (end - begin > decoder->max_line || end > REPLY_MAX))
            return overlong_reply(decoder, in, begin, event);
        if (end - begin > decoder->max_line)
            return overlong_reply_line(decoder, in, event);
        if (!complete)
            return DECODED_NEED_MORE;
        enum line_rest rest = end <= head.len
                                  ? rest_of_line(decoder, span_make(head.ptr + begin, end - begin))
                                  : rest_of_scattered_line(decoder, in, begin, end);
        if (rest == REST_NO_REPLY && begin == 0)
            return not_a_reply(decoder, in, end, false, event);
        if (rest == REST_ENDS)
            return whole_reply(decoder, in, end, event);
        decoder->scanned = end;
    }
}

/* Most replies are one line that stands in the head of the chain as a whole: how long it is. Of all
 * others, 0. */
static size_t plain_reply(const struct decoder *decoder, const struct chain *in)
{
    if (decoder->scanned > 0 || decoder->mid_reply || decoder->rest != REST_NONE)
        return 0;
    struct span head = chain_head(in);
    size_t end = span_find(head, '\n') + 1;
    bool is_plain = end <= head.len && end <= decoder->max_line &&
                    rest_of_line(decoder, span_take(head, end)) == REST_ENDS;
    return is_plain ? end : 0;
}

APART static enum decoded next_reply(struct decoder *decoder, struct chain *in,
                                     struct smtp_event *event)
{
    size_t plain = plain_reply(decoder, in);
    if (!plain)
        return next_lines(decoder, in, event);
    found_reply(decoder, in, plain, event);
    smtp_reply_line_read(event->raw, &event->reply);
    return DECODED_EVENT;
}

/* -- mail ----------------------------------------------------------------------------------- */

static bool at_line_start(enum line_place place)
{
    return place == PLACE_AFTER_LF || place == PLACE_AFTER_CRLF;
}

/* Where the byte behind `bytes` stands; `bytes` is not empty. */
static enum line_place place_behind(enum line_place before, struct span bytes)
{
    uint8_t last = bytes.ptr[bytes.len - 1];
    if (last == '\r')
        return PLACE_AFTER_CR;
    if (last != '\n')
        return PLACE_INSIDE;
    bool cr = bytes.len > 1 ? bytes.ptr[bytes.len - 2] == '\r' : before == PLACE_AFTER_CR;
    return cr ? PLACE_AFTER_CRLF : PLACE_AFTER_LF;
}

static void note_body(struct decoder *decoder, struct smtp_event *event)
{
    event->body.offset = decoder->body_bytes;
    event->body.chunked = decoder->phase == PHASE_CHUNK;
    decoder->body_bytes += event->raw.len;
    decoder->place = place_behind(decoder->place, event->raw);
}

/* One line of mail as an event: where it stands, and what it does to the header block. */
static enum decoded body_line(struct decoder *decoder, struct chain *in, size_t len,
                              struct smtp_event *event)
{
    found(decoder, in, len, SMTP_BODY, event);
    event->body.starts_line = at_line_start(decoder->place);
    note_body(decoder, event);
    event->body.ends_line = at_line_start(decoder->place);
    event->body.header = decoder->headers;
    if (event->body.starts_line && span_chomp(event->raw).len == 0)
        decoder->headers = false;
    return DECODED_EVENT;
}

/* A stretch of mail that nobody wants as lines; at most what is contiguous. */
static enum decoded body_stretch(struct decoder *decoder, struct chain *in, size_t len,
                                 struct smtp_event *event)
{
    found_bulk(decoder, in, len, SMTP_BODY, event);
    note_body(decoder, event);
    return DECODED_EVENT;
}

static enum decoded body_end(struct decoder *decoder, struct chain *in, size_t len,
                             struct smtp_event *event)
{
    found(decoder, in, len, SMTP_BODY_END, event);
    event->body.offset = decoder->body_bytes;
    event->body.chunked = decoder->phase == PHASE_CHUNK;
    decoder->in_message = false;
    decoder->phase = PHASE_COMMANDS;
    return DECODED_EVENT;
}

enum dot { NO_DOT, MAYBE_DOT, DOT_STRICT, DOT_LENIENT };

/* What a line that begins with a dot is. */
APART static enum dot dot_of_line(const struct decoder *decoder, const struct chain *in)
{
    bool cr = in->len > 1 && chain_at(in, 1) == '\r';
    if (in->len == 1 || (cr && in->len == 2))
        return MAYBE_DOT;
    if (chain_at(in, cr ? 2 : 1) != '\n')
        return NO_DOT;
    bool strict = cr && decoder->place == PLACE_AFTER_CRLF;
    return strict || decoder->bare_lf ? DOT_STRICT : DOT_LENIENT;
}

/* What the line at the head is: the lone dot (RFC 5321 section 4.1.1.4), its beginning, a dot that
 * only lenient servers take for the end, or text. */
static enum dot dot_at_head(const struct decoder *decoder, const struct chain *in)
{
    if (!at_line_start(decoder->place) || in->len == 0 || chain_at(in, 0) != '.')
        return NO_DOT;
    return dot_of_line(decoder, in);
}

/* Of a line that is a dot and its ending. */
static size_t dot_length(const struct chain *in)
{
    return chain_at(in, 1) == '\r' ? 3 : 2;
}

/* How much of the head is text for sure: up to the next line that begins with a dot. Line ends are
 * text and never held back. Dots are rarer than line ends, so they are what is looked for. */
static size_t bulk_length(struct span head)
{
    for (size_t at = 1; at < head.len; at++) {
        at += span_find(span_drop(head, at), '.');
        if (at < head.len && head.ptr[at - 1] == '\n')
            return at;
    }
    return head.len;
}

/* A piece of a line that is too long, or that a BDAT chunk cuts off. */
static enum decoded next_body_line(struct decoder *decoder, struct chain *in, size_t limit,
                                   struct smtp_event *event)
{
    size_t end = line_end(decoder, in, 0);
    size_t at_hand = end ? end : in->len;
    if (at_hand > decoder->max_line && limit > decoder->max_line)
        return body_line(decoder, in, piece_length(decoder, in), event);
    if (end && end <= limit)
        return body_line(decoder, in, end, event);
    if (in->len >= limit)
        return body_line(decoder, in, limit, event);
    return DECODED_NEED_MORE;
}

RARE static enum decoded lenient_dot(struct decoder *decoder, struct chain *in, size_t len,
                                     struct smtp_event *event)
{
    decoder->dot_candidate = true;
    if (decoder->body_as_lines)
        return body_line(decoder, in, len, event);
    chain_pull(in, len);
    return body_stretch(decoder, in, len, event);
}

APART static enum decoded next_data(struct decoder *decoder, struct chain *in,
                                    struct smtp_event *event)
{
    switch (dot_at_head(decoder, in)) {
    case MAYBE_DOT: return DECODED_NEED_MORE;
    case DOT_STRICT: return body_end(decoder, in, dot_length(in), event);
    case DOT_LENIENT: return lenient_dot(decoder, in, dot_length(in), event);
    case NO_DOT: break;
    }
    decoder->dot_candidate = false;
    if (decoder->body_as_lines)
        return next_body_line(decoder, in, SIZE_MAX, event);
    return body_stretch(decoder, in, bulk_length(chain_head(in)), event);
}

APART static enum decoded next_chunk(struct decoder *decoder, struct chain *in,
                                     struct smtp_event *event)
{
    if (decoder->chunk_left == 0)
        return body_end(decoder, in, 0, event);
    if (in->len == 0)
        return DECODED_NEED_MORE;
    enum decoded decoded = decoder->body_as_lines
                               ? next_body_line(decoder, in, decoder->chunk_left, event)
                               : body_stretch(decoder, in, decoder->chunk_left, event);
    if (decoded != DECODED_EVENT)
        return decoded;
    decoder->chunk_left -= event->raw.len;
    event->body.ends_chunk = decoder->chunk_left == 0;
    if (event->body.ends_chunk && !decoder->chunk_last)
        decoder->phase = PHASE_COMMANDS;
    return decoded;
}

bool decoder_end_at_candidate(struct decoder *decoder)
{
    if (decoder->phase != PHASE_DATA || !decoder->dot_candidate)
        return false;
    decoder_enter(decoder, PHASE_COMMANDS);
    return true;
}

/* -- the whole ------------------------------------------------------------------------------ */

enum decoded decoder_next(struct decoder *decoder, struct chain *in, struct smtp_event *event)
{
    if (in->len == 0 && decoder->phase != PHASE_CHUNK)
        return DECODED_NEED_MORE;
    switch (decoder->phase) {
    case PHASE_GREETING:
    case PHASE_REPLIES: return next_reply(decoder, in, event);
    case PHASE_COMMANDS: return next_command(decoder, in, event);
    case PHASE_FORK: return DECODED_NEED_PEER;
    case PHASE_AUTH: return next_auth_line(decoder, in, event);
    case PHASE_DATA: return next_data(decoder, in, event);
    case PHASE_CHUNK: return next_chunk(decoder, in, event);
    case PHASE_OPAQUE: return found_bulk(decoder, in, in->len, SMTP_OTHER, event);
    }
    check(false);
}

unsigned decoder_pending_kinds(const struct decoder *decoder, const struct chain *in)
{
    switch (decoder->phase) {
    case PHASE_GREETING: return SMTP_GREETING | SMTP_OTHER;
    case PHASE_REPLIES: return SMTP_REPLY | SMTP_OTHER;
    case PHASE_COMMANDS: return SMTP_COMMAND | SMTP_OTHER;
    case PHASE_FORK: return SMTP_COMMAND | SMTP_BODY | SMTP_BODY_END | SMTP_OTHER;
    case PHASE_DATA:
        return dot_at_head(decoder, in) == MAYBE_DOT ? SMTP_BODY | SMTP_BODY_END : SMTP_BODY;
    case PHASE_CHUNK: return SMTP_BODY;
    case PHASE_AUTH:
    case PHASE_OPAQUE: return SMTP_OTHER;
    }
    check(false);
}
