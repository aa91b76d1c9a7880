/* closing: a side has ended its direction: the end meets the rules and travels on, or stays where
 * the sides were parted. */
#include "session/state.h"
#include "smtp/parse.h"

/* What the stand-in says in place of a reply that will not come. */
static void stand_in_for(struct session *session, struct pending *pending, bool may_end)
{
    enum fate fate = FATE_NONE;
    struct text reply = { 0 };
    stand_in_reply(session, pending->client_verb, &reply, &fate);
    pending->answer = pending_copy(text_span(&reply));
    pending->fate = may_end ? fate : FATE_NONE;
    text_deinit(&reply);
}

/* The server ended a leg that was given up: commands that still wait for it are answered here. What
 * a rule has answered behind them is said before the session ends. */
static void answer_for_gone_server(struct session *session, instant now)
{
    struct dialogue *dialogue = &session->dialogue;
    bool may_end = true;
    if (dialogue->count > 0 && dialogue_next(dialogue)->overtook)
        dialogue_straighten(dialogue);
    for (size_t i = dialogue->count; i-- > 0;) {
        struct pending *pending = dialogue_nth(dialogue, i);
        if (pending->source == REPLY_PASSES)
            stand_in_for(session, pending, may_end);
        may_end &= pending->source != REPLY_LOCAL;
        pending->source = REPLY_LOCAL;
    }
    say_answers(session, now);
}

void settle_leaving(struct session *session)
{
    if (!session->leaving || session->dialogue.count > 0)
        return;
    session->leaving = false;
    outbox_step(&session->lanes[TO_CLIENT].out, STEP_FINISH_ALL);
}

/* One leg of a session whose sides were parted has ended. A client that ends its direction behind a
 * pipelined QUIT still reads: it gets what it is owed. */
static void parted_leg_ended(struct session *session, enum direction direction, instant now)
{
    session->leaving |= direction == TO_SERVER;
    if (direction == TO_CLIENT)
        answer_for_gone_server(session, now);
    settle_leaving(session);
}

void handle_close(struct session *session, enum direction direction, instant now)
{
    struct lane *lane = &session->lanes[direction];
    struct smtp_event event = { .kind = SMTP_CLOSE, .going = direction };
    lane->closing = true;
    if (direction == TO_SERVER)
        command_goes(session, now);
    else
        reply_goes(session, now);
    if (session->detached) {
        parted_leg_ended(session, direction, now);
        return;
    }
    event.number = ++lane->decoder.number;
    const struct outcome *outcome = judge(session, &event, now);
    session->tls[direction_target(direction)].rude |= outcome->ends_rudely;
    outbox_wait(&lane->out, outcome->delay);
    if (outcome->taken)
        lane_send_content(lane, outcome, SIZE_MAX);
    apply_fate(session, outcome->fate, lane);
    if (outcome->fate == FATE_NONE && !(outcome->taken && outcome->piece_count == 0))
        outbox_step(&lane->out, STEP_FINISH);
}

void upstream_fails(struct session *session, enum ending ending, instant now)
{
    struct outbox *out = &session->lanes[TO_CLIENT].out;
    struct smtp_event event = { .kind = SMTP_REPLY, .going = TO_CLIENT };
    struct text reply = { 0 };
    text_addf(&reply, "421 4.3.2 %.*s Service not available, %s\r\n", (int)session->facts.host.len,
              (const char *)session->facts.host.ptr, ending_words(ending));
    event.raw = text_span(&reply);
    event.number = ++session->lanes[TO_CLIENT].decoder.number;
    event.reply = smtp_reply_parse(event.raw);
    log_event(session, &event, true, now);
    side_is_gone(session, SERVER);
    outbox_add(out, event.raw);
    outbox_step(out, STEP_FINISH_ALL);
    text_deinit(&reply);
}
