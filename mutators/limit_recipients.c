/* limit-recipients: so many recipients for a message, and no more. */
#include "mutators/answering.h"
#include "mutators/mutator.h"
#include "smtp/about.h"

enum { MAX, REPLY, THEN };

static const struct param limit_recipients_params[] = {
    [MAX] = { .name = "max",
              .kind = PARAM_COUNT,
              .preset = 100,
              .max = UINT32_MAX,
              .what = "recipients of one message" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "452 4.5.3 Error: too many recipients",
                .what = "the whole reply to each RCPT beyond" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict limit_recipients_apply(struct mutation *mutation,
                                           const struct smtp_event *event)
{
    size_t before = about_envelope(mutation->dialogue, event)->recipient_count;
    uint64_t max = mutation_param(mutation, MAX);
    bool is_rcpt = event->kind == SMTP_COMMAND && event->command.verb == VERB_RCPT;
    if (is_rcpt ? before < max : before <= max)
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_limit_recipients = {
    .name = "limit-recipients",
    .family = "policy with memory",
    .summary = "Refuse the recipients of a message beyond so many.",
    .detail = "Each RCPT that the client has said counts, whatever became of it, since a client "
              "that pipelines does not wait for the reply. On DATA and body-end the message as a "
              "whole is refused when it has more.\n\n"
              "A correct sender delivers to those that were accepted and sends the rest in another "
              "transaction; on 552 it does the same as on 452.",
    .clause = "RFC 5321 section 4.5.3.1.10: too many recipients is 452, and 552 is taken for it; a "
              "server takes at least 100 (section 4.5.3.1.8).",
    .example = "to server command RCPT limit-recipients max=10 reply=\"452 4.5.3 Too many\"",
    .wants = SMTP_COMMAND | SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(limit_recipients_params),
    .apply = limit_recipients_apply,
};
