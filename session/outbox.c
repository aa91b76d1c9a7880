/* outbox: see outbox.h. */
#include "session/outbox.h"

#include <stdlib.h>

#include "base/check.h"

void outbox_init(struct outbox *outbox, struct pool *pool)
{
    *outbox = (struct outbox){ 0 };
    chain_init(&outbox->chain, pool);
}

static void forget_schedule(struct outbox *outbox)
{
    free(outbox->schedule);
    outbox->schedule = NULL;
}

void outbox_deinit(struct outbox *outbox)
{
    chain_deinit(&outbox->chain);
    forget_schedule(outbox);
}

/* -- the schedule --------------------------------------------------------------------------- */

static struct step *nth(struct schedule *schedule, size_t n)
{
    return &schedule->steps[(schedule->first + n) & (schedule->capacity - 1)];
}

static bool has_steps(const struct outbox *outbox)
{
    return outbox->schedule && outbox->schedule->count > 0;
}

/* The step that is under way; NULL while there is none, or plain bytes stand before it. */
static struct step *head_step(const struct outbox *outbox)
{
    if (!outbox->schedule || outbox->plain || !outbox->schedule->count || !outbox->schedule->begun)
        return NULL;
    return nth(outbox->schedule, 0);
}

#define SCHEDULE_MIN 4

static struct schedule *schedule_new(size_t capacity)
{
    struct schedule *schedule = calloc(1, sizeof *schedule + capacity * sizeof(struct step));
    check(schedule != NULL);
    schedule->capacity = capacity;
    return schedule;
}

static void grow(struct outbox *outbox)
{
    struct schedule *before = outbox->schedule;
    struct schedule *schedule = schedule_new(before->capacity * 2);
    size_t capacity = schedule->capacity;
    *schedule = *before;
    schedule->capacity = capacity;
    schedule->first = 0;
    for (size_t i = 0; i < before->count; i++)
        schedule->steps[i] = *nth(before, i);
    free(before);
    outbox->schedule = schedule;
}

static void push(struct outbox *outbox, struct step step)
{
    if (!outbox->schedule)
        outbox->schedule = schedule_new(SCHEDULE_MIN);
    if (outbox->schedule->count == outbox->schedule->capacity)
        grow(outbox);
    *nth(outbox->schedule, outbox->schedule->count++) = step;
}

static void pop(struct schedule *schedule)
{
    schedule->first = (schedule->first + 1) & (schedule->capacity - 1);
    schedule->count--;
    schedule->begun = false;
}

/* -- putting in ----------------------------------------------------------------------------- */

