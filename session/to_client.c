/* to_client: what becomes of greetings and replies. Each finds its command through the queue, meets
 * the rules, and leaves; answers made up here take their turn in the same queue and meet the same
 * rules. */
#include <stdlib.h>

#include "base/check.h"
#include "base/limits.h"
#include "mutators/keywords.h"
#include "session/state.h"
#include "smtp/parse.h"

static struct lane *client_lane(struct session *session)
{
    return &session->lanes[TO_CLIENT];
}

/* The code the client hears: of what is sent in place of the reply, or REPLY_UNHEARD. */
static unsigned code_heard(const struct smtp_event *event, const struct outcome *outcome)
{
    if (!outcome->taken)
        return event->reply.code;
    struct span content = text_span(&outcome->content);
    return content.len ? smtp_reply_parse(content).code : REPLY_UNHEARD;
}

APART static unsigned deliver_as_asked(struct session *session, const struct smtp_event *event,
                                       bool owned, const struct outcome *outcome)
{
    struct lane *lane = client_lane(session);
    struct span bytes = outcome->taken ? text_span(&outcome->content) : event->raw;
    size_t leaves = before_fate(outcome, bytes.len);
    unsigned heard = code_heard(event, outcome);
    outbox_wait(&lane->out, outcome->delay);
    if (outcome->taken) {
        lane_send_content(lane, outcome, leaves);
        leaves = 0;
    } else if (owned) {
        lane_send(lane, span_take(bytes, leaves), outcome);
        leaves = 0;
    } else {
        lane_forward(lane, leaves, outcome);
    }
    if (!owned)
        lane_discard(lane, event->raw.len - leaves);
    apply_fate(session, outcome->fate, lane);
    return heard;
}

/* The reply leaves as the rules have it. `owned` says that its bytes are not in the lane. */
static inline unsigned deliver(struct session *session, const struct smtp_event *event, bool owned,
                               const struct outcome *outcome)
{
    if (outcome->asks || owned)
        return deliver_as_asked(session, event, owned, outcome);
    lane_forward(client_lane(session), event->raw.len, outcome);
    return event->reply.code;
}

/* -- answers made up here ------------------------------------------------------------------- */

/* What the rules, the journal and the templates learn about a reply from its command. LMTP's
 * replies to a mail are about one recipient each, in the order in which they were accepted. */
static void name_command(const struct session *session, struct smtp_event *event,
                         const struct pending *pending)
{
    const struct envelope *granted = &session->dialogue.granted;
    event->reply.after = pending->client_verb;
    event->reply.after_message = pending->after_message;
    if (pending->client_verb == VERB_RCPT)
        event->reply.recipient = text_span(&pending->address);
    else if (pending->after_message && session->dialogue.lmtp &&
             granted->recipient_count >= pending->replies)
        event->reply.recipient =
            envelope_recipient(granted, granted->recipient_count - pending->replies);
}

APART static void say_answer(struct session *session, struct pending *pending, unsigned received,
                             instant now)
{
    struct lane *lane = client_lane(session);
    struct smtp_event event = { .kind = SMTP_REPLY, .going = TO_CLIENT, .raw = pending->answer };
    event.number = ++lane->decoder.number;
    event.reply = smtp_reply_parse(event.raw);
    name_command(session, &event, pending);
    session->replies++;
    log_event(session, &event, true, now);
    const struct outcome *outcome = judge(session, &event, now);
    outbox_wait(&lane->out, pending->wait);
    unsigned heard = deliver(session, &event, true, outcome);
    apply_fate(session, (enum fate)pending->fate, lane);
    reply_passed(session, pending, received, heard, pending->answer, now);
    dialogue_answered(&session->dialogue);
}

static void take_held(struct session *session, struct pending *pending, instant now);

static void say_local(struct session *session, struct pending *pending, instant now)
{
    pending->replies = 1;
    /* A rule's own command at a server that is gone: nobody is owed an answer. */
    if (pending->answer.len == 0)
        dialogue_answered(&session->dialogue);
    else
        say_answer(session, pending, 0, now);
}

/* Not before the greeting, not into the middle of a reply that is passing, and not behind an end
 * that a rule has made. */
static bool has_its_turn(const struct session *session, const struct pending *pending)
{
    if (!pending || !session->greeted || session->lanes[TO_CLIENT].ahead > 0 ||
        session->lanes[TO_SERVER].deaf)
        return false;
    return pending->kept || (pending->source == REPLY_LOCAL && !session->opaque);
}

void say_waiting_answers(struct session *session, instant now)
{
    struct pending *next = dialogue_next(&session->dialogue);
    while (has_its_turn(session, next)) {
        if (next->kept) {
            next->kept = false;
            take_held(session, next, now);
        } else {
            say_local(session, next, now);
        }
        next = dialogue_next(&session->dialogue);
    }
}

