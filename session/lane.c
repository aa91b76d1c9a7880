/* lane: one direction of a session: how bytes leave it, and how many it may hold. */
#include "base/limits.h"
#include "session/state.h"

void lane_discard(struct lane *lane, size_t len)
{
    lane->ahead -= lane->ahead < len ? lane->ahead : len;
    chain_drop(&lane->in, len);
}

void lane_forward(struct lane *lane, size_t len, const struct outcome *outcome)
{
    size_t gone = lane->ahead < len ? lane->ahead : len;
    lane_discard(lane, gone);
    len -= gone;
    if (len == 0)
        return;
    if (outcome)
        outbox_move_paced(&lane->out, &lane->in, len, outcome->pace_bytes, outcome->pace_gap);
    else
        outbox_move(&lane->out, &lane->in, len);
}

void lane_send(struct lane *lane, struct span bytes, const struct outcome *outcome)
{
    outbox_add_paced(&lane->out, bytes, outcome->pace_bytes, outcome->pace_gap);
}

/* An event that waits for its end must get it; how long it may be is the decoder's to bound. */
static size_t lane_held(const struct lane *lane)
{
    size_t waits = lane->unfinished ? 0 : lane->in.len - lane->ahead;
    return waits + outbox_len(&lane->out);
}

bool lane_wants_bytes(const struct session *session, const struct lane *lane)
{
    if (lane->source_ended)
        return false;
    if (lane->deaf)
        return true;
    return !lane->paused && !pool_is_empty(session->pool);
}

void lane_note_pressure(struct lane *lane)
{
    size_t held = lane_held(lane);
    if (held >= LANE_HIGH_WATER)
        lane->paused = true;
    else if (held <= LANE_LOW_WATER)
        lane->paused = false;
}