/* Neighbouring bytes of one pace are one step. */
static void push_step(struct outbox *outbox, uint64_t bytes, struct pace pace)
{
    struct step *last =
        has_steps(outbox) ? nth(outbox->schedule, outbox->schedule->count - 1) : NULL;
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

static void push_bytes(struct outbox *outbox, uint64_t bytes, struct pace pace)
{
    if (!has_steps(outbox) && pace.chunk == 0)
        outbox->plain += bytes;
    else if (bytes > 0)
        push_step(outbox, bytes, pace);
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

void outbox_add(struct outbox *outbox, struct span bytes)
{
    outbox_add_paced(outbox, bytes, (struct pace){ 0 });
}

void outbox_add_wait(struct outbox *outbox, duration wait)
{
    if (!outbox->muted)
        push(outbox, (struct step){ .kind = STEP_WAIT, .wait = wait });
}

/* Bytes that gather already take these in. */
void outbox_gather(struct outbox *outbox, size_t n, duration wait)
{
    struct step *head = head_step(outbox);
    bool gathering = head && head->kind == STEP_GATHER && outbox->schedule->count == 2;
    if (n == 0 || outbox->muted || outbox->closed)
        return;
    if (gathering)
        head->bytes = outbox->chain.len + n;
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
    outbox->plain = 0;
    chain_deinit(&outbox->chain);
    for (size_t i = 0; has_steps(outbox) && i < outbox->schedule->count; i++)
        nth(outbox->schedule, i)->bytes = 0;
}

void outbox_clear(struct outbox *outbox)
{
    chain_deinit(&outbox->chain);
    outbox->plain = 0;
    if (outbox->schedule) {
        outbox->schedule->count = 0;
        outbox->schedule->begun = false;
    }
}

/* -- time ----------------------------------------------------------------------------------- */

/* The pace holds across steps: bytes that follow at the same pace get no fresh burst early. */
static void begin_pace(struct schedule *schedule, const struct step *step, instant now)
{
    bool same = schedule->chunk == step->chunk && schedule->gap == step->gap;
    schedule->chunk = step->chunk;
    schedule->gap = step->gap;
    if (same && now < instant_after(schedule->refilled, step->gap))
        return;
    schedule->burst = step->chunk;
    schedule->refilled = now;
}

static void begin(struct outbox *outbox, const struct step *step, instant now)
{
    struct schedule *schedule = outbox->schedule;
    schedule->begun = true;
    if (step->kind == STEP_WAIT || step->kind == STEP_GATHER)
        schedule->due = instant_after(now, step->wait);
    else if (step->kind == STEP_BYTES && step->chunk)
        begin_pace(schedule, step, now);
    else if (step->kind == STEP_MUTE)
        outbox->muted = true;
}

static bool is_over(const struct outbox *outbox, const struct step *step, instant now)
{
    const struct schedule *schedule = outbox->schedule;
    if (step->kind == STEP_GATHER)
        return now >= schedule->due || outbox->chain.len > step->bytes || schedule->count > 2;
    if (step->kind == STEP_WAIT)
        return now >= schedule->due && schedule->due != NEVER;
    return step->kind == STEP_BYTES && step->bytes == 0;
}

static void advance_steps(struct outbox *outbox, instant now)
{
    while (has_steps(outbox) && !outbox->muted) {
        struct step *step = nth(outbox->schedule, 0);
        if (!outbox->schedule->begun)
            begin(outbox, step, now);
        if (step->until && now >= step->until)
            step->chunk = 0;
        if (!is_over(outbox, step, now))
            return;
        pop(outbox->schedule);
    }
}

/* A burst that is used up comes again; nothing is kept of a pace that can no longer matter. */
static void keep_pace(struct outbox *outbox, instant now)
{
    struct schedule *schedule = outbox->schedule;
    bool is_due = now >= instant_after(schedule->refilled, schedule->gap);
    if (schedule->count == 0 && (schedule->chunk == 0 || is_due)) {
        forget_schedule(outbox);
    } else if (schedule->chunk && schedule->burst == 0 && is_due) {
        schedule->burst = schedule->chunk;
        schedule->refilled = now;
    }
}

void outbox_advance_schedule(struct outbox *outbox, instant now)
{
    advance_steps(outbox, now);
    if (outbox->muted)
        outbox_clear(outbox);
    keep_pace(outbox, now);
}

/* -- taking out ----------------------------------------------------------------------------- */

/* Bytes of the first step that may leave now. */
static uint64_t allowed(const struct outbox *outbox)
{
    if (outbox->plain)
        return outbox->plain;
    const struct step *step = head_step(outbox);
    if (!step || step->kind != STEP_BYTES)
        return 0;
    return step->chunk && outbox->schedule->burst < step->bytes ? outbox->schedule->burst
                                                                : step->bytes;
}

bool outbox_step_may_leave(const struct outbox *outbox)
{
    return allowed(outbox) > 0;
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

bool outbox_finish_follows(const struct outbox *outbox)
{
    return outbox->plain && has_steps(outbox) && nth(outbox->schedule, 0)->kind == STEP_FINISH;
}

static void take_from_step(struct outbox *outbox, size_t sent)
{
    check(sent <= allowed(outbox));
    struct step *step = nth(outbox->schedule, 0);
    step->bytes -= sent;
    if (step->chunk)
        outbox->schedule->burst -= sent;
}

void outbox_consume(struct outbox *outbox, size_t sent, instant now)
{
    if (sent == 0)
        return;
    if (outbox->plain) {
        check(sent <= outbox->plain);
        outbox->plain -= sent;
    } else {
        take_from_step(outbox, sent);
    }
    chain_drop(&outbox->chain, sent);
    outbox_advance(outbox, now);
}

enum step_kind outbox_scheduled_head(const struct outbox *outbox)
{
    const struct step *step = head_step(outbox);
    return step ? step->kind : STEP_NONE;
}

bool outbox_wants(const struct outbox *outbox, enum step_kind kind)
{
    return outbox_head(outbox) == kind;
}

void outbox_done(struct outbox *outbox, instant now)
{
    check(!outbox->plain && has_steps(outbox));
    pop(outbox->schedule);
    outbox_advance(outbox, now);
}

instant outbox_schedule_deadline(const struct outbox *outbox)
{
    const struct step *step = head_step(outbox);
    if (!step)
        return NEVER;
    if (step->kind == STEP_WAIT || step->kind == STEP_GATHER)
        return outbox->schedule->due;
    if (step->kind != STEP_BYTES || step->chunk == 0 || outbox->schedule->burst > 0)
        return NEVER;
    instant refill = instant_after(outbox->schedule->refilled, outbox->schedule->gap);
    return step->until ? instant_min(refill, step->until) : refill;
}

bool outbox_is_empty(const struct outbox *outbox)
{
    return !outbox->plain && !has_steps(outbox);
}

bool outbox_is_stalled(const struct outbox *outbox)
{
    return outbox_wants(outbox, STEP_WAIT) && outbox->schedule->due == NEVER;
}
