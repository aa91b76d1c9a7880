/* about: see about.h. */
#include "smtp/about.h"

#include "smtp/parse.h"

static bool is_command(const struct smtp_event *event, enum verb verb)
{
    return event->kind == SMTP_COMMAND && event->command.verb == verb;
}

static bool is_reply_after(const struct smtp_event *event, enum verb verb)
{
    return event->kind == SMTP_REPLY && event->reply.after == verb;
}

uint64_t about_message(const struct dialogue *dialogue, const struct smtp_event *event)
{
    bool begins = is_command(event, VERB_MAIL) || is_reply_after(event, VERB_MAIL);
    const struct envelope *envelope =
        event->going == TO_SERVER ? &dialogue->said : &dialogue->granted;
    return envelope->number + begins;
}

/* True where nothing is known yet of the message, or session, that the event begins. */
static bool begins_anew(const struct smtp_event *event)
{
    if (event->kind == SMTP_COMMAND)
        return event->command.verb == VERB_MAIL || verb_is_hello(event->command.verb);
    return event->kind == SMTP_REPLY &&
           (event->reply.after == VERB_MAIL || verb_is_hello(event->reply.after));
}

/* The client has waited for 354, so what it was told of its recipients is steady. */
static bool is_behind_354(const struct smtp_event *event)
{
    return (event->kind == SMTP_BODY || event->kind == SMTP_BODY_END) && !event->body.chunked;
}

/* The reply to DATA finds the client waiting for it (RFC 2920 section 3.1), so what it has said is
 * steady then, and all there is when nothing was granted. */
const struct envelope *about_envelope(const struct dialogue *dialogue,
                                      const struct smtp_event *event)
{
    static const struct envelope nothing;
    const struct envelope *granted = &dialogue->granted;
    bool stands = granted->has_sender && granted->recipient_count > 0;
    bool waits = is_reply_after(event, VERB_DATA) && !event->reply.after_message;
    if (begins_anew(event))
        return &nothing;
    if (is_behind_354(event) && stands)
        return granted;
    if (event->going == TO_SERVER || (waits && !stands))
        return &dialogue->said;
    return granted->has_sender ? granted : &nothing;
}

bool about_sender(const struct dialogue *dialogue, const struct smtp_event *event,
                  struct span *sender)
{
    const struct envelope *envelope = about_envelope(dialogue, event);
    const struct pending *next = dialogue_next(dialogue);
    *sender = text_span(&envelope->sender);
    if (is_command(event, VERB_MAIL)) {
        *sender = event->command.address;
        return true;
    }
    if (is_reply_after(event, VERB_MAIL) && next && next->client_verb == VERB_MAIL) {
        *sender = text_span(&next->address);
        return true;
    }
    return envelope->has_sender;
}

bool about_rcpt(const struct smtp_event *event, struct span *recipient)
{
    if (is_command(event, VERB_RCPT))
        *recipient = event->command.address;
    else if (event->kind == SMTP_REPLY && event->reply.recipient.len > 0)
        *recipient = event->reply.recipient;
    else
        return false;
    return true;
}

struct span about_recipient(const struct dialogue *dialogue, const struct smtp_event *event)
{
    struct span recipient;
    if (about_rcpt(event, &recipient))
        return recipient;
    return envelope_recipient(about_envelope(dialogue, event), 0);
}

struct span about_helo(const struct dialogue *dialogue, const struct smtp_event *event)
{
    if (event->kind == SMTP_COMMAND && verb_is_hello(event->command.verb))
        return event->command.argument;
    return text_span(&dialogue->helo);
}

bool about_said(const struct dialogue *dialogue, const struct smtp_event *event, enum verb verb)
{
    uint32_t verbs = event->going == TO_SERVER ? dialogue->verbs_said : dialogue->verbs_answered;
    return verbs & UINT32_C(1) << verb;
}

static uint64_t declared_by(const struct smtp_event *event)
{
    struct span value;
    uint64_t size = 0;
    if (smtp_parameter(event->command.parameters, SPAN("SIZE"), &value))
        span_number(value, &size);
    return size;
}

uint64_t about_size(const struct dialogue *dialogue, const struct smtp_event *event)
{
    const struct pending *next = dialogue_next(dialogue);
    if (is_command(event, VERB_MAIL))
        return declared_by(event);
    if (event->kind == SMTP_REPLY && event->reply.after_message && next)
        return next->size;
    uint64_t size = dialogue_size(dialogue);
    if (event->kind != SMTP_BODY)
        return size;
    uint64_t come = event->body.offset + event->raw.len;
    return come > size ? come : size;
}
