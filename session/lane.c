/* lane: one direction of a session: how bytes leave it, and how many it may hold. */
#include "base/limits.h"
#include "session/state.h"

void lane_throw_away(struct lane *lane, size_t len)
{
    lane->ahead -= lane->ahead < len ? lane->ahead : len;
    chain_drop(&lane->in, len);
}

static struct pace pace_of(const struct outcome *outcome)
{
    return (struct pace){ outcome->pace_bytes, outcome->pace_gap, outcome->pace_until };
}

/* How many bytes leave before the next cut. */
static size_t slice_length(struct span bytes, const struct outcome *outcome, bool first)
{
    if (outcome->slice_after == SLICE_LINES)
        return span_find(bytes, '\n') + 1;
    return first && outcome->slice_after < bytes.len ? (size_t)outcome->slice_after : bytes.len;
}

static void send_sliced(struct lane *lane, struct span bytes, const struct outcome *outcome)
{
    for (bool first = true; bytes.len > 0; first = false) {
        size_t len = slice_length(bytes, outcome, first);
        outbox_wait(&lane->out, first ? 0 : outcome->slice_gap);
        outbox_add_paced(&lane->out, span_take(bytes, len), pace_of(outcome));
        bytes = span_drop(bytes, len);
    }
}

void lane_send(struct lane *lane, struct span bytes, const struct outcome *outcome)
{
    outbox_gather(&lane->out, outcome->gather ? bytes.len : 0, outcome->gather);
    if (outcome->slice_after)
        send_sliced(lane, bytes, outcome);
    else
        outbox_add_paced(&lane->out, bytes, pace_of(outcome));
}

/* Where one write ends and the next begins matters: the bytes are looked at. */
static void forward_in_pieces(struct lane *lane, size_t len, const struct outcome *outcome)
{
    lane_send(lane, chain_pull(&lane->in, len), outcome);
    lane_discard(lane, len);
}

void lane_forward_rest(struct lane *lane, size_t len, const struct outcome *outcome)
{
    size_t gone = lane->ahead < len ? lane->ahead : len;
    lane_discard(lane, gone);
    len -= gone;
    if (len == 0)
        return;
    if (outcome && (outcome->slice_after || outcome->gather))
        forward_in_pieces(lane, len, outcome);
    else if (outcome && outcome->pace_bytes)
        outbox_move_paced(&lane->out, &lane->in, len, pace_of(outcome));
    else
        outbox_move(&lane->out, &lane->in, len);
}

void lane_send_content(struct lane *lane, const struct outcome *outcome, size_t leaves)
{
    struct span content = span_take(text_span(&outcome->content), leaves);
    size_t begin = 0;
    for (size_t i = 0; i < outcome->piece_count && begin < content.len; i++) {
        size_t end = outcome->pieces[i].end;
        outbox_wait(&lane->out, outcome->pieces[i].wait);
        if (outcome->pieces[i].bare)
            outbox_step(&lane->out, STEP_BARE);
        lane_send(lane, span_drop(span_take(content, end), begin), outcome);
        begin = end;
    }
}

/* An event that waits for its end must get it; how long it may be is the decoder's to bound. */
static size_t lane_held(const struct lane *lane)
{
    size_t waits = lane->unfinished ? 0 : lane->in.len - lane->ahead;
    return waits + outbox_len(&lane->out);
}

bool lane_wants_bytes(const struct session *session, const struct lane *lane)
{
    if (lane->source_ended || lane->deaf || lane->paused)
        return lane->deaf && !lane->source_ended;
    return !pool_is_empty(session->pool);
}

void lane_change_pressure(struct lane *lane)
{
    size_t held = lane_held(lane);
    if (held >= LANE_HIGH_WATER)
        lane->paused = true;
    else if (held <= LANE_LOW_WATER)
        lane->paused = false;
}
