/* sender_mail: the message itself, behind DATA or in BDAT chunks, as far as there is room, and the
 * replies that belong to it. */
#include "base/limits.h"
#include "peers/sender_parts.h"

void sender_begin_body(struct sender *sender)
{
    sender->phase = SENDER_BODY;
    sender->chunks = 0;
    stuff_begin(&sender->stuff, !sender->chunking);
}

/* Adds one piece of mail; answers false when there is none left or it cannot be read. */
static bool add_piece(struct sender *sender, struct chain *to)
{
    struct span piece = SPAN("");
    if (!sender->message->source->next(sender->message->source, &piece)) {
        sender_lose(sender, SENDER_LOST, "the message could not be read");
        return false;
    }
    if (piece.len > 0) {
        stuff_add(&sender->stuff, piece, to);
        return true;
    }
    stuff_end(&sender->stuff, to);
    sender->out_of_mail = true;
    return false;
}

static void fill_data(struct sender *sender)
{
    while (sender->out.len < SENDER_HIGH_WATER && add_piece(sender, &sender->out))
        ;
    if (!sender->out_of_mail)
        return;
    sender_say(sender, SPAN("."));
    sender->phase = SENDER_END;
    sender->heard = 0;
}

static void say_chunk(struct sender *sender)
{
    struct text command = { 0 };
    text_addf(&command, "BDAT %zu%s", sender->piece.len, sender->out_of_mail ? " LAST" : "");
    sender_say(sender, text_span(&command));
    text_deinit(&command);
    chain_move(&sender->out, &sender->piece, sender->piece.len);
    sender->chunks++;
}

static void fill_chunk(struct sender *sender)
{
    while (sender->piece.len < SENDER_HIGH_WATER && add_piece(sender, &sender->piece))
        ;
    if (sender->phase == SENDER_OVER)
        return;
    say_chunk(sender);
    if (sender->out_of_mail) {
        sender->phase = SENDER_END;
        sender->heard = 0;
    }
}

void sender_fill(struct sender *sender)
{
    if (sender->phase != SENDER_BODY || sender->out.len >= SENDER_HIGH_WATER)
        return;
    if (!sender->chunking)
        fill_data(sender);
    else if (sender->chunks == 0 || sender->pipelining)
        fill_chunk(sender);
}

/* RFC 5321 3.8 leaves only one way to stop in the middle of mail: to end the connection. So too
 * when a chunk was refused, since others are on their way. */
void sender_body_reply(struct sender *sender, unsigned code)
{
    if (!is_positive(code))
        sender_refuse_for_good(sender, code);
    else if (sender->chunks > 0)
        sender->chunks--;
    else
        sender_lose(sender, SENDER_LOST, "the server accepted before the end of the message");
}

/* LMTP: the next recipient that RCPT accepted (RFC 2033 section 4.2); SMTP: all of them. */
static void note_verdict(struct sender *sender, unsigned code)
{
    size_t count = sender->message->recipient_count;
    size_t wanted = sender->options->lmtp ? 1 : count;
    while (sender->heard < count && wanted > 0) {
        unsigned *last_word = &sender->codes[sender->heard++];
        if (is_positive(*last_word)) {
            *last_word = code;
            sender->accepted--;
            wanted--;
        }
    }
}

void sender_end_reply(struct sender *sender, unsigned code)
{
    if (sender->chunks > 1) {
        sender_body_reply(sender, code);
        return;
    }
    if (!sender->is_hollow && !sender->options->lmtp && !is_positive(code)) {
        sender_refuse(sender, code);
        return;
    }
    if (!sender->is_hollow && !is_positive(code))
        sender_note_refusal(sender, code);
    note_verdict(sender, code);
    if (sender->accepted == 0)
        sender_conclude(sender);
}
