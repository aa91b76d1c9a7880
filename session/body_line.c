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

void swapped_line_goes(struct session *session)
{
    struct swap line = swap_take(&session->mail.swap);
    if (line.bytes.len > 0 && session->mail.route != BODY_NOWHERE && !session->detached) {
        outbox_wait(&mail_lane(session)->out, line.delay);
        mail_adds(session, text_span(&line.bytes));
    }
    swap_deinit(&line);
}

/* Pieces of a line, and what has left already, cannot wait. */
static bool line_waits(struct session *session, const struct smtp_event *event,
                       const struct outcome *outcome, instant now)
{
    struct lane *lane = mail_lane(session);
    if (!event->body.starts_line || !event->body.ends_line || lane->ahead > 0 ||
        !swap_keeps(&session->mail.swap, event, outcome, now))
        return false;
    lane_discard(lane, event->raw.len);
    return true;
}

static void line_leaves(struct session *session, const struct smtp_event *event,
                        const struct outcome *outcome, instant now)
{
    bool ends_line = event->body.ends_line;
    if (outcome->has_answer && !session->mail.answered)
        line_is_answered(session, event, outcome, now);
    else
        mail_leaves(session, event, outcome);
    if (ends_line)
        line_goes(session);
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
        if (!line_waits(session, event, outcome, now))
            line_leaves(session, event, outcome, now);
    }
    if (ends_chunk) {
        line_goes(session);
        chunk_ends(session);
    }
}
