/* answer: speaks for the server. The reply takes the place of exactly one reply of the server's. */
#include "mutators/answering.h"
#include "mutators/mutator.h"

enum { REPLY, UPSTREAM, THEN };
enum { SPARED, TOLD, DROPPED };

static const struct param answer_params[] = {
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .required = true,
                .what = "the whole reply, code included; \\r\\n within it makes several lines" },
    [UPSTREAM] = { .name = "upstream",
                   .kind = PARAM_WORD,
                   .choices = "spared|told|dropped",
                   .preset = SPARED,
                   .what =
                       "told: the server gets the command, its own reply is swallowed; dropped: "
                       "the server's connection ends" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict answer_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t upstream = mutation_param(mutation, UPSTREAM);
    (void)event;
    answering_say(mutation, REPLY, THEN, upstream == TOLD);
    mutation->takes_over = upstream == DROPPED;
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
        "With upstream=dropped the client hears the reply at once, in place of everything that it "
        "was still to hear, the greeting too; the server's connection is ended, and from then on "
        "rules answer, and where none does a stand-in: 250 to NOOP, RSET and HELO, 221 to QUIT, "
        "else 421.\n\n"
        "On body the reply comes in the midst of the mail and stands for the one to its end. The "
        "server spared gets nothing from that line on, and its connection is ended without a dot; "
        "what else the client sends of the mail goes nowhere. With upstream=told the mail goes on "
        "and the server's own reply to it is swallowed.\n\n"
        "An empty reply says nothing: what is left is what then= does. "
        "then=finish closes both connections behind the reply, as a server does behind 421; "
        "then=reset tears them; then=mute says nothing more to the client; then=tear-client tears "
        "the client's connection and leaves the server's open and silent.",
    .clause = "RFC 5321 section 4.2: each command gets one reply, from the server.",
    .example = "to server command RCPT first 1 per triplet answer "
               "reply=\"451 4.7.1 Greylisted, try again later\"",
    .wants = ANSWERING_WANTS | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(answer_params),
    .takes_always = true,
    .apply = answer_apply,
};