/* A rule on connect may have greeted the client already, or be about to. */
void handle_greeting(struct session *session, const struct smtp_event *event, instant now)
{
    struct pending *ours = dialogue_next(&session->dialogue);
    log_event(session, event, false, now);
    session->greeted = true;
    if (ours && ours->source == REPLY_REPLACED && ours->client_verb == VERB_NONE) {
        lane_discard(client_lane(session), event->raw.len);
        say_answer(session, ours, event->reply.code, now);
    } else {
        deliver(session, event, false, judge(session, event, now));
    }
    say_answers(session, now);
}

/* -- replies -------------------------------------------------------------------------------- */

/* The command that the server is replying to; NULL when it speaks unasked. */
static struct pending *command_of_reply(struct session *session, struct smtp_event *event,
                                        instant now)
{
    struct lane *mail = &session->lanes[TO_SERVER];
    if (mail->in.len == 0 && decoder_end_at_candidate(&mail->decoder))
        mail_ended_leniently(session, now);
    struct pending *pending = dialogue_next(&session->dialogue);
    if (!pending || pending->source == REPLY_LOCAL) {
        /* A reply in the middle of the mail is the one to the mail, too early. */
        session->mail.answered |= session->dialogue.client_in_body;
        event->reply.after = session->dialogue.client_in_body ? VERB_DATA : VERB_NONE;
        event->reply.after_message = session->dialogue.client_in_body;
        return NULL;
    }
    if (pending->replies == 0) {
        size_t accepted = session->dialogue.granted.recipient_count;
        pending->replies = accepted ? (unsigned)accepted : 1;
    }
    name_command(session, event, pending);
    return pending;
}

/* Nobody asked: it passes, unless the client has been parted from this server. */
static void unasked(struct session *session, const struct smtp_event *event, instant now)
{
    if (session->detached)
        lane_discard(client_lane(session), event->raw.len);
    else
        deliver(session, event, false, judge(session, event, now));
}

/* A reply that is not in the lane any more has left it already. */
static void leave_lane(struct session *session, const struct smtp_event *event, bool owned)
{
    if (!owned)
        lane_discard(client_lane(session), event->raw.len);
}

/* The reply to the DATA that a kept mail waits for. */
static bool is_for_held(const struct session *session, const struct pending *pending)
{
    return session->mail.asks && pending->server_verb == VERB_DATA && !pending->after_message;
}

APART static void swallow(struct session *session, const struct smtp_event *event, bool owned,
                          const struct pending *pending, instant now)
{
    bool final = pending->after_message;
    unsigned code = event->reply.code;
    if (is_for_held(session, pending)) {
        held_is_answered(session, event, now);
        leave_lane(session, event, owned);
        return;
    }
    reply_passed(session, pending, code, REPLY_UNHEARD, event->raw, now);
    leave_lane(session, event, owned);
    dialogue_answered(&session->dialogue);
    if (final)
        held_is_taken(session, code);
}

/* -- one behind the next -------------------------------------------------------------------- */

/* Replies that decide what bytes mean, or that are one of several, keep their place. */
static bool may_swap(const struct pending *pending)
{
    return pending->source == REPLY_PASSES && !pending->after_message && pending->replies == 1 &&
           !pending->overtook && !pending->held.ptr && verb_may_swap(pending->client_verb) &&
           verb_may_swap(pending->server_verb);
}

static void say_kept(struct session *session, const struct swap *kept, unsigned received,
                     instant now)
{
    struct lane *lane = client_lane(session);
    struct pending *pending = dialogue_next(&session->dialogue);
    struct span reply = text_span(&kept->bytes);
    if (!pending)
        return;
    outbox_wait(&lane->out, kept->delay);
    outbox_add(&lane->out, reply);
    reply_passed(session, pending, received, smtp_reply_parse(reply).code, SPAN(""), now);
    dialogue_answered(&session->dialogue);
}

void reply_goes(struct session *session, instant now)
{
    struct swap kept = swap_take(&client_lane(session)->swap);
    if (kept.bytes.len > 0) {
        say_kept(session, &kept, smtp_reply_parse(text_span(&kept.bytes)).code, now);
        say_answers(session, now);
    }
    swap_deinit(&kept);
}

/* The client takes this reply for the answer to the command before, and the one that waited for the
 * answer to this one's. */
