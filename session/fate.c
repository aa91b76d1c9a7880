/* fate: how things end. Ends and resets travel through the outboxes behind what was said before
 * them; what concerns both sides is carried out here, and here a session is found to be over. */
#include "base/check.h"
#include "base/limits.h"
#include "mutators/census.h"
#include "session/state.h"

void set_ending(struct session *session, enum ending ending)
{
    if (session->ending == ENDING_OPEN)
        session->ending = ending;
}

static void turn_deaf(struct session *session)
{
    session->lanes[TO_SERVER].deaf = session->lanes[TO_CLIENT].deaf = true;
}

void carry_out_fate(struct session *session, enum fate fate, struct lane *lane)
{
    switch (fate) {
    case FATE_NONE: return;
    case FATE_FINISH:
        outbox_step(&lane->out, STEP_FINISH_ALL);
        set_ending(session, ENDING_RULE_FINISH);
        turn_deaf(session);
        return;
    case FATE_MUTE: outbox_step(&lane->out, STEP_MUTE); return;
    case FATE_BLACKHOLE:
        outbox_step(&session->lanes[TO_SERVER].out, STEP_MUTE);
        outbox_step(&session->lanes[TO_CLIENT].out, STEP_MUTE);
        turn_deaf(session);
        return;
    case FATE_TEAR_CLIENT:
        outbox_step(&session->lanes[TO_SERVER].out, STEP_MUTE);
        outbox_step(&session->lanes[TO_CLIENT].out, STEP_RESET);
        set_ending(session, ENDING_RULE_RESET);
        turn_deaf(session);
        return;
    case FATE_RESET:
        outbox_step(&lane->out, STEP_RESET_ALL);
        set_ending(session, ENDING_RULE_RESET);
        turn_deaf(session);
        return;
    }
    check(false);
}

void side_is_gone(struct session *session, enum side side)
{
    struct lane *to = &session->lanes[side == SERVER ? TO_SERVER : TO_CLIENT];
    struct lane *from = &session->lanes[side == SERVER ? TO_CLIENT : TO_SERVER];
    to->target_done = to->target_gone = true;
    secure_give_up(session, side);
    outbox_clear(&to->out);
    outbox_close(&to->out);
    from->source_ended = true;
    if (side == SERVER)
        session->upstream = UPSTREAM_GONE;
}

/* -- what concerns both sides --------------------------------------------------------------- */

static void finish_all(struct session *session, instant now)
{
    if (session->upstream != UPSTREAM_THERE)
        side_is_gone(session, SERVER);
    for (int direction = 0; direction < 2; direction++) {
        struct lane *lane = &session->lanes[direction];
        if (outbox_is_stalled(&lane->out))
            outbox_clear(&lane->out);
        if (!lane->target_done)
            outbox_step(&lane->out, STEP_FINISH);
    }
    turn_deaf(session);
    session->linger_due = instant_after(now, SECONDS(LINGER_S));
}

static void reset_side(struct session *session, enum direction direction)
{
    struct lane *lane = &session->lanes[direction];
    lane->reset |= !lane->target_gone;
    side_is_gone(session, direction_target(direction));
}

static void reset_all(struct session *session)
{
    reset_side(session, TO_SERVER);
    reset_side(session, TO_CLIENT);
}

static void ask_for_upstream(struct session *session, instant now)
{
    if (session->upstream != UPSTREAM_ASLEEP)
        return;
    session->upstream = UPSTREAM_WANTED;
    duration timeout = session->options->connect_timeout;
    if (!timeout)
        timeout = SECONDS(CONNECT_TIMEOUT_DEFAULT_S);
    session->connect_due = instant_after(now, timeout);
}

/* True when a step was carried out and another may stand at the head. */
static bool carry_out(struct session *session, enum direction direction, instant now)
{
    struct outbox *out = &session->lanes[direction].out;
    switch (outbox_head(out)) {
    case STEP_NONE:
    case STEP_BYTES:
    case STEP_WAIT:
    case STEP_GATHER:
    case STEP_BARE:
    case STEP_MUTE: return false;
    case STEP_OPEN: ask_for_upstream(session, now); return false;
    case STEP_SECURE:
        secure_begin(session, direction_target(direction), now);
        return !outbox_wants(out, STEP_SECURE);
    case STEP_RESET: reset_side(session, direction); return true;
    case STEP_FINISH:
        if (!session->lanes[direction].target_done)
            return false;
        outbox_done(out, now);
        return true;
    case STEP_FINISH_ALL:
        outbox_done(out, now);
        finish_all(session, now);
        return true;
    case STEP_RESET_ALL: reset_all(session); return true;
    }
    check(false);
}

static bool lane_is_done(const struct lane *lane)
{
    if (!lane->source_ended)
        return false;
    return lane->target_done || lane->out.muted || outbox_is_stalled(&lane->out) ||
           (lane->closing && outbox_is_empty(&lane->out));
}

/* A client that tore its connection before the upstream was there leaves nothing to do. */
static bool nobody_is_left(const struct session *session)
{
    bool client_gone = session->lanes[TO_CLIENT].target_gone;
    return client_gone && session->upstream != UPSTREAM_THERE;
}

/* The server may have accepted already, and we not know it yet: it then finds a torn connection, as
 * it would without us. */
static void give_up_connecting(struct session *session)
{
    if (session->upstream == UPSTREAM_WANTED)
        session->lanes[TO_SERVER].reset = true;
}

void leave_census(struct session *session)
{
    if (session->is_counted)
        census_leave(session->recall, &session->facts);
    session->is_counted = false;
}

static void end_session(struct session *session, instant now)
{
    log_close(session, now);
    leave_census(session);
    chain_deinit(&session->lanes[TO_SERVER].in);
    chain_deinit(&session->lanes[TO_CLIENT].in);
}

void settle_ends(struct session *session, instant now)
{
    for (int direction = 0; direction < 2; direction++) {
        outbox_advance(&session->lanes[direction].out, now);
        while (carry_out(session, (enum direction)direction, now))
            outbox_advance(&session->lanes[direction].out, now);
    }
    bool lingered = session->linger_due && now >= session->linger_due;
    if (nobody_is_left(session)) {
        give_up_connecting(session);
        session->over = true;
    }
    if (lingered ||
        (lane_is_done(&session->lanes[TO_SERVER]) && lane_is_done(&session->lanes[TO_CLIENT])))
        session->over = true;
    if (session->over)
        end_session(session, now);
}
