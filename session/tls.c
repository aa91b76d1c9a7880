/* tls: the doors of TLS: a handshake that is done, has failed, or TLS that was left. The server's
 * comes first, so that the client can be told when it fails; what either side said before is
 * forgotten (RFC 3207 section 4.2). */
#include "session/state.h"

static void forget_client(struct dialogue *dialogue)
{
    text_clear(&dialogue->helo);
    dialogue->lmtp = dialogue->esmtp = false;
    dialogue->verbs_said = dialogue->verbs_answered = 0;
    envelope_reset(&dialogue->said);
    envelope_reset(&dialogue->granted);
    dialogue->tls = true;
}

/* Bytes that came before the handshake never reach the state behind it. */
static void settle_thrown_away(struct session *session, enum side side, instant now)
{
    struct lane *lane = lane_from(session, side);
    uint64_t bytes = session->tls[side].thrown_away + lane->in.len;
    lane_discard(lane, lane->in.len);
    if (lane->decoder.phase != PHASE_GREETING)
        decoder_enter(&lane->decoder, side == CLIENT ? PHASE_COMMANDS : PHASE_REPLIES);
    session->tls[side].thrown_away = 0;
    if (bytes > 0)
        log_thrown_away(session, side, bytes, now);
}

/* -- failure -------------------------------------------------------------------------------- */

/* Who has heard nothing of it yet is told; others lose the connection as they would without us. */
static void lose_server(struct session *session, bool within_handshake, instant now)
{
    const struct pending *next = dialogue_next(&session->dialogue);
    bool held = next && next->held.ptr;
    if (!within_handshake) {
        side_is_gone(session, SERVER);
        outbox_step(&session->lanes[TO_CLIENT].out, STEP_FINISH_ALL);
    } else if (held) {
        session->detached = true;
        side_is_gone(session, SERVER);
        held_reply_fails(session, now);
    } else {
        upstream_fails(session, ENDING_TLS_FAILED, now);
    }
}

static void lose_client(struct session *session)
{
    side_is_gone(session, CLIENT);
    outbox_step(&session->lanes[TO_SERVER].out, STEP_FINISH_ALL);
}

static void lose_side(struct session *session, enum side side, bool within_handshake, instant now)
{
    set_ending(session, ENDING_TLS_FAILED);
    session->tls[side].state = TLS_CLEAR;
    if (side == SERVER)
        lose_server(session, within_handshake, now);
    else
        lose_client(session);
}

void tls_fails(struct session *session, enum side side, struct span why, instant now)
{
    struct tls_side *tls = &session->tls[side];
    bool within_handshake = secure_is_under_way(session, side);
    bool torn = tls->plan && tls->plan->fault == TLS_FAULT_RESET;
    session->seen = now;
    if (tls->state == TLS_CLEAR)
        return;
    log_tls(session, side, NULL, why, now);
    if (within_handshake)
        settle_thrown_away(session, side, now);
    tls->rude = true;
    lane_to(session, side)->reset |= torn;
    lose_side(session, side, within_handshake, now);
    session_settle(session, now);
}

void session_tls_failed(struct session *session, enum side side, struct span why, instant now)
{
    show(session,
         &(struct session_call){ .door = DOOR_TLS_FAILED, .now = now, .side = side, .bytes = why });
    tls_fails(session, side, why, now);
}

/* -- success -------------------------------------------------------------------------------- */

void session_secured(struct session *session, enum side side, const struct tls_facts *facts,
                     instant now)
{
    struct tls_side *tls = &session->tls[side];
    show(session,
         &(struct session_call){ .door = DOOR_SECURED, .now = now, .side = side, .facts = facts });
    session->seen = session->last_activity = now;
    if (tls->state != TLS_SHAKES)
        return;
    log_tls(session, side, facts, SPAN(""), now);
    settle_thrown_away(session, side, now);
    secure_give_up(session, side);
    if (side == SERVER && facts->verified[0] && !session->options->unverified_goes_on) {
        lose_side(session, side, true, now);
        session_settle(session, now);
        return;
    }
    tls->state = TLS_SECURE;
    outbox_done(&lane_to(session, side)->out, now);
    if (side == CLIENT) {
        forget_client(&session->dialogue);
    } else {
        session->dialogue.server_tls = true;
        held_reply_goes_on(session, now);
    }
    session_settle(session, now);
}

/* -- the end of TLS ------------------------------------------------------------------------- */

void session_was_cut(struct session *session, enum side side, instant now)
{
    show(session, &(struct session_call){ .door = DOOR_WAS_CUT, .now = now, .side = side });
    session->tls[side == CLIENT ? SERVER : CLIENT].rude = true;
    log_error(session, "tls-cut",
              side == CLIENT ? "the client ended its direction without close_notify"
                             : "the server ended its direction without close_notify",
              now);
}

void session_bared(struct session *session, enum side side, instant now)
{
    struct outbox *out = &lane_to(session, side)->out;
    show(session, &(struct session_call){ .door = DOOR_BARED, .now = now, .side = side });
    session->seen = now;
    if (!outbox_wants(out, STEP_BARE))
        return;
    session->tls[side].state = TLS_CLEAR;
    outbox_done(out, now);
    session_settle(session, now);
}

bool session_close_is_rude(const struct session *session, enum side side)
{
    return session->tls[side].rude;
}
