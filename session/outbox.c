/* outbox: see outbox.h. */
#include "session/outbox.h"

#include <stdlib.h>

#include "base/check.h"

void outbox_init(struct outbox *outbox, struct pool *pool)
{
    *outbox = (struct outbox){ 0 };
    chain_init(&outbox->chain, pool);
}

void outbox_deinit(struct outbox *outbox)
{
    chain_deinit(&outbox->chain);
    free(outbox->steps);
}

static struct step *nth(const struct outbox *outbox, size_t n)
{
    return &outbox->steps[(outbox->first + n) & (outbox->capacity - 1)];
}

static void grow(struct outbox *outbox)
{
    size_t capacity = outbox->capacity ? outbox->capacity * 2 : 4;
    struct step *steps = calloc(capacity, sizeof *steps);
    check(steps != NULL);
    for (size_t i = 0; i < outbox->count; i++)
        steps[i] = *nth(outbox, i);
    free(outbox->steps);
    outbox->steps = steps;
    outbox->capacity = capacity;
    outbox->first = 0;
}

static void push(struct outbox *outbox, struct step step)
{
    if (outbox->count == outbox->capacity)
        grow(outbox);
    *nth(outbox, outbox->count++) = step;
}

static void pop(struct outbox *outbox)
{
    outbox->first = (outbox->first + 1) & (outbox->capacity - 1);
    outbox->count--;
    outbox->begun = false;
}

/* Neighbouring bytes of one pace are one step. */
static void push_bytes(struct outbox *outbox, uint64_t bytes, struct pace pace)
{
    struct step *last = outbox->count ? nth(outbox, outbox->count - 1) : NULL;
    if (bytes == 0)
        return;
    if (last && last->kind == STEP_BYTES && last->chunk == pace.chunk && last->gap == pace.gap &&
        last->until == pace.until)
        last->bytes += bytes;
    else
        push(outbox, (struct step){ .kind = STEP_BYTES,
                                    .bytes = bytes,
                                    .chunk = pace.chunk,
                                    .gap = pace.gap,
                                    .until = pace.until });
}

void outbox_add_paced(struct outbox *outbox, struct span bytes, struct pace pace)
{
    if (outbox->muted || outbox->closed)
        return;
    chain_append(&outbox->chain, bytes);
    push_bytes(outbox, bytes.len, pace);
}

void outbox_move_paced(struct outbox *outbox, struct chain *from, size_t n, struct pace pace)
{
    if (outbox->muted || outbox->closed) {
        chain_drop(from, n);
        return;
    }
    chain_move(&outbox->chain, from, n);
    push_bytes(outbox, n, pace);
}

void outbox_move(struct outbox *outbox, struct chain *from, size_t n)
{
    outbox_move_paced(outbox, from, n, (struct pace){ 0 });
}

void outbox_add(struct outbox *outbox, struct span bytes)
{
    outbox_add_paced(outbox, bytes, (struct pace){ 0 });
}

void outbox_wait(struct outbox *outbox, duration wait)
{
    if (wait > 0 && !outbox->muted)
        push(outbox, (struct step){ .kind = STEP_WAIT, .wait = wait });
}

/* Bytes that gather already take these in. */
void outbox_gather(struct outbox *outbox, size_t n, duration wait)
{
    bool gathering = outbox->count == 2 && outbox_wants(outbox, STEP_GATHER);
    if (n == 0 || outbox->muted || outbox->closed)
        return;
    if (gathering)
        nth(outbox, 0)->bytes = outbox->chain.len + n;
    else
        push(outbox, (struct step){ .kind = STEP_GATHER, .bytes = n, .wait = wait });
}

void outbox_step(struct outbox *outbox, enum step_kind kind)
{
    if (!outbox->muted)
        push(outbox, (struct step){ .kind = kind });
}

void outbox_close(struct outbox *outbox)
{
    outbox->closed = true;
    chain_deinit(&outbox->chain);
    for (size_t i = 0; i < outbox->count; i++)
        nth(outbox, i)->bytes = 0;
}

void outbox_clear(struct outbox *outbox)
{
    chain_deinit(&outbox->chain);
    outbox->count = 0;
    outbox->begun = false;
}

