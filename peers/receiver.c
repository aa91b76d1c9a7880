/* receiver: the doors of receiver.h: bytes to lines, replies, time. What lines mean is in
 * receiver_commands.c, mail in receiver_mail.c. */
#include "peers/receiver.h"

#include "base/limits.h"
#include "peers/receiver_parts.h"

static void touch(struct receiver *receiver, instant now)
{
    duration timeout = receiver->options->timeout;
    receiver->deadline = instant_after(now, timeout ? timeout : SECONDS(RECEIVER_TIMEOUT_S));
}

void receiver_say(struct receiver *receiver, struct span reply)
{
    chain_append(&receiver->out, reply);
}

void receiver_init(struct receiver *receiver, const struct receiver_options *options,
                   struct receiver_store *store, struct pool *pool, instant now)
{
    *receiver = (struct receiver){ .options = options, .store = store };
    receiver->line.max = RECEIVER_LINE_MAX;
    chain_init(&receiver->out, pool);
    receiver_say(receiver, SPAN("220 "));
    receiver_say(receiver, options->host);
    receiver_say(receiver,
                 options->lmtp ? SPAN(" LMTP smtpchaos\r\n") : SPAN(" ESMTP smtpchaos\r\n"));
    touch(receiver, now);
}

void receiver_deinit(struct receiver *receiver)
{
    receiver_reset(receiver);
    chain_deinit(&receiver->out);
    text_deinit(&receiver->line);
    envelope_deinit(&receiver->envelope);
}

void receiver_reset(struct receiver *receiver)
{
    if (receiver->in_message && receiver->store)
        receiver->store->abandon(receiver->store);
    receiver->in_message = false;
    receiver->message_failed = false;
    envelope_reset(&receiver->envelope);
}

/* RFC 5321 4.5.3.1.4 lets a command line have 512 bytes; we are patient up to our own bound. */
static void whole_line(struct receiver *receiver, struct span line)
{
    if (receiver->line.cut || line.len > RECEIVER_LINE_MAX)
        receiver_say(receiver, SPAN("500 5.5.2 Line too long\r\n"));
    else
        receiver_command(receiver, span_chomp(line));
}

static void take_line(struct receiver *receiver, struct span *bytes)
{
    size_t length = span_find(*bytes, '\n');
    bool ended = length < bytes->len;
    struct span line = span_take(*bytes, length + 1);
    *bytes = span_drop(*bytes, line.len);
    if (ended && receiver->line.len == 0) {
        whole_line(receiver, line);
        return;
    }
    text_add(&receiver->line, line);
    if (ended) {
        whole_line(receiver, text_span(&receiver->line));
        text_clear(&receiver->line);
    }
}

void receiver_feed(struct receiver *receiver, struct span bytes, instant now)
{
    touch(receiver, now);
    while (bytes.len > 0) {
        switch (receiver->phase) {
        case RECEIVER_COMMANDS: take_line(receiver, &bytes); break;
        case RECEIVER_DATA: receiver_take_data(receiver, &bytes); break;
        case RECEIVER_CHUNK: receiver_take_chunk(receiver, &bytes); break;
        case RECEIVER_TLS:
        case RECEIVER_OVER: return;
        }
    }
}

bool receiver_wants_bytes(const struct receiver *receiver)
{
    return receiver->out.len < RECEIVER_HIGH_WATER;
}

bool receiver_wants_tls(const struct receiver *receiver)
{
    return receiver->phase == RECEIVER_TLS;
}

void receiver_secured(struct receiver *receiver, instant now)
{
    touch(receiver, now);
    receiver->is_secure = true;
    if (receiver->phase == RECEIVER_TLS)
        receiver->phase = RECEIVER_COMMANDS;
}

struct chain *receiver_out(struct receiver *receiver)
{
    return &receiver->out;
}

instant receiver_deadline(const struct receiver *receiver)
{
    return receiver->phase == RECEIVER_OVER ? NEVER : receiver->deadline;
}

static void end(struct receiver *receiver, struct span reply)
{
    if (receiver->phase == RECEIVER_OVER)
        return;
    receiver_reset(receiver);
    receiver_say(receiver, reply);
    receiver->phase = RECEIVER_OVER;
}

void receiver_tick(struct receiver *receiver, instant now)
{
    if (now >= receiver_deadline(receiver))
        end(receiver, SPAN("421 4.4.2 Nothing was heard for too long, closing\r\n"));
}

void receiver_shut_down(struct receiver *receiver)
{
    end(receiver, SPAN("421 4.3.2 Shutting down\r\n"));
}

bool receiver_is_over(const struct receiver *receiver)
{
    return receiver->phase == RECEIVER_OVER;
}