static bool reply_overtakes(struct session *session, struct smtp_event *event, instant now)
{
    struct dialogue *dialogue = &session->dialogue;
    if (dialogue->count < 2 || !may_swap(dialogue_nth(dialogue, 1)))
        return false;
    unsigned code = event->reply.code;
    name_command(session, event, dialogue_nth(dialogue, 1));
    log_event(session, event, false, now);
    unsigned heard = deliver(session, event, false, judge(session, event, now));
    struct swap kept = swap_take(&client_lane(session)->swap);
    unsigned kept_code = smtp_reply_parse(text_span(&kept.bytes)).code;
    reply_passed(session, dialogue_next(dialogue), kept_code, heard, SPAN(""), now);
    dialogue_answered(dialogue);
    say_kept(session, &kept, code, now);
    say_answers(session, now);
    swap_deinit(&kept);
    return true;
}

/* Its command overtook another on the way to the server. */
static void wait_for_other(struct session *session, const struct smtp_event *event,
                           struct pending *pending)
{
    pending->held = pending_copy(event->raw);
    pending->kept = true;
    lane_discard(client_lane(session), event->raw.len);
    dialogue_straighten(&session->dialogue);
}

/* `text` is what may have to be said again of the reply, in a place of its own: the bytes leave the
 * lane before what follows from them is settled. */
static void pass_shown(struct session *session, const struct smtp_event *event, bool owned,
                       const struct pending *pending, struct span text, instant now)
{
    unsigned received = event->reply.code;
    bool final = pending->after_message;
    const struct outcome *outcome = judge(session, event, now);
    if (outcome->swap && may_swap(pending) &&
        swap_keeps(&client_lane(session)->swap, event, outcome, now)) {
        leave_lane(session, event, owned);
        return;
    }
    unsigned heard = deliver(session, event, owned, outcome);
    reply_passed(session, pending, received, heard, text, now);
    dialogue_answered(&session->dialogue);
    if (final)
        held_is_taken(session, received);
}

APART static void pass_refusal(struct session *session, const struct smtp_event *event, bool owned,
                               const struct pending *pending, instant now)
{
    struct text refusal = { 0 };
    text_add(&refusal, event->raw);
    pass_shown(session, event, owned, pending, text_span(&refusal), now);
    text_deinit(&refusal);
}

/* False when there is nothing to edit. */
APART static bool pass_edited(struct session *session, const struct smtp_event *event, bool owned,
                              const struct pending *pending, instant now)
{
    struct smtp_event edited = *event;
    struct text offer = { 0 };
    if (!starttls_edit_offer(session, event, &offer))
        return false;
    edited.raw = text_span(&offer);
    leave_lane(session, event, owned);
    pass_shown(session, &edited, true, pending, edited.raw, now);
    text_deinit(&offer);
    return true;
}

static void pass(struct session *session, const struct smtp_event *event, bool owned,
                 const struct pending *pending, instant now)
{
    if (event->reply.code >= 400)
        pass_refusal(session, event, owned, pending, now);
    else if (!keywords_are_in(event) || !pass_edited(session, event, owned, pending, now))
        pass_shown(session, event, owned, pending, SPAN(""), now);
}

/* `owned` says that the reply's bytes are not in the lane. */
static void take_reply(struct session *session, const struct smtp_event *event, bool owned,
                       struct pending *pending, instant now)
{
    if (pending->source == REPLY_SWALLOWED) {
        swallow(session, event, owned, pending, now);
    } else if (pending->source == REPLY_PASSES) {
        pass(session, event, owned, pending, now);
    } else {
        leave_lane(session, event, owned);
        say_answer(session, pending, event->reply.code, now);
    }
}

/* -- replies that wait for TLS with the server ---------------------------------------------- */

static bool grants_tls(const struct session *session, const struct smtp_event *event,
                       const struct pending *pending)
{
    return pending && pending->server_verb == VERB_STARTTLS && event->reply.code == 220 &&
           tls_is_ours(session, SERVER) && session->tls[SERVER].state == TLS_CLEAR &&
           !session->detached;
}

/* The handshake comes before anything that follows from the 220. */
static void hold_reply(struct session *session, const struct smtp_event *event,
                       struct pending *pending, instant now)
{
    if (!pending->held.ptr)
        pending->held = pending_copy(event->raw);
    lane_discard(client_lane(session), event->raw.len);
    tls_begin(session, SERVER, now);
}

/* The reply takes effect as if it had come only now. */
static void take_held(struct session *session, struct pending *pending, instant now)
{
    struct span held = pending->held;
    struct smtp_event event = { .kind = SMTP_REPLY, .going = TO_CLIENT, .raw = held };
    event.number = ++client_lane(session)->decoder.number;
    event.reply = smtp_reply_parse(held);
    name_command(session, &event, pending);
    pending->held = span_make(NULL, 0);
    take_reply(session, &event, true, pending, now);
    free((void *)held.ptr);
}

