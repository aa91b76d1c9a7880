/* secure: where TLS stands on a side, from being agreed on to being there, and the clock of its
 * handshake. What follows from it is tls.c's. */
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"
#include "session/state.h"

struct lane *lane_to(struct session *session, enum side side)
{
    return &session->lanes[side == SERVER ? TO_SERVER : TO_CLIENT];
}

struct lane *lane_from(struct session *session, enum side side)
{
    return &session->lanes[side == SERVER ? TO_CLIENT : TO_SERVER];
}

void secure_plan(struct tls_side *tls, struct outcome *outcome)
{
    free(tls->plan);
    tls->plan = outcome->tls;
    outcome->tls = NULL;
    tls->delay = outcome->delay;
    tls->fate = outcome->fate;
    tls->rude |= outcome->ends_rudely;
    tls->planned = true;
}

void secure_give_up(struct session *session, enum side side)
{
    struct tls_side *tls = &session->tls[side];
    if (secure_is_under_way(session, side))
        tls->state = TLS_CLEAR;
    free(tls->plan);
    tls->plan = NULL;
    tls->planned = false;
}

void secure_expect(struct session *session, enum side side)
{
    struct tls_side *tls = &session->tls[side];
    tls->state = TLS_EXPECTED;
    tls->thrown_away = 0;
    outbox_step(&lane_to(session, side)->out, STEP_SECURE);
}

static void begin_handshake(struct session *session, struct tls_side *tls, instant now)
{
    duration timeout = session->options->tls_timeout;
    tls->state = TLS_SHAKES;
    tls->due = instant_after(now, timeout ? timeout : SECONDS(TLS_TIMEOUT_DEFAULT_S));
}

static void stall(struct tls_side *tls, duration wait, instant now)
{
    tls->state = TLS_STALLED;
    tls->due = instant_after(now, wait);
}

/* The certificate shown to the client mirrors the server's, which has to be there first. */
static bool waits_for_server(const struct session *session, enum side side)
{
    return side == CLIENT && secure_is_under_way(session, SERVER) &&
           session->upstream != UPSTREAM_GONE;
}

void secure_begin(struct session *session, enum side side, instant now)
{
    struct tls_side *tls = &session->tls[side];
    if (tls->state != TLS_EXPECTED || waits_for_server(session, side))
        return;
    duration wait = tls->delay;
    if (tls->plan && tls->plan->fault == TLS_FAULT_STALL && tls->plan->moment == TLS_BEFORE) {
        wait = instant_after(wait, tls->plan->stall);
        tls->plan->fault = TLS_FAULT_NONE;
    }
    if (wait > 0)
        stall(tls, wait, now);
    else
        begin_handshake(session, tls, now);
}

void session_tls_stalled(struct session *session, enum side side, instant now)
{
    struct tls_side *tls = &session->tls[side];
    show(session, &(struct session_call){ .door = DOOR_TLS_STALLED, .now = now, .side = side });
    session->seen = now;
    if (tls->state != TLS_SHAKES || !tls->plan || tls->plan->fault != TLS_FAULT_STALL)
        return;
    tls->plan->fault = TLS_FAULT_NONE;
    stall(tls, tls->plan->stall, now);
}

bool session_is_stalled(const struct session *session, enum side side)
{
    return session->tls[side].state == TLS_STALLED;
}

bool secure_is_late(struct session *session, enum side side, instant now)
{
    struct tls_side *tls = &session->tls[side];
    if (tls->state == TLS_STALLED && now >= tls->due && tls->due != NEVER)
        begin_handshake(session, tls, now);
    return tls->state == TLS_SHAKES && now >= tls->due;
}

instant secure_deadline(const struct session *session, enum side side)
{
    const struct tls_side *tls = &session->tls[side];
    return tls->state == TLS_STALLED || tls->state == TLS_SHAKES ? tls->due : NEVER;
}

const struct tls_plan *session_tls_plan(const struct session *session, enum side side)
{
    static const struct tls_plan plain;
    const struct tls_plan *plan = session->tls[side].plan;
    return plan ? plan : &plain;
}