/* The pace holds across steps: bytes that follow at the same pace get no fresh burst early. */
static void begin_pace(struct outbox *outbox, const struct step *step, instant now)
{
    bool same = outbox->chunk == step->chunk && outbox->gap == step->gap;
    outbox->chunk = step->chunk;
    outbox->gap = step->gap;
    if (same && now < instant_after(outbox->refilled, step->gap))
        return;
    outbox->burst = step->chunk;
    outbox->refilled = now;
}

static void begin(struct outbox *outbox, const struct step *step, instant now)
{
    outbox->begun = true;
    if (step->kind == STEP_WAIT || step->kind == STEP_GATHER)
        outbox->due = instant_after(now, step->wait);
    else if (step->kind == STEP_BYTES && step->chunk)
        begin_pace(outbox, step, now);
    else if (step->kind == STEP_MUTE)
        outbox->muted = true;
}

static bool is_over(struct outbox *outbox, const struct step *step, instant now)
{
    if (step->kind == STEP_GATHER)
        return now >= outbox->due || outbox->chain.len > step->bytes || outbox->count > 2;
    if (step->kind == STEP_WAIT)
        return now >= outbox->due && outbox->due != NEVER;
    return step->kind == STEP_BYTES && step->bytes == 0;
}

void outbox_advance(struct outbox *outbox, instant now)
{
    if (outbox->count == 0 && outbox->chunk == 0)
        return;
    while (outbox->count > 0 && !outbox->muted) {
        struct step *step = nth(outbox, 0);
        if (!outbox->begun)
            begin(outbox, step, now);
        if (step->until && now >= step->until)
            step->chunk = 0;
        if (!is_over(outbox, step, now))
            break;
        pop(outbox);
    }
    if (outbox->muted)
        outbox_clear(outbox);
    if (outbox->chunk && outbox->burst == 0 &&
        now >= instant_after(outbox->refilled, outbox->gap)) {
        outbox->burst = outbox->chunk;
        outbox->refilled = now;
    }
}

/* Bytes of the first step that may leave now. */
static uint64_t allowed(const struct outbox *outbox)
{
    const struct step *step = outbox->count ? nth(outbox, 0) : NULL;
    if (!step || step->kind != STEP_BYTES || !outbox->begun)
        return 0;
    return step->chunk && outbox->burst < step->bytes ? outbox->burst : step->bytes;
}

size_t outbox_peek(const struct outbox *outbox, struct span *spans, size_t max)
{
    uint64_t left = allowed(outbox);
    size_t count = left ? chain_spans(&outbox->chain, spans, max) : 0;
    for (size_t i = 0; i < count; i++) {
        spans[i] = span_take(spans[i], left);
        left -= spans[i].len;
        if (left == 0)
            return i + 1;
    }
    return count;
}

void outbox_consume(struct outbox *outbox, size_t sent, instant now)
{
    if (sent == 0)
        return;
    check(sent <= allowed(outbox));
    struct step *step = nth(outbox, 0);
    chain_drop(&outbox->chain, sent);
    step->bytes -= sent;
    if (step->chunk)
        outbox->burst -= sent;
    outbox_advance(outbox, now);
}

bool outbox_wants(const struct outbox *outbox, enum step_kind kind)
{
    return outbox->count > 0 && outbox->begun && nth(outbox, 0)->kind == kind;
}

void outbox_done(struct outbox *outbox, instant now)
{
    check(outbox->count > 0);
    pop(outbox);
    outbox_advance(outbox, now);
}

instant outbox_deadline(const struct outbox *outbox)
{
    if (outbox_wants(outbox, STEP_WAIT) || outbox_wants(outbox, STEP_GATHER))
        return outbox->due;
    const struct step *step = outbox_wants(outbox, STEP_BYTES) ? nth(outbox, 0) : NULL;
    if (!step || step->chunk == 0 || outbox->burst > 0)
        return NEVER;
    instant refill = instant_after(outbox->refilled, outbox->gap);
    return step->until ? instant_min(refill, step->until) : refill;
}

size_t outbox_len(const struct outbox *outbox)
{
    return outbox->chain.len;
}

bool outbox_is_empty(const struct outbox *outbox)
{
    return outbox->count == 0;
}

bool outbox_is_stalled(const struct outbox *outbox)
{
    return outbox_wants(outbox, STEP_WAIT) && outbox->due == NEVER;
}
