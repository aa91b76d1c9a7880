/* fuzz_receiver: what a client says to the built-in receiver. However it is cut, the same replies
 * leave and the same mail is kept; each line that leaves is one of a reply; each command line, each
 * message and each chunk gets its reply, in order, and nothing else does.
 * Its inputs are mutated by harness/mutator. */
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/prng.h"
#include "harness/entry.h"
#include "harness/mailbox.h"
#include "smtp/credentials.h"
#include "smtp/parse.h"

#define INPUT_MAX 16384
/* In place of a cut: line by line, chunk by chunk. */
#define STEPS 0

struct run {
    struct mailbox mailbox;
    struct text replies;
};

static struct pool pool;
static struct run whole;
static struct run pieces;

static void take_replies(struct receiver *receiver, struct text *replies)
{
    struct chain *out = receiver_out(receiver);
    text_add(replies, chain_pull(out, out->len));
    chain_drop(out, out->len);
}

static void feed(struct receiver *receiver, struct span bytes, struct text *replies)
{
    receiver_feed(receiver, bytes, SECONDS(1));
    take_replies(receiver, replies);
}

/* What belongs together: a line, or what is left of a chunk. */
static size_t step_of(const struct receiver *receiver, struct span rest)
{
    return receiver->phase == RECEIVER_CHUNK ? (size_t)receiver->chunk_left
                                             : span_find(rest, '\n') + 1;
}

/* What hides credentials follows the conversation, and puts in nothing but stars. */
static void hide(struct credentials *credentials, struct span step)
{
    static uint8_t hidden[INPUT_MAX];
    if (step.len == 0)
        return;
    memcpy(hidden, step.ptr, step.len);
    credentials_hide(credentials, hidden, step.len);
    for (size_t i = 0; i < step.len; i++)
        check(hidden[i] == step.ptr[i] || hidden[i] == '*');
}

static bool is_waiting(enum receiver_phase phase)
{
    return phase == RECEIVER_DATA || phase == RECEIVER_CHUNK;
}

/* All lines are of replies, all of a reply have one code. */
static unsigned count_replies(struct span replies)
{
    unsigned count = 0;
    struct span code = SPAN("");
    while (replies.len > 0) {
        struct span line = span_take(replies, span_find(replies, '\n') + 1);
        check(smtp_is_reply_line(line) && span_ends(line, SPAN("\r\n")));
        check(code.len == 0 || span_starts(line, code));
        code = smtp_is_reply_continued(line) ? span_take(line, 3) : SPAN("");
        count += code.len == 0;
        replies = span_drop(replies, line.len);
    }
    check(code.len == 0);
    return count;
}

/* A line that ends gets one reply, unless it is mail or announces a chunk; so do their ends. */
static size_t take_step(struct receiver *receiver, struct credentials *credentials,
                        struct span rest, struct text *replies)
{
    size_t before = replies->len;
    enum receiver_phase was = receiver->phase;
    struct span step = span_take(rest, step_of(receiver, rest));
    bool ended =
        was == RECEIVER_CHUNK ? step.len == receiver->chunk_left : span_ends(step, SPAN("\n"));
    hide(credentials, step);
    feed(receiver, step, replies);
    credentials_note_replies(credentials, span_drop(text_span(replies), before));
    unsigned said = count_replies(span_drop(text_span(replies), before));
    if (!ended || was == RECEIVER_TLS || was == RECEIVER_OVER)
        check(said == 0);
    else if (is_waiting(was))
        check(said == (receiver->phase != was));
    else
        check(said == (receiver->phase != RECEIVER_CHUNK));
    return step.len;
}

static void run(struct run *run, struct span input, size_t cut)
{
    static const struct receiver_options options = { .host = { (const uint8_t *)"mx.test", 7 },
                                                     .size_max = 8192,
                                                     .starttls = true };
    struct receiver receiver;
    struct credentials credentials = { 0 };
    mailbox_begin(&run->mailbox);
    text_clear(&run->replies);
    receiver_init(&receiver, &options, &run->mailbox.store, &pool, SECONDS(1));
    take_replies(&receiver, &run->replies);
    while (input.len > 0) {
        size_t step = cut;
        if (cut == STEPS)
            step = take_step(&receiver, &credentials, input, &run->replies);
        else
            feed(&receiver, span_take(input, cut), &run->replies);
        input = span_drop(input, step);
    }
    receiver_deinit(&receiver);
    check(!run->mailbox.begun);
    check(run->mailbox.finished == receiver.counters.messages);
}

static void run_deinit(struct run *run)
{
    text_deinit(&run->replies);
    mailbox_deinit(&run->mailbox);
}

static void compare(void)
{
    check(span_equal(text_span(&whole.replies), text_span(&pieces.replies)));
    check(span_equal(text_span(&whole.mailbox.mail), text_span(&pieces.mailbox.mail)));
    check(whole.mailbox.finished == pieces.mailbox.finished);
    check(whole.mailbox.abandoned == pieces.mailbox.abandoned);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span input = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct prng prng = prng_at(span_hash(input, SPAN_HASH_BEGIN), 0, 0, 0, 0);
    run(&whole, input, SIZE_MAX);
    run(&pieces, input, STEPS);
    compare();
    run(&pieces, input, (size_t)prng_between(&prng, 1, 1 + input.len / 50));
    compare();
    check(whole.mailbox.mail.len <= input.len);
    check(pool.in_use == 0);
    run_deinit(&whole);
    run_deinit(&pieces);
    pool_deinit(&pool);
    return 0;
}
