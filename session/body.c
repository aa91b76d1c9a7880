/* body: mail on its way to the server: where it goes, and what rules made of its lines. Chunks of
 * our own are bdat.c's, the end of the mail is body_end.c's. */
#include <string.h>

#include "base/check.h"
#include "session/state.h"

static struct lane *mail_lane(struct session *session)
{
    return &session->lanes[TO_SERVER];
}

/* -- beginnings ----------------------------------------------------------------------------- */

static void begin(struct session *session, enum body_route route, instant now)
{
    struct mail *mail = &session->mail;
    mail->route = route;
    mail->tail_len = 0;
    swap_forget(&mail->swap);
    mail->holds_tail = mail->answered = mail->swallows = mail->told = false;
    mail_lane(session)->decoder.body_as_lines =
        route != BODY_NOWHERE && judge_wants_lines(session, TO_SERVER, now);
}

void mail_begin(struct session *session, instant now)
{
    bool passes = session->dialogue.server_in_body;
    session->dialogue.body_bytes = 0;
    bool held = !passes && session->mail.hold.whole && !session->detached;
    begin(session, passes ? BODY_PASSES : held ? BODY_HELD : BODY_NOWHERE, now);
    session->mail.first = mail_lane(session)->decoder.number;
    session->mail.too_long = false;
    session->mail.noop_due = instant_after(now, session->mail.hold.noop);
    session->mail.holds_tail = passes && judge_wants(session, TO_SERVER, now) & SMTP_BODY_END;
    decoder_enter(&mail_lane(session)->decoder, PHASE_DATA);
}

void chunk_begin(struct session *session, uint64_t size, bool last, enum body_route route,
                 instant now)
{
    struct decoder *decoder = &mail_lane(session)->decoder;
    if (!decoder->in_message)
        session->dialogue.body_bytes = 0;
    begin(session, route, now);
    decoder_enter_chunk(decoder, size, last);
    if (size == 0)
        chunk_ends(session);
}

/* -- lines ---------------------------------------------------------------------------------- */

/* The part of a line ending at the end of `bytes` that may belong to the end of the mail. */
static size_t tail_length(struct span bytes)
{
    size_t end = span_line_end(bytes).len;
    return end == 0 && span_ends(bytes, SPAN("\r")) ? 1 : end;
}

static bool has_window(const struct mail *mail)
{
    return mail->route == BODY_PASSES && mail->hold.window > 0;
}

/* Sends bytes of mail on; the last ones of a window stay behind. */
static void send_on(struct session *session, struct span bytes, const struct outcome *outcome)
{
    struct mail *mail = &session->mail;
    struct lane *lane = mail_lane(session);
    if (!has_window(mail)) {
        lane_send(lane, bytes, outcome);
        return;
    }
    chain_append(&mail->kept, bytes);
    if (mail->kept.len > mail->hold.window)
        outbox_move_paced(
            &lane->out, &mail->kept, mail->kept.len - (size_t)mail->hold.window,
            (struct pace){ outcome->pace_bytes, outcome->pace_gap, outcome->pace_until });
}

void mail_lets_go(struct session *session)
{
    struct mail *mail = &session->mail;
    struct lane *lane = mail_lane(session);
    if (mail->route != BODY_HELD && !mail->asks)
        outbox_move(&lane->out, &mail->kept, mail->kept.len);
    outbox_add(&lane->out, span_make(mail->tail, mail->tail_len));
    mail->tail_len = 0;
    struct swap line = swap_take(&mail->swap);
    if (mail->route == BODY_RECHUNK)
        chunk_gathers(session, text_span(&line.bytes));
    else
        outbox_add(&lane->out, text_span(&line.bytes));
    swap_deinit(&line);
}

