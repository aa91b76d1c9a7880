/* receiver_mail: mail as it comes by DATA and by BDAT, into the store, and the replies at its
 * end. */
#include "peers/receiver_parts.h"

static void begin_message(struct receiver *receiver)
{
    receiver->in_message = true;
    receiver->store_failed = false;
    receiver->message_bytes = 0;
    if (receiver->store)
        receiver->store->begin(receiver->store, &receiver->envelope);
}

static bool is_too_large(const struct receiver *receiver)
{
    uint64_t max = receiver->options->size_max;
    return max > 0 && receiver->message_bytes > max;
}

static void add(struct receiver *receiver, struct span piece)
{
    struct receiver_store *store = receiver->store;
    receiver->message_bytes += piece.len;
    if (!store || piece.len == 0 || receiver->store_failed || is_too_large(receiver))
        return;
    receiver->store_failed = !store->add(store, piece);
}

/* Hands the message to its keeper, or takes it back; answers whether it is kept. */
static bool keep(struct receiver *receiver)
{
    struct receiver_store *store = receiver->store;
    if (is_too_large(receiver) || receiver->store_failed)
        return false; /* receiver_reset abandons it */
    receiver->in_message = false;
    return !store || store->finish(store);
}

static struct span verdict(struct receiver *receiver)
{
    if (keep(receiver)) {
        receiver->counters.messages++;
        receiver->counters.recipients += receiver->envelope.recipient_count;
        receiver->counters.bytes += receiver->message_bytes;
        return SPAN("250 2.0.0 Ok: message taken\r\n");
    }
    receiver->counters.refused++;
    return is_too_large(receiver) ? SPAN("552 5.3.4 Message too big\r\n")
                                  : SPAN("452 4.3.1 The message could not be stored\r\n");
}

/* RFC 2033 section 4.2: LMTP answers the end of mail once for each recipient that was accepted. */
static void end_message(struct receiver *receiver)
{
    size_t replies = receiver->options->lmtp ? receiver->envelope.recipient_count : 1;
    struct span reply = verdict(receiver);
    for (size_t i = 0; i < replies; i++)
        receiver_say(receiver, reply);
    receiver_reset(receiver);
}

void receiver_begin_data(struct receiver *receiver)
{
    receiver->phase = RECEIVER_DATA;
    receiver->unstuff = (struct unstuff){ 0 };
    begin_message(receiver);
    receiver_say(receiver, SPAN("354 End data with <CR><LF>.<CR><LF>\r\n"));
}

void receiver_take_data(struct receiver *receiver, struct span *bytes)
{
    for (;;) {
        struct span piece;
        enum unstuffed found = unstuff_next(&receiver->unstuff, bytes, &piece);
        add(receiver, piece);
        if (found == UNSTUFFED_MORE)
            return;
        if (found == UNSTUFFED_END) {
            receiver->phase = RECEIVER_COMMANDS;
            end_message(receiver);
            return;
        }
    }
}

/* RFC 3030 section 2: after a refused chunk the client has to say RSET. */
static void refuse_chunk(struct receiver *receiver)
{
    bool has_recipients = receiver->envelope.recipient_count > 0;
    receiver->message_failed = true;
    receiver_say(receiver, has_recipients ? SPAN("503 5.5.1 The message has failed, say RSET\r\n")
                                          : SPAN("503 5.5.1 Need RCPT before BDAT\r\n"));
}

static void say_chunk_taken(struct receiver *receiver, uint64_t bytes)
{
    struct text reply = { 0 };
    text_addf(&reply, "250 2.0.0 Ok: %llu octets taken\r\n", (unsigned long long)bytes);
    receiver_say(receiver, text_span(&reply));
    text_deinit(&reply);
}

static void end_chunk(struct receiver *receiver)
{
    receiver->phase = RECEIVER_COMMANDS;
    if (receiver->chunk_refused)
        refuse_chunk(receiver);
    else if (receiver->chunk_last)
        end_message(receiver);
    else
        say_chunk_taken(receiver, receiver->message_bytes);
}

void receiver_begin_chunk(struct receiver *receiver, uint64_t size, bool last)
{
    receiver->phase = RECEIVER_CHUNK;
    receiver->chunk_left = size;
    receiver->chunk_last = last;
    receiver->chunk_refused = receiver->message_failed || receiver->envelope.recipient_count == 0;
    if (!receiver->chunk_refused && !receiver->in_message)
        begin_message(receiver);
    if (size == 0)
        end_chunk(receiver);
}

void receiver_take_chunk(struct receiver *receiver, struct span *bytes)
{
    size_t most = receiver->chunk_left < bytes->len ? (size_t)receiver->chunk_left : bytes->len;
    struct span piece = span_take(*bytes, most);
    *bytes = span_drop(*bytes, most);
    receiver->chunk_left -= most;
    if (!receiver->chunk_refused)
        add(receiver, piece);
    if (receiver->chunk_left == 0)
        end_chunk(receiver);
}
