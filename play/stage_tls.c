/* stage_tls: see stage_tls.h. */
#include "play/stage_tls.h"

#include <string.h>

enum play_end stage_fin(const struct stage *stage, enum side side)
{
    bool rude = session_close_is_rude(stage->session, side);
    return stage->sides[side].is_secure && rude ? PLAY_CUT : PLAY_FIN;
}

/* What was said before the handshake arrives before it, however it is cut. */
static void feed_all(struct stage *stage, enum side side)
{
    enum direction direction = side == CLIENT ? TO_SERVER : TO_CLIENT;
    struct stage_side *says = &stage->sides[side];
    while (says->fed < says->said.len) {
        struct span rest = span_drop(text_span(&says->said), says->fed);
        says->fed += session_receive(stage->session, direction, rest, stage->now);
    }
}

/* As the layer that speaks TLS has it; empty for what does not end the handshake. */
static struct span words_of(enum tls_fault fault)
{
    switch (fault) {
    case TLS_FAULT_CUT: return SPAN("a rule cut the handshake");
    case TLS_FAULT_RESET: return SPAN("a rule reset the connection in the handshake");
    case TLS_FAULT_ALERT: return SPAN("a rule sent an alert");
    case TLS_FAULT_GARBAGE: return SPAN("a rule sent garbage in place of TLS");
    case TLS_FAULT_PLAIN: return SPAN("a rule sent plain text in place of TLS");
    case TLS_FAULT_NONE:
    case TLS_FAULT_STALL: break;
    }
    return SPAN("");
}

/* True when the plan has let the handshake go wrong. */
static bool strike(struct stage *stage, enum side side, const struct tls_plan *plan)
{
    struct span why = words_of(plan->fault);
    bool stalls = plan->fault == TLS_FAULT_STALL;
    if (stalls)
        session_tls_stalled(stage->session, side, stage->now);
    if (why.len == 0)
        return stalls;
    heard_add(&stage->sides[side].heard, span_make(plan->text, plan->text_len));
    session_tls_failed(stage->session, side, why, stage->now);
    return true;
}

static void succeed(struct stage *stage, enum side side)
{
    static const struct tls_facts verified = { .version = "TLSv1.3",
                                               .cipher = "TLS_AES_256_GCM_SHA384" };
    static const struct tls_facts unverified = { .version = "TLSv1.3",
                                                 .cipher = "TLS_AES_256_GCM_SHA384",
                                                 .verified = "self-signed certificate" };
    bool fails = stage->sides[side].handshake == PLAY_HANDSHAKE_UNVERIFIED;
    stage->sides[side].is_secure = true;
    session_secured(stage->session, side, fails ? &unverified : &verified, stage->now);
}

static bool leave_tls(struct stage *stage, enum side side)
{
    if (!(session_wishes(stage->session, side) & WISH_BARE))
        return false;
    stage->sides[side].is_secure = false;
    session_bared(stage->session, side, stage->now);
    return true;
}

bool stage_shake_hands(struct stage *stage, enum side side)
{
    if (!(session_wishes(stage->session, side) & WISH_SECURE))
        return leave_tls(stage, side);
    feed_all(stage, side);
    if (strike(stage, side, session_tls_plan(stage->session, side)))
        return true;
    switch (stage->sides[side].handshake) {
    case PLAY_HANDSHAKE_UNVERIFIED:
    case PLAY_HANDSHAKE_SUCCEEDS: succeed(stage, side); return true;
    case PLAY_HANDSHAKE_FAILS:
        session_tls_failed(stage->session, side, SPAN("the peer sent an alert"), stage->now);
        return true;
    case PLAY_HANDSHAKE_HANGS: return false;
    }
    return false;
}