/* The server has refused our own STARTTLS: its reply to EHLO is shown after all. */
static void take_refusal(struct session *session, const struct smtp_event *event,
                         struct pending *pending, instant now)
{
    session->tls[SERVER].refused = true;
    pending->server_verb = pending->client_verb;
    lane_discard(client_lane(session), event->raw.len);
    take_held(session, pending, now);
}

void held_reply_goes_on(struct session *session, instant now)
{
    struct pending *pending = dialogue_next(&session->dialogue);
    if (!pending || !pending->held.ptr)
        return;
    if (verb_is_hello(pending->client_verb)) {
        pending->server_verb = pending->client_verb;
        pending_forget_held(pending);
        starttls_repeat_hello(session, now);
        return;
    }
    take_held(session, pending, now);
    /* The client stays as it is, and knows nothing of a server that has forgotten its EHLO. */
    if (!secure_is_under_way(session, CLIENT) && session->dialogue.helo.len > 0) {
        dialogue_expect(&session->dialogue)->source = REPLY_SWALLOWED;
        starttls_repeat_hello(session, now);
    }
    say_answers(session, now);
}

void held_reply_fails(struct session *session, instant now)
{
    struct pending *pending = dialogue_next(&session->dialogue);
    bool hello = verb_is_hello(pending->client_verb);
    struct text reply = { 0 };
    text_addf(&reply, "%s 4.7.0 %.*s TLS not available, the server's side has failed\r\n",
              hello ? "421" : "454", (int)session->facts.host.len,
              (const char *)session->facts.host.ptr);
    pending_forget_held(pending);
    if (pending->source == REPLY_PASSES) {
        pending->answer = pending_copy(text_span(&reply));
        pending->fate = hello ? FATE_FINISH : FATE_NONE;
    }
    pending->source = REPLY_LOCAL;
    pending->server_verb = VERB_NONE;
    text_deinit(&reply);
    say_answers(session, now);
}

/* -- the whole ------------------------------------------------------------------------------ */

/* A server that has carried out what was said in clear before TLS (RFC 3207 section 4.2). */
static bool answers_injection(struct session *session, const struct smtp_event *event, instant now)
{
    struct tls_side *tls = &session->tls[SERVER];
    if (tls->state != TLS_SECURE || tls->injected == 0)
        return false;
    tls->injected--;
    log_error(session, "injected", "the server answers what was said in clear before TLS", now);
    lane_discard(client_lane(session), event->raw.len);
    return true;
}

void handle_reply(struct session *session, struct smtp_event *event, instant now)
{
    session->replies++;
    session->not_replies = 0;
    /* Behind one that goes, the reply to what overtook it may wait in turn. */
    while (client_lane(session)->swap) {
        if (reply_overtakes(session, event, now))
            return;
        reply_goes(session, now);
    }
    struct pending *pending = command_of_reply(session, event, now);
    log_event(session, event, false, now);
    if (pending && pending->overtook) {
        wait_for_other(session, event, pending);
        return;
    }
    forward_note_offer(session, event, pending);
    if (grants_tls(session, event, pending)) {
        hold_reply(session, event, pending, now);
        return;
    }
    if (starttls_is_due(session, event, pending)) {
        starttls_say(session, event, pending, now);
        lane_discard(client_lane(session), event->raw.len);
        return;
    }
    if (!pending) {
        if (!answers_injection(session, event, now))
            unasked(session, event, now);
    } else if (pending->held.ptr) {
        take_refusal(session, event, pending, now);
    } else {
        take_reply(session, event, false, pending, now);
    }
    say_answers(session, now);
}

/* -- other ---------------------------------------------------------------------------------- */

/* Nobody shall hear it: the leg was given up, or it is a part of an overlong reply that a rule has
 * replaced or brought about. */
static bool is_unheard(struct session *session)
{
    const struct decoder *decoder = &client_lane(session)->decoder;
    const struct pending *next = dialogue_next(&session->dialogue);
    bool of_reply =
        decoder->mid_reply || decoder->rest == REST_CONTINUES || decoder->rest == REST_ENDS;
    if (session->detached || !of_reply || session->opaque)
        return session->detached;
    return next && (next->source == REPLY_SWALLOWED || next->source == REPLY_REPLACED);
}

void handle_server_other(struct session *session, const struct smtp_event *event, instant now)
{
    bool counts = !event->overlong && !session->opaque;
    bool blank = span_chomp(event->raw).len == 0;
    reply_goes(session, now);
    if (is_unheard(session))
        lane_discard(client_lane(session), event->raw.len);
    else
        lane_forward(client_lane(session), event->raw.len, NULL);
    if (!counts)
        return;
    session->not_replies++;
    if (!session->greeted && !blank)
        turn_opaque(session, "the server's first line is no reply", now);
    else if (session->not_replies > NOT_REPLIES_MAX)
        turn_opaque(session, "the server's lines are no replies", now);
}
