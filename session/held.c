/* held: mail that a rule keeps until it is complete. The rules see its lines then, knowing all of
 * it; the server hears of it only now, or never. */
#include "base/limits.h"
#include "session/state.h"

#define TOO_LONG "552 5.3.4 the mail is too long to be kept\r\n"

static struct lane *mail_lane(struct session *session)
{
    return &session->lanes[TO_SERVER];
}

void held_line(struct session *session, const struct smtp_event *event, instant now)
{
    struct mail *mail = &session->mail;
    (void)now;
    mail->too_long |= mail->kept.len + event->raw.len > HOLD_BYTES_MAX;
    if (!mail->too_long)
        chain_append(&mail->kept, event->raw);
    lane_discard(mail_lane(session), event->raw.len);
}

/* -- commands of our own -------------------------------------------------------------------- */

static void say(struct session *session, struct span line, enum verb verb)
{
    outbox_add(&mail_lane(session)->out, line);
    pending_swallowed(&session->dialogue, verb);
}

static void say_path(struct session *session, const char *words, struct span path, enum verb verb)
{
    struct text line = { 0 };
    text_addf(&line, "%s:<", words);
    text_add(&line, path);
    text_add(&line, SPAN(">\r\n"));
    say(session, text_span(&line), verb);
    text_deinit(&line);
}

/* The same envelope once more. */
static void say_envelope(struct session *session)
{
    const struct envelope *granted = &session->dialogue.granted;
    say_path(session, "MAIL FROM", text_span(&granted->sender), VERB_MAIL);
    for (size_t i = 0; envelope_recipient(granted, i).len > 0; i++)
        say_path(session, "RCPT TO", envelope_recipient(granted, i), VERB_RCPT);
    say(session, SPAN("DATA\r\n"), VERB_DATA);
}

/* -- NOOP ----------------------------------------------------------------------------------- */

static bool wants_noop(const struct session *session)
{
    const struct mail *mail = &session->mail;
    return mail->hold.noop > 0 && mail->route == BODY_HELD && session->dialogue.client_in_body &&
           !session->detached;
}

instant held_due(const struct session *session)
{
    return wants_noop(session) ? session->mail.noop_due : NEVER;
}

void held_tick(struct session *session, instant now)
{
    struct mail *mail = &session->mail;
    while (wants_noop(session) && mail->noop_due <= now) {
        say(session, SPAN("NOOP\r\n"), VERB_NOOP);
        mail->noop_due = instant_after(mail->noop_due, mail->hold.noop);
    }
}

/* The mail waits for its scan to end; the server goes on hearing NOOP. */
static void wait_for_scan(struct session *session, duration wait)
{
    duration noop = session->mail.hold.noop;
    struct outbox *out = &mail_lane(session)->out;
    while (noop > 0 && wait != NEVER && wait > noop) {
        outbox_wait(out, noop);
        say(session, SPAN("NOOP\r\n"), VERB_NOOP);
        wait -= noop;
    }
    outbox_wait(out, wait);
}

/* -- the rules ------------------------------------------------------------------------------ */

/* One answer for the whole mail, the first that a line asks for, and the harshest fate. */
struct held_verdict {
    bool has_answer;
    struct text answer;
    duration wait; /* before the answer */
    enum fate fate;
};

static void note_verdict(struct held_verdict *verdict, const struct outcome *outcome)
{
    if (outcome->has_answer && !verdict->has_answer) {
        verdict->has_answer = true;
        text_add(&verdict->answer, text_span(&outcome->answer));
        verdict->wait = outcome->delay;
    }
    if (outcome->fate > verdict->fate)
        verdict->fate = outcome->fate;
}

/* All lines meet the rules; what they become takes their place. */
static void judge_lines(struct session *session, struct held_verdict *verdict, instant now)
{
    struct mail *mail = &session->mail;
    struct decoder decoder;
    struct smtp_event event;
    struct chain out;
    chain_init(&out, session->pool);
    decoder_init(&decoder, TO_SERVER, mail_lane(session)->decoder.max_line);
    decoder.bare_lf = mail_lane(session)->decoder.bare_lf;
    decoder.body_as_lines = judge_wants_lines(session, TO_SERVER, now);
    decoder.number = mail->first;
    decoder_enter(&decoder, PHASE_DATA);
    while (decoder_next(&decoder, &mail->kept, &event) == DECODED_EVENT &&
           event.kind == SMTP_BODY) {
        const struct outcome *outcome = judge(session, &event, now);
        note_verdict(verdict, outcome);
        outbox_wait(&mail_lane(session)->out, outcome->has_answer ? 0 : outcome->delay);
        chain_append(&out, outcome->taken ? text_span(&outcome->content) : event.raw);
        chain_drop(&mail->kept, event.raw.len);
    }
    chain_drop(&mail->kept, mail->kept.len);
    chain_move(&mail->kept, &out, out.len);
    chain_deinit(&out);
}