/* Sends mail but for its last line ending, which stays behind as the new tail. */
static void send_but_tail(struct session *session, struct span bytes, const struct outcome *outcome)
{
    struct mail *mail = &session->mail;
    struct lane *lane = mail_lane(session);
    uint8_t joined[sizeof mail->tail + 1];
    if (bytes.len == 1) {
        /* A lone byte may complete the line ending that the tail began. */
        memcpy(joined, mail->tail, mail->tail_len);
        joined[mail->tail_len] = bytes.ptr[0];
        bytes = span_make(joined, mail->tail_len + 1);
        mail->tail_len = 0;
    }
    send_on(session, span_make(mail->tail, mail->tail_len), outcome);
    mail->tail_len = tail_length(bytes);
    send_on(session, span_drop_last(bytes, mail->tail_len), outcome);
    memcpy(mail->tail, bytes.ptr + bytes.len - mail->tail_len, mail->tail_len);
    /* A lenient server ends the mail at this dot, if it gets to see the whole line. */
    if (lane->decoder.dot_candidate)
        mail_lets_go(session);
}

/* Sends what has become of a piece of mail. */
static void send_mail(struct session *session, struct span bytes, const struct outcome *outcome)
{
    if (bytes.len == 0)
        return;
    if (session->mail.route == BODY_RECHUNK)
        chunk_gathers(session, bytes);
    else if (session->mail.holds_tail)
        send_but_tail(session, bytes, outcome);
    else
        send_on(session, bytes, outcome);
}

/* The side leaves TLS: what follows of the mail is in clear. */
static void bare(struct session *session)
{
    struct mail *mail = &session->mail;
    mail_lets_go(session);
    if (mail->route == BODY_RECHUNK)
        mail->bare_at = mail->chunk.len + 1;
    else
        outbox_step(&mail_lane(session)->out, STEP_BARE);
}

/* What stands in for a piece of mail leaves with its pauses. */
static void send_pieces(struct session *session, struct span content, const struct outcome *outcome)
{
    size_t begin = 0;
    for (size_t i = 0; i < outcome->piece_count && begin < content.len; i++) {
        size_t end = outcome->pieces[i].end;
        outbox_wait(&mail_lane(session)->out, outcome->pieces[i].wait);
        if (outcome->pieces[i].bare)
            bare(session);
        send_mail(session, span_drop(span_take(content, end), begin), outcome);
        begin = end;
    }
}

/* Without anything to add or keep back, bytes are relinked, not copied. */
static bool passes_as_is(const struct session *session, const struct outcome *outcome)
{
    return session->mail.route == BODY_PASSES && !has_window(&session->mail) &&
           !session->mail.holds_tail && !outcome->taken && outcome->fate == FATE_NONE;
}

void mail_leaves(struct session *session, const struct smtp_event *event,
                 const struct outcome *outcome)
{
    struct lane *lane = mail_lane(session);
    outbox_wait(&lane->out, outcome->delay);
    if (passes_as_is(session, outcome)) {
        lane_forward(lane, event->raw.len, outcome);
        return;
    }
    struct span bytes = outcome->taken ? text_span(&outcome->content) : event->raw;
    bytes = span_take(bytes, before_fate(outcome, bytes.len));
    if (outcome->taken && lane->ahead == 0)
        send_pieces(session, bytes, outcome);
    else
        send_mail(session, span_drop(bytes, lane->ahead), outcome);
    lane_discard(lane, event->raw.len);
    apply_fate(session, outcome->fate, lane);
}

void mail_adds(struct session *session, struct span line)
{
    static const struct outcome as_it_is = { .fate_after = UINT64_MAX };
    send_mail(session, line, &as_it_is);
}

void mail_breaks_off(struct session *session)
{
    mail_lets_go(session);
    chunk_breaks_off(session);
}

void mail_ended_leniently(struct session *session, instant now)
{
    session->messages++;
    session->dialogue.client_in_body = session->dialogue.server_in_body = false;
    log_body(session, mail_lane(session)->decoder.body_bytes, now);
    final_place(session, false);
}
