/* answer: speaks for the server. The reply takes the place of exactly one reply of the server's. */
#include "mutators/answering.h"
#include "mutators/mutator.h"

enum { REPLY, UPSTREAM, THEN };
enum { SPARED, TOLD };

static const struct param answer_params[] = {
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .required = true,
                .what = "the whole reply, code included; \\r\\n within it makes several lines" },
    [UPSTREAM] = { .name = "upstream",
                   .kind = PARAM_WORD,
                   .choices = "spared|told",
                   .preset = SPARED,
                   .what = "whether the server gets the command; its own reply is swallowed then" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict answer_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    bool told = mutation_param(mutation, UPSTREAM) == TOLD;
    answering_say(mutation, REPLY, THEN, told);
    return TAKEN;
}

const struct mutator mutator_answer = {
    .name = "answer",
    .family = "replies and commands",
    .summary = "Speak for the server: the client gets a reply that the server never said.",
    .detail =
        "The reply waits until all earlier commands have been answered, so a client that pipelines "
        "stays in step.\n\n"
        "On a command the server is spared it unless upstream=told. On body-end with the server "
        "spared, the server never gets the end of the message, its connection is ended without a "
        "dot, and nothing is delivered; with upstream=told the message is delivered and the "
        "client hears the made-up reply. On connect the reply stands in for the greeting, and no "
        "connection to the server is opened unless upstream=told.\n\n"
        "then=finish closes both connections behind the reply, as a server does behind 421; "
        "then=reset tears them; then=mute says nothing more to the client.",
    .clause = "RFC 5321 section 4.2: each command gets one reply, from the server.",
    .example = "to server command RCPT first 1 per triplet answer "
               "reply=\"451 4.7.1 Greylisted, try again later\"",
    .wants = ANSWERING_WANTS,
    .directions = BOTH_WAYS,
    PARAM_TABLE(answer_params),
    .apply = answer_apply,
};
