/* inject-plaintext: clear text where TLS begins, or where it is broken off. */
#include "mutators/lines.h"
#include "mutators/mutator.h"

enum { TEXT, AFTER };

static const struct param inject_plaintext_params[] = {
    [TEXT] = { .name = "text",
               .kind = PARAM_TEXT,
               .required = true,
               .what = "what is said in clear; CRLF is added unless it shows its own end" },
    [AFTER] = { .name = "after",
                .kind = PARAM_SIZE,
                .max = UINT32_MAX,
                .what = "within TLS: bytes of the event that leave before TLS is left" },
};

static enum verdict inject_plaintext_apply(struct mutation *mutation,
                                           const struct smtp_event *event)
{
    const struct dialogue *dialogue = mutation->dialogue;
    bool secure = event->going == TO_CLIENT ? dialogue->tls : dialogue->server_tls;
    if (event->kind == SMTP_TLS) {
        line_add(mutation, mutation_text(mutation, TEXT));
        return TAKEN;
    }
    if (!secure)
        return UNTOUCHED;
    struct span before = span_take(event->raw, mutation_param(mutation, AFTER));
    mutation_send(mutation, before);
    mutation_bare(mutation);
    line_add(mutation, mutation_text(mutation, TEXT));
    mutation_send(mutation, span_drop(event->raw, before.len));
    return TAKEN;
}

const struct mutator mutator_inject_plaintext = {
    .name = "inject-plaintext",
    .family = "TLS",
    .summary = "Say something in clear where TLS begins, or leave TLS and say it.",
    .detail =
        "At tls the text stands right behind STARTTLS (to server), or right behind the 220 (to "
        "client), in the same write. Who takes it for a part of what is said under TLS has the "
        "flaw that is known as STARTTLS injection: a command that nobody said is carried out, or a "
        "reply that nobody gave is believed. A server that refuses STARTTLS answers the text; the "
        "client does not hear that. A server that answers it all the same once TLS is there gives "
        "itself away: the journal says so, and the client does not hear that either.\n\n"
        "At other events, when the side is secure, close_notify is sent in front of the event (or "
        "within it, see after=), then the text in clear, then the rest; all that follows stays in "
        "clear.",
    .clause = "RFC 3207 section 4.2: both sides discard what they learned before TLS; RFC 8446 "
              "section 6.1: what comes behind close_notify is ignored.",
    .example = "to server tls inject-plaintext text=\"RSET\"",
    .wants = SMTP_TLS | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END,
    .directions = BOTH_WAYS,
    PARAM_TABLE(inject_plaintext_params),
    .apply = inject_plaintext_apply,
};
