/* hold: keeps mail back until all of it is known, or its last bytes. Store-and-forward proxies do
 * the first, streaming scanners the second. */
#include "mutators/mutator.h"

enum { WINDOW, REPLY, NOOP };

static const struct param hold_params[] = {
    [WINDOW] = { .name = "window",
                 .kind = PARAM_SIZE,
                 .preset = 1000,
                 .min = 1,
                 .max = 1024 * 1024,
                 .what = "how many bytes stay behind while the mail passes; without it all of "
                         "them do, and the server is told DATA when the mail is complete" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "354 End data with <CR><LF>.<CR><LF>",
                .what = "what the client hears for its DATA when all of the mail is kept" },
    [NOOP] = { .name = "noop",
               .kind = PARAM_TIME,
               .max = HOURS(1),
               .what = "how often the server hears NOOP while all of the mail is kept; never "
                       "unless given" },
};

static enum verdict hold_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (event->command.verb != VERB_DATA)
        return UNTOUCHED;
    if (mutation_has(mutation, WINDOW)) {
        mutation_hold(mutation, (struct hold){ .window = mutation_param(mutation, WINDOW) });
        return UNTOUCHED;
    }
    mutation_hold(mutation, (struct hold){ .whole = true, .noop = mutation_param(mutation, NOOP) });
    mutation_answer(mutation, mutation_text(mutation, REPLY), false);
    return TAKEN;
}

const struct mutator mutator_hold = {
    .name = "hold",
    .family = "outcome",
    .summary = "Keep mail back until all of it is known, or until the last bytes of it are.",
    .detail =
        "Without window= the client is answered 354 here and the server is spared DATA. When the "
        "mail is complete, rules on body and body-end see it, knowing all of it: `contains=` holds "
        "from the first line on. Then the server is told DATA and gets the mail, and what it says "
        "is the client's reply; a rule that answers makes the proxy say RSET instead. A delay at "
        "body-end is the time that the scan takes. Mail above 16 MiB is refused with 552.\n\n"
        "With window= the mail passes but for its last bytes, so that a verdict at its end still "
        "comes in time to keep those from the server. BDAT is not kept.",
    .clause = "RFC 5321 section 4.5.3.2: the server's timers run while the proxy collects; section "
              "4.1.1.4: 354 is the server's promise to listen.",
    .example = "to server command DATA hold noop=20s",
    .wants = SMTP_COMMAND,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(hold_params),
    .apply = hold_apply,
};
