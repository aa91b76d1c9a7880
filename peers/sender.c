/* sender: the doors of sender.h: bytes to reply lines, commands to bytes, time. */
#include "peers/sender.h"

#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"
#include "peers/sender_parts.h"
#include "smtp/parse.h"

static const struct {
    const char *word;
    duration patience;
} phases[] = {
#define SENDER_PHASE(name, word, patience) { word, patience },
#include "peers/sender_phases.def"
#undef SENDER_PHASE
};

const char *sender_phase_name(enum sender_phase phase)
{
    return phases[phase].word;
}

/* A shorter --timeout also hurries QUIT, a longer one does not make it wait. */
static duration patience(const struct sender *sender)
{
    duration usual = phases[sender->phase].patience;
    duration wanted = sender->options->timeout;
    if (wanted == 0 || usual == NEVER || (sender->phase == SENDER_QUIT && wanted > usual))
        return usual;
    return wanted;
}

static void touch(struct sender *sender, instant now)
{
    sender->deadline = instant_after(now, patience(sender));
}

void sender_init(struct sender *sender, const struct sender_options *options, struct pool *pool,
                 instant now)
{
    *sender = (struct sender){ .options = options, .phase = SENDER_GREETING };
    sender->line.max = REPLY_MAX;
    sender->reply.max = sender->reason.max = SENDER_REASON_MAX;
    chain_init(&sender->out, pool);
    chain_init(&sender->piece, pool);
    touch(sender, now);
}

void sender_deinit(struct sender *sender)
{
    chain_deinit(&sender->out);
    chain_deinit(&sender->piece);
    text_deinit(&sender->line);
    text_deinit(&sender->reply);
    text_deinit(&sender->reason);
    free(sender->codes);
}

static void show(struct sender *sender, enum side said_by, struct span line)
{
    struct sender_listener *listener = sender->options->listener;
    if (listener)
        listener->line(listener, said_by, line);
}

void sender_say(struct sender *sender, struct span line)
{
    show(sender, CLIENT, line);
    chain_append(&sender->out, line);
    chain_append(&sender->out, SPAN("\r\n"));
}

static void clear_codes(struct sender *sender, size_t count)
{
    if (count > sender->code_capacity) {
        free(sender->codes);
        sender->codes = calloc(count, sizeof *sender->codes);
        check(sender->codes != NULL);
        sender->code_capacity = count;
    }
    for (size_t i = 0; i < count; i++)
        sender->codes[i] = 0;
}

void sender_send(struct sender *sender, const struct sender_message *message, instant now)
{
    check(!sender->message && sender->end == SENDER_NOTHING && message->recipient_count > 0);
    check(sender->phase != SENDER_OVER && sender->phase != SENDER_QUIT);
    sender->message = message;
    sender->mail_code = 0;
    sender->heard = sender->accepted = 0;
    sender->end_code = 0;
    sender->is_hollow = sender->out_of_mail = false;
    text_clear(&sender->reason);
    clear_codes(sender, message->recipient_count);
    if (sender->phase == SENDER_READY) {
        sender_begin_envelope(sender);
        touch(sender, now);
    }
}

bool sender_is_ready(const struct sender *sender)
{
    return sender->phase == SENDER_READY && !sender->message && sender->end == SENDER_NOTHING;
}

void sender_quit(struct sender *sender, instant now)
{
    check(!sender->message);
    if (sender->phase == SENDER_OVER || sender->phase == SENDER_QUIT)
        return;
    sender_say(sender, SPAN("QUIT"));
    sender->phase = SENDER_QUIT;
    touch(sender, now);
}

/* One whole line with its ending; the last one of a reply makes something happen. */
static void whole_line(struct sender *sender, struct span line)
{
    line = span_chomp(line);
    show(sender, SERVER, line);
    sender->reply_bytes += line.len;
    if (!smtp_is_reply_line(line) || sender->reply_bytes > REPLY_MAX) {
        sender_lose(sender, SENDER_LOST, "the server said what is no reply");
        return;
    }
    struct smtp_reply reply = smtp_reply_parse(line);
    if (sender->reply.len == 0)
        text_add(&sender->reply, reply.text);
    if (is_positive(reply.code))
        sender_reply_line(sender, reply.text);
    if (smtp_is_reply_continued(line))
        return;
    sender_reply(sender, reply.code);
    text_clear(&sender->reply);
    sender->reply_bytes = 0;
}

static void take_line(struct sender *sender, struct span *bytes, instant now)
{
    size_t length = span_find(*bytes, '\n');
    bool ended = length < bytes->len;
    struct span line = span_take(*bytes, length + 1);
    *bytes = span_drop(*bytes, line.len);
    text_add(&sender->line, line);
    if (sender->line.cut) {
        sender_lose(sender, SENDER_LOST, "the server's line has no end");
        return;
    }
    if (!ended)
        return;
    whole_line(sender, text_span(&sender->line));
    text_clear(&sender->line);
    touch(sender, now);
}

void sender_feed(struct sender *sender, struct span bytes, instant now)
{
    while (bytes.len > 0 && sender->phase != SENDER_OVER && sender->phase != SENDER_TLS)
        take_line(sender, &bytes, now);
}

struct chain *sender_out(struct sender *sender, instant now)
{
    enum sender_phase before = sender->phase;
    sender_fill(sender);
    if (sender->phase != before)
        touch(sender, now);
    return &sender->out;
}

void sender_consume(struct sender *sender, size_t sent, instant now)
{
    chain_drop(&sender->out, sent);
    touch(sender, now);
}

bool sender_wants_tls(const struct sender *sender)
{
    return sender->phase == SENDER_TLS;
}

void sender_secured(struct sender *sender, instant now)
{
    sender->is_secure = true;
    if (sender->phase == SENDER_TLS)
        sender_hello_again(sender);
    touch(sender, now);
}

void sender_closed(struct sender *sender, const char *why)
{
    sender_lose(sender, SENDER_LOST, why);
}

instant sender_deadline(const struct sender *sender)
{
    return sender->deadline;
}

void sender_tick(struct sender *sender, instant now)
{
    if (now >= sender->deadline)
        sender_lose(sender, SENDER_TIMED_OUT, "the server kept silent");
}

bool sender_is_over(const struct sender *sender)
{
    return sender->phase == SENDER_OVER;
}
