/* body_end: the end of a mail: the lone dot, or the last byte of the last BDAT chunk. It passes, is
 * changed, or is answered here, in which case the server never gets it. */
#include <string.h>

#include "base/check.h"
#include "session/state.h"

static struct lane *mail_lane(struct session *session)
{
    return &session->lanes[TO_SERVER];
}

static void answer_final(struct session *session, bool chunked, const struct outcome *outcome,
                         enum reply_source source)
{
    struct pending *pending = final_place(session, chunked);
    if (pending)
        answer_later(pending, outcome, source);
}

/* As the server refused DATA, or in our own words. */
static void refuse_mail(const struct session *session, struct text *answer)
{
    struct span refusal = text_span(&session->mail.refusal);
    text_clear(answer);
    text_add(answer, refusal);
    if (refusal.len == 0)
        text_addf(answer, "451 4.3.0 %.*s the mail was not passed on\r\n",
                  (int)session->facts.host.len, (const char *)session->facts.host.ptr);
}

/* The mail went nowhere. The dot is answered by a rule, or by what the server said to DATA; a chunk
 * was answered with its command. */
static void end_of_nowhere(struct session *session, const struct smtp_event *event, instant now)
{
    judge(session, event, now);
    struct outcome *outcome = judged(session);
    if (!outcome->has_answer)
        refuse_mail(session, &outcome->answer);
    if (!event->body.chunked)
        answer_final(session, false, outcome, REPLY_LOCAL);
    lane_discard(mail_lane(session), event->raw.len);
}

/* The end as rules see it: what was held back of the last line, and the dot. */
static void join_tail(struct mail *mail, struct smtp_event *event)
{
    check(mail->tail_len + event->raw.len <= sizeof mail->end);
    memcpy(mail->end, mail->tail, mail->tail_len);
    if (event->raw.len)
        memcpy(mail->end + mail->tail_len, event->raw.ptr, event->raw.len);
    event->raw = span_make(mail->end, mail->tail_len + event->raw.len);
    mail->tail_len = 0;
}

/* Where the dot does not leave, the line ending before it still does: it is text. */
static void release_line_end(struct session *session, const struct smtp_event *event)
{
    if (session->mail.route != BODY_RECHUNK && !event->body.chunked)
        outbox_add(&mail_lane(session)->out, span_drop_last(event->raw, event->body.dot));
}

/* The server never gets the end; the client is answered here, and the server's leg given up. */
static void end_is_spared(struct session *session, const struct smtp_event *event,
                          const struct outcome *outcome, instant now)
{
    bool lags = session->mail.kept.len > 0;
    chain_drop(&session->mail.kept, session->mail.kept.len);
    if (!lags)
        release_line_end(session, event);
    if (session->mail.route == BODY_RECHUNK) {
        chain_drop(&session->mail.chunk, session->mail.chunk.len);
        dialogue_expect(&session->dialogue)->client_verb = VERB_BDAT;
    }
    answer_final(session, event->body.chunked, outcome, REPLY_LOCAL);
    give_up_server(session, outcome->fate, now);
}

/* What rules put at the end of mail that came by BDAT is its last lines. */
static void last_chunk_leaves(struct session *session, const struct outcome *outcome)
{
    if (outcome->fate != FATE_NONE && outcome->fate_after == 0) {
        chain_drop(&session->mail.chunk, session->mail.chunk.len);
        return;
    }
    if (outcome->taken)
        chain_append(&session->mail.chunk, text_span(&outcome->content));
    chunk_say(session, true, session->mail.swallows ? REPLY_SWALLOWED : REPLY_PASSES);
}

/* The server gets the end as the rules leave it. */
static void end_leaves(struct session *session, const struct smtp_event *event,
                       const struct outcome *outcome)
{
    struct lane *lane = mail_lane(session);
    outbox_move(&lane->out, &session->mail.kept, session->mail.kept.len);
    if (!outcome->has_answer)
        outbox_wait(&lane->out, outcome->delay);
    if (session->mail.route == BODY_RECHUNK)
        last_chunk_leaves(session, outcome);
    else if (outcome->taken)
        lane_send_content(lane, outcome, before_fate(outcome, outcome->content.len));
    else
        lane_send(lane, span_take(event->raw, before_fate(outcome, event->raw.len)), outcome);
    session->dialogue.server_in_body = false;
    if (outcome->has_answer) {
        answer_final(session, event->body.chunked, outcome, REPLY_REPLACED);
    } else {
        final_place(session, event->body.chunked);
        apply_fate(session, outcome->fate, lane);
    }
}

/* Nobody gets the end: the server waits for it, the client for a reply. */
static void end_is_dropped(struct session *session, const struct smtp_event *event,
                           const struct outcome *outcome)
{
    release_line_end(session, event);
    chain_drop(&session->mail.chunk, session->mail.chunk.len);
    apply_fate(session, outcome->fate, mail_lane(session));
}

static void end_of_passing(struct session *session, struct smtp_event *event, instant now)
{
    struct lane *lane = mail_lane(session);
    line_goes(session);
    size_t held = session->mail.tail_len;
    size_t dot = event->body.dot = event->raw.len;
    size_t gone = lane->ahead < dot ? lane->ahead : dot;
    join_tail(&session->mail, event);
    const struct outcome *outcome = judge(session, event, now);
    lane_discard(lane, dot);
    /* What has left already, unfinished, cannot be said again. */
    event->raw = span_drop(event->raw, held ? 0 : gone);
    if (outcome->has_answer && !outcome->answer_told)
        end_is_spared(session, event, outcome, now);
    else if (outcome->taken && outcome->piece_count == 0)
        end_is_dropped(session, event, outcome);
    else
        end_leaves(session, event, outcome);
}

void handle_body_end(struct session *session, struct smtp_event *event, instant now)
{
    session->messages++;
    session->dialogue.client_in_body = false;
    log_body(session, event->body.offset, now);
    log_event(session, event, false, now);
    if (session->mail.route == BODY_NOWHERE || session->detached)
        end_of_nowhere(session, event, now);
    else if (session->mail.route == BODY_HELD)
        held_end(session, event, now);
    else
        end_of_passing(session, event, now);
    say_answers(session, now);
}
