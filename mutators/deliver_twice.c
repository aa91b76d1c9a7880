/* deliver_twice: the server gets one mail several times over, and the client knows of one. */
#include "mutators/mutator.h"

enum { COPIES };

static const struct param deliver_twice_params[] = {
    [COPIES] = { .name = "copies",
                 .kind = PARAM_COUNT,
                 .preset = 1,
                 .min = 1,
                 .max = 10,
                 .what = "how many on top of the first" },
};

static enum verdict deliver_twice_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->command.verb != VERB_DATA)
        return UNTOUCHED;
    mutation_hold(mutation, (struct hold){ .whole = true,
                                           .copies = (unsigned)mutation_param(mutation, COPIES) });
    mutation_answer(mutation, SPAN("354 End data with <CR><LF>.<CR><LF>"), false);
    return TAKEN;
}

const struct mutator mutator_deliver_twice = {
    .name = "deliver-twice",
    .family = "outcome",
    .summary = "Deliver a mail and then deliver it again, in a transaction of its own.",
    .detail = "The mail is kept as `hold` does. When the server has taken it, it hears MAIL, RCPT "
              "and DATA for the same envelope once more; the client hears the first reply only. "
              "What a retry after a lost acknowledgement leads to, without waiting for one: "
              "receivers that know Message-IDs deliver one mail, all others two.",
    .clause = "RFC 1047; RFC 5321 section 6.1: duplicates are the price of not losing mail.",
    .example = "to server command DATA once deliver-twice",
    .wants = SMTP_COMMAND,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(deliver_twice_params),
    .apply = deliver_twice_apply,
};
