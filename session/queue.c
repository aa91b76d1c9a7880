/* queue: places in the queue of commands that wait for their reply, and answers that are kept for
 * their turn. */
#include "session/state.h"
#include "smtp/parse.h"

void answer_later(struct pending *pending, const struct outcome *outcome, enum reply_source source)
{
    pending->source = source;
    pending->answer = pending_copy(text_span(&outcome->answer));
    pending->wait = outcome->delay;
    pending->fate = outcome->fate;
    if (source == REPLY_LOCAL)
        pending->server_verb = VERB_NONE;
}

struct pending *pending_swallowed(struct dialogue *dialogue, enum verb verb)
{
    struct pending *pending = dialogue_expect(dialogue);
    pending->server_verb = verb;
    pending->client_verb = VERB_NONE;
    pending->source = REPLY_SWALLOWED;
    return pending;
}

struct pending *final_place(struct session *session, bool chunked)
{
    struct dialogue *dialogue = &session->dialogue;
    if (session->mail.swallows && !chunked) {
        pending_swallowed(dialogue, VERB_DATA)->after_message = true;
        return NULL;
    }
    struct pending *pending = chunked && dialogue->count ? dialogue_newest(dialogue) : NULL;
    if (session->mail.answered || (chunked && (!pending || pending->client_verb != VERB_BDAT)))
        return NULL;
    if (!chunked) {
        pending = dialogue_expect(dialogue);
        pending->client_verb = pending->server_verb = VERB_DATA;
    }
    pending->after_message = true;
    pending->size = dialogue_size(dialogue);
    /* RFC 2033 section 4.2: a reply for each recipient; how many is known when its turn comes. */
    pending->replies = dialogue->lmtp ? 0 : 1;
    return pending;
}

void say_line(struct session *session, struct span line, instant now)
{
    struct lane *lane = &session->lanes[TO_SERVER];
    struct smtp_event event = { .kind = SMTP_COMMAND, .going = TO_SERVER, .raw = line };
    event.number = ++lane->decoder.number;
    event.command = smtp_command_parse(line);
    log_event(session, &event, true, now);
    outbox_add(&lane->out, line);
}
