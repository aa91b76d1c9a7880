/* lose_ack: the server has taken the message and said so, and the client never hears it. */
#include "mutators/mutator.h"

enum { THEN };

static const struct param lose_ack_params[] = {
    [THEN] = { .name = "then",
               .kind = PARAM_WORD,
               .choices = "mute|finish|reset",
               .what = "what becomes of the session; mute leaves it open and the client unheard" },
};

/* A later 221 would tell many clients that all is well, so nothing at all may follow. */
static enum verdict lose_ack_apply(struct mutation *mutation, const struct smtp_event *event)
{
    static const enum fate fates[] = { FATE_MUTE, FATE_FINISH, FATE_RESET };
    if (!event->reply.after_message || event->reply.code / 100 != 2)
        return UNTOUCHED;
    mutation_end(mutation, fates[mutation_param(mutation, THEN)], 0);
    return TAKEN;
}

const struct mutator mutator_lose_ack = {
    .name = "lose-ack",
    .family = "outcome",
    .summary = "Lose the 2xx reply to the end of a message that the server has taken.",
    .detail = "Acts on the positive reply to the final dot or to BDAT LAST, whatever else the "
              "rule's event names. With then=mute the client hears nothing more, not even the "
              "answer to its QUIT: many senders take that for success. then=finish and then=reset "
              "end both connections in place of the reply.\n\n"
              "A sender cannot know better than to send again, so the recipient gets the message "
              "twice; it must wait ten minutes before it does.",
    .clause = "RFC 5321 sections 4.5.3.2.6 and 6.1, RFC 1047: acknowledged once means kept.",
    .example = "to client reply 250 after DATA once lose-ack",
    .wants = SMTP_REPLY,
    .directions = ONLY_TO_CLIENT,
    PARAM_TABLE(lose_ack_params),
    .apply = lose_ack_apply,
};
