/* tls: what follows from TLS: which side makes it in which mode, what both forget, and what the
 * client hears when it cannot be made. Where a handshake stands is secure.c's. */
#include "base/check.h"
#include "session/state.h"

static struct lane *lane_to(struct session *session, enum side side)
{
    return &session->lanes[side == SERVER ? TO_SERVER : TO_CLIENT];
}

static struct lane *lane_from(struct session *session, enum side side)
{
    return &session->lanes[side == SERVER ? TO_CLIENT : TO_SERVER];
}

static enum direction direction_to(enum side side)
{
    return side == SERVER ? TO_SERVER : TO_CLIENT;
}

bool tls_is_ours(const struct session *session, enum side side)
{
    switch (session->options->tls) {
    case TLS_PASS: return false;
    case TLS_INTERCEPT: return true;
    case TLS_TO_CLIENT: return side == CLIENT;
    case TLS_TO_SERVER: return side == SERVER;
    }
    check(false);
}

void tls_begin(struct session *session, enum side side, instant now)
{
    struct smtp_event event = { .kind = SMTP_TLS, .going = direction_to(side) };
    event.number = ++lane_to(session, side)->decoder.number;
    judge(session, &event, now);
    secure_expect(session, side, &session->outcome);
}

/* RFC 3207 section 4.2: what was said before is forgotten. */
static void forget(struct dialogue *dialogue)
{
    text_clear(&dialogue->helo);
    dialogue->lmtp = dialogue->esmtp = false;
    envelope_reset(&dialogue->said);
    envelope_reset(&dialogue->granted);
    dialogue->tls = true;
}

static void settle_thrown_away(struct session *session, enum side side, instant now)
{
    struct lane *lane = lane_from(session, side);
    uint64_t bytes = session->tls[side].thrown_away + lane->in.len;
    lane->ahead = 0;
    chain_drop(&lane->in, lane->in.len);
    session->tls[side].thrown_away = 0;
    if (bytes > 0)
        log_error(session, "thrown-away", "bytes in clear text came behind the word for TLS", now);
}

void session_secured(struct session *session, enum side side, const struct tls_facts *facts,
                     instant now)
{
    struct tls_side *tls = &session->tls[side];
    session->seen = session->last_activity = now;
    if (tls->state != TLS_SHAKES)
        return;
    tls->state = TLS_SECURE;
    secure_deinit(tls);
    settle_thrown_away(session, side, now);
    log_tls(session, side, facts, SPAN(""), now);
    outbox_done(&lane_to(session, side)->out, now);
    if (side == CLIENT)
        forget(&session->dialogue);
    else
        held_reply_goes_on(session, SPAN(""), now);
    session_settle(session, now);
}

static void server_failed(struct session *session, instant now)
{
    struct text reply = { 0 };
    text_addf(&reply, "454 4.7.0 %.*s TLS not available, the server's handshake failed\r\n",
              (int)session->facts.host.len, (const char *)session->facts.host.ptr);
    session->detached = true;
    side_is_gone(session, SERVER);
    held_reply_goes_on(session, text_span(&reply), now);
    text_deinit(&reply);
}

void session_tls_failed(struct session *session, enum side side, struct span why, instant now)
{
    struct tls_side *tls = &session->tls[side];
    struct lane *to = lane_to(session, side);
    bool torn = tls->plan && tls->plan->fault == TLS_FAULT_RESET;
    session->seen = now;
    log_tls(session, side, NULL, why, now);
    set_ending(session, ENDING_TLS_FAILED);
    tls->state = TLS_CLEAR;
    tls->rude = true;
    secure_deinit(tls);
    to->reset |= torn;
    if (side == SERVER) {
        server_failed(session, now);
    } else {
        side_is_gone(session, CLIENT);
        outbox_step(&lane_to(session, SERVER)->out, STEP_FINISH);
    }
    session_settle(session, now);
}

void session_was_cut(struct session *session, enum side side, instant now)
{
    session->tls[side == CLIENT ? SERVER : CLIENT].rude = true;
    log_error(session, "tls-cut",
              side == CLIENT ? "the client ended its direction without close_notify"
                             : "the server ended its direction without close_notify",
              now);
}

void session_bared(struct session *session, enum side side, instant now)
{
    struct outbox *out = &lane_to(session, side)->out;
    session->seen = now;
    if (!outbox_wants(out, STEP_BARE))
        return;
    session->tls[side].state = TLS_CLEAR;
    outbox_done(out, now);
    session_settle(session, now);
}
