/* swap: lets an event wait until the next of its kind has gone. */
#include "mutators/mutator.h"

enum { TIME };

static const struct param swap_params[] = {
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = SECONDS(1),
               .min = US(1),
               .max = HOURS(1),
               .what = "how long the event waits for the next one at most" },
};

static enum verdict swap_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (mutation->one_waits || (event->kind == SMTP_COMMAND && !verb_may_swap(event->command.verb)))
        return UNTOUCHED;
    mutation_swap(mutation, mutation_param(mutation, TIME));
    return TAKEN;
}

const struct mutator mutator_swap = {
    .name = "swap",
    .family = "replies and commands",
    .summary = "Hold a command, a reply or a line of mail until the next of its kind has gone.",
    .detail =
        "Of commands the server hears the second first; the client hears each reply in the place "
        "of its own command all the same. Of replies the client hears the second first and takes "
        "it for the answer to its first command; there are as many as before. A command "
        "is held only where the client pipelines: HELO, DATA, BDAT, AUTH, STARTTLS, QUIT and "
        "unknown commands, and the replies to these and to mail, keep their place, and what is "
        "held leaves before them. So does a line of mail before the mail's end. Where nothing "
        "follows in time the event leaves alone, and all that is seen is a delay.\n\n"
        "With `always` the first and the second change places, the third and the fourth, and so "
        "on. An event that another rule answers, ends or replaces does not overtake.",
    .clause = "RFC 2920 section 3.2: a server answers commands in the order in which they came; "
              "RFC 5321 section 4.1.4: MAIL comes before RCPT.",
    .example = "to server command RCPT once swap",
    .wants = SMTP_COMMAND | SMTP_REPLY | SMTP_BODY,
    .directions = BOTH_WAYS,
    PARAM_TABLE(swap_params),
    .apply = swap_apply,
};