/* Rules on the end see the last line ending too. */
static void take_tail(struct mail *mail, struct smtp_event *event)
{
    size_t len = mail->kept.len;
    size_t tail = 0;
    if (len > 0 && chain_at(&mail->kept, len - 1) == '\n')
        tail = len > 1 && chain_at(&mail->kept, len - 2) == '\r' ? 2 : 1;
    for (size_t i = 0; i < tail; i++)
        mail->end[i] = chain_at(&mail->kept, len - tail + i);
    event->body.dot = event->raw.len;
    for (size_t i = 0; i < event->raw.len; i++)
        mail->end[tail + i] = event->raw.ptr[i];
    event->raw = span_make(mail->end, tail + event->raw.len);
    chain_drop_last(&mail->kept, tail);
}

/* -- the end -------------------------------------------------------------------------------- */

static void forget(struct mail *mail)
{
    chain_drop(&mail->kept, mail->kept.len);
    mail->asks = false;
}

/* The client is answered here, the server forgets the envelope. */
static void refuse(struct session *session, const struct held_verdict *verdict)
{
    const struct outcome refusal = {
        .answer = verdict->answer,
        .delay = verdict->wait,
        .fate = verdict->fate,
    };
    forget(&session->mail);
    struct pending *pending = final_place(session, false);
    if (pending)
        answer_later(pending, &refusal, REPLY_LOCAL);
    say(session, SPAN("RSET\r\n"), VERB_RSET);
}

/* The server is told DATA; the mail follows when it says 354. */
static void ask(struct session *session, const struct smtp_event *event,
                const struct outcome *outcome)
{
    struct mail *mail = &session->mail;
    chain_append(&mail->kept, outcome->taken ? text_span(&outcome->content) : event->raw);
    wait_for_scan(session, outcome->has_answer ? 0 : outcome->delay);
    say(session, SPAN("DATA\r\n"), VERB_DATA);
    mail->asks = true;
    struct pending *pending = final_place(session, false);
    if (outcome->has_answer && pending)
        answer_later(pending, outcome, REPLY_REPLACED);
}

static void end_meets_rules(struct session *session, struct smtp_event *event, enum fate fate,
                            instant now)
{
    take_tail(&session->mail, event);
    const struct outcome *outcome = judge(session, event, now);
    fate = outcome->fate > fate ? outcome->fate : fate;
    if (outcome->has_answer && !outcome->answer_told) {
        refuse(session, &(struct held_verdict){
                            .answer = outcome->answer, .wait = outcome->delay, .fate = fate });
    } else if (fate != FATE_NONE || (outcome->taken && outcome->piece_count == 0)) {
        forget(&session->mail);
        apply_fate(session, fate, mail_lane(session));
    } else {
        ask(session, event, outcome);
    }
}

void held_end(struct session *session, const struct smtp_event *event, instant now)
{
    struct held_verdict verdict = { 0 };
    struct smtp_event end = *event;
    uint8_t dot[8];
    for (size_t i = 0; i < event->raw.len && i < sizeof dot; i++)
        dot[i] = event->raw.ptr[i];
    end.raw = span_make(dot, event->raw.len);
    lane_discard(mail_lane(session), event->raw.len);
    if (session->mail.too_long) {
        text_add(&verdict.answer, SPAN(TOO_LONG));
        verdict.has_answer = true;
    } else {
        judge_lines(session, &verdict, now);
    }
    if (verdict.has_answer)
        refuse(session, &verdict);
    else
        end_meets_rules(session, &end, verdict.fate, now);
    text_deinit(&verdict.answer);
}

/* -- what the server says to it ------------------------------------------------------------- */

/* The server does not want the mail: what it said to DATA answers the dot. */
static void pass_refusal(struct session *session, struct span reply)
{
    struct pending *final = dialogue_next(&session->dialogue);
    forget(&session->mail);
    session->mail.hold.copies = 0;
    if (final && final->after_message && final->source == REPLY_PASSES) {
        final->source = REPLY_LOCAL;
        final->server_verb = VERB_NONE;
        final->answer = pending_copy(reply);
    } else if (final && final->after_message) {
        final->source = REPLY_LOCAL;
        final->server_verb = VERB_NONE;
    }
}

void held_is_answered(struct session *session, const struct smtp_event *event, instant now)
{
    struct mail *mail = &session->mail;
    (void)now;
    dialogue_answered(&session->dialogue);
    if (event->reply.code != 354) {
        pass_refusal(session, event->raw);
        return;
    }
    struct chain copy;
    chain_init(&copy, session->pool);
    if (mail->hold.copies > 0)
        chain_copy(&copy, &mail->kept, 0, mail->kept.len);
    outbox_move(&mail_lane(session)->out, &mail->kept, mail->kept.len);
    chain_move(&mail->kept, &copy, copy.len);
    chain_deinit(&copy);
}

void held_is_taken(struct session *session, unsigned code)
{
    struct mail *mail = &session->mail;
    if (!mail->asks)
        return;
    if (mail->hold.copies == 0 || code / 100 != 2) {
        forget(mail);
        return;
    }
    mail->hold.copies--;
    say_envelope(session);
    pending_swallowed(&session->dialogue, VERB_DATA)->after_message = true;
}
