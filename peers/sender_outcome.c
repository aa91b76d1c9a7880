/* sender_outcome: how a message ends, and what was said last about each of its recipients. */
#include "base/check.h"
#include "peers/sender_parts.h"

void sender_note_refusal(struct sender *sender, unsigned code)
{
    if (sender->end_code != 0)
        return;
    sender->end_code = code;
    sender->end_phase = sender->phase;
    text_clear(&sender->reason);
    text_add(&sender->reason, text_span(&sender->reply));
}

/* Recipients that nobody has refused, and whose mail nobody has confirmed, get this code. */
static void settle_open_recipients(struct sender *sender, unsigned code)
{
    size_t confirmed = sender->phase == SENDER_END ? sender->heard : 0;
    for (size_t i = confirmed; i < sender->message->recipient_count; i++)
        if (sender->codes[i] == 0 || is_positive(sender->codes[i]))
            sender->codes[i] = code;
}

static size_t count_delivered(const struct sender *sender)
{
    size_t delivered = 0;
    for (size_t i = 0; i < sender->message->recipient_count; i++)
        delivered += is_positive(sender->codes[i]) ? 1 : 0;
    return delivered;
}

/* A transaction that went through to its end leaves no envelope with the server. */
static void leave_message(struct sender *sender, enum sender_end end)
{
    sender->needs_reset = sender->phase != SENDER_END;
    sender->message = NULL;
    sender->end = end;
    sender->phase = SENDER_READY;
}

void sender_conclude(struct sender *sender)
{
    size_t delivered = count_delivered(sender);
    if (delivered < sender->message->recipient_count) {
        leave_message(sender, delivered > 0 ? SENDER_PARTLY : SENDER_REFUSED);
        return;
    }
    sender->end_phase = SENDER_END;
    leave_message(sender, SENDER_DELIVERED);
}

void sender_refuse(struct sender *sender, unsigned code)
{
    if (!sender->message)
        return;
    sender->end_code = 0;
    sender_note_refusal(sender, code);
    settle_open_recipients(sender, code);
    sender_conclude(sender);
}

static void stop(struct sender *sender)
{
    sender->phase = SENDER_OVER;
    sender->deadline = NEVER;
}

void sender_refuse_for_good(struct sender *sender, unsigned code)
{
    sender_refuse(sender, code);
    stop(sender);
}

void sender_lose(struct sender *sender, enum sender_end end, const char *why)
{
    if (sender->phase == SENDER_OVER)
        return;
    if (sender->message) {
        settle_open_recipients(sender, 0);
        sender->end_phase = sender->phase;
        sender->end_code = 0;
        text_clear(&sender->reason);
        text_add(&sender->reason, span_of(why));
        leave_message(sender, end);
    }
    stop(sender);
}

bool sender_take_outcome(struct sender *sender, struct sender_outcome *outcome)
{
    if (sender->end == SENDER_NOTHING)
        return false;
    *outcome = (struct sender_outcome){ .end = sender->end,
                                        .phase = sender->end_phase,
                                        .code = sender->end_code,
                                        .text = text_span(&sender->reason) };
    sender->end = SENDER_NOTHING;
    return true;
}

unsigned sender_recipient_code(const struct sender *sender, size_t n)
{
    check(n < sender->code_capacity);
    return sender->codes[n];
}
