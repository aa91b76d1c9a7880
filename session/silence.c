/* silence: neither side has said anything for a while, and rules hear of it. Firewalls forget such
 * connections, servers end them. How long an end of ours is put off is session.c's. */
#include "session/state.h"

void silence_breaks(struct session *session, enum direction direction, instant now)
{
    struct silence *silence = &session->silence;
    struct lane *lane = &session->lanes[direction];
    if (now > silence->since) {
        silence->broken = now - silence->since;
        silence->broken_by = direction;
        silence->told = 0;
    }
    silence->since = now;
    /* What is said at the same instant as an answer has not broken anything. */
    if (lane->in.len == 0)
        lane->silence = silence->broken_by == direction ? silence->broken : 0;
}

static duration next_silence(const struct session *session)
{
    return rule_set_next_silence(session->rules, session->silence.told);
}

instant silence_due(const struct session *session)
{
    return instant_after(session->silence.since, next_silence(session));
}

static void tell(struct session *session, enum direction direction, duration silence, instant now)
{
    struct lane *lane = &session->lanes[direction];
    struct smtp_event event = { .kind = SMTP_IDLE, .going = direction, .silence = silence };
    if (!(judge_wants(session, direction, now) & SMTP_IDLE))
        return;
    event.number = ++lane->decoder.number;
    const struct outcome *outcome = judge(session, &event, now);
    outbox_wait(&lane->out, outcome->delay);
    if (outcome->taken && direction == TO_SERVER)
        tell_server_lines(session, text_span(&outcome->content), outcome);
    else if (outcome->taken)
        lane_send(lane, text_span(&outcome->content), outcome);
    apply_fate(session, outcome->fate, lane);
}

void silence_tells(struct session *session, instant now)
{
    while (now >= silence_due(session)) {
        session->silence.told = next_silence(session);
        tell(session, TO_CLIENT, session->silence.told, now);
        tell(session, TO_SERVER, session->silence.told, now);
    }
}
