/* event_fixture: see event_fixture.h. */
#include "event_fixture.h"

#include "smtp/parse.h"

struct smtp_event event_of(enum smtp_event_kind kind, enum direction going)
{
    return (struct smtp_event){ .kind = kind, .going = going, .number = 1 };
}

struct smtp_event event_command(const char *line)
{
    struct smtp_event event = event_of(SMTP_COMMAND, TO_SERVER);
    event.raw = span_of(line);
    event.command = smtp_command_parse(event.raw);
    return event;
}

struct smtp_event event_reply(const char *raw, enum verb after)
{
    struct smtp_event event = event_of(SMTP_REPLY, TO_CLIENT);
    event.raw = span_of(raw);
    event.reply = smtp_reply_parse(event.raw);
    event.reply.after = after;
    return event;
}

struct smtp_event event_rcpt_reply(const char *raw, const char *recipient)
{
    struct smtp_event event = event_reply(raw, VERB_RCPT);
    event.reply.recipient = span_of(recipient);
    return event;
}

struct smtp_event event_body(const char *line, uint64_t offset)
{
    struct smtp_event event = event_of(SMTP_BODY, TO_SERVER);
    event.raw = span_of(line);
    event.body.offset = offset;
    return event;
}

void dialogue_goes(struct dialogue *dialogue, const char *line, unsigned code)
{
    struct smtp_command command = smtp_command_parse(span_of(line));
    dialogue_said(dialogue, &command);
    struct pending *pending = dialogue_expect(dialogue);
    pending->client_verb = pending->server_verb = command.verb;
    text_add(&pending->address, command.address);
    if (code)
        dialogue_hears(dialogue, code);
}

void dialogue_hears(struct dialogue *dialogue, unsigned code)
{
    dialogue_granted(dialogue, dialogue_next(dialogue), code);
    dialogue_answered(dialogue);
}
