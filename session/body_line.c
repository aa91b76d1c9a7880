/* body_line: a line of mail, or a stretch, meets the rules. It leaves as they have it, or the
 * client is answered in the midst of its mail. */
#include "session/state.h"

static struct lane *mail_lane(struct session *session)
{
    return &session->lanes[TO_SERVER];
}

/* There will be no other reply to the mail. */
static void answer_early(struct session *session, bool chunked, const struct outcome *outcome)
{
    struct pending *pending = dialogue_expect(&session->dialogue);
    pending->client_verb = chunked ? VERB_BDAT : VERB_DATA;
    pending->after_message = true;
    answer_later(pending, outcome, REPLY_LOCAL);
    session->mail.answered = true;
    session->mail.swallows = outcome->answer_told;
}

/* The server gets no more of the mail, and never its end. */
static void mail_stops(struct session *session, const struct outcome *outcome, instant now)
{
    struct mail *mail = &session->mail;
    chain_drop(&mail->kept, mail->kept.len);
    mail_lets_go(session);
    chain_drop(&mail->chunk, mail->chunk.len);
    mail->route = BODY_NOWHERE;
    give_up_server(session, outcome->fate, now);
}

static void line_is_answered(struct session *session, const struct smtp_event *event,
                             const struct outcome *outcome, instant now)
{
    static const struct outcome untouched = { .fate_after = UINT64_MAX };
    answer_early(session, event->body.chunked, outcome);
    if (outcome->answer_told) {
        mail_leaves(session, event, &untouched);
    } else {
        mail_stops(session, outcome, now);
        lane_discard(mail_lane(session), event->raw.len);
    }
    say_answers(session, now);
}

void handle_body(struct session *session, const struct smtp_event *event, instant now)
{
    bool ends_chunk = event->body.ends_chunk;
    session->dialogue.body_bytes += event->raw.len;
    if (session->mail.route == BODY_NOWHERE || session->detached) {
        lane_discard(mail_lane(session), event->raw.len);
    } else {
        notice_line(session, event);
        if (session->mail.route == BODY_HELD) {
            held_line(session, event, now);
            return;
        }
        const struct outcome *outcome = judge(session, event, now);
        if (outcome->has_answer && !session->mail.answered)
            line_is_answered(session, event, outcome, now);
        else
            mail_leaves(session, event, outcome);
    }
    if (ends_chunk)
        chunk_ends(session);
}
