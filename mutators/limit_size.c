/* limit-size: messages may be so large, and no larger. */
#include "mutators/answering.h"
#include "mutators/mutator.h"
#include "smtp/about.h"

enum { MAX, REPLY, THEN };

static const struct param limit_size_params[] = {
    [MAX] = { .name = "max",
              .kind = PARAM_SIZE,
              .preset = 10 * 1000 * 1000,
              .max = UINT64_MAX - 1,
              .what = "bytes of one message" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "552 5.3.4 Message size exceeds fixed limit",
                .what = "the whole reply to what is larger" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict limit_size_apply(struct mutation *mutation, const struct smtp_event *event)
{
    if (about_size(mutation->dialogue, event) <= mutation_param(mutation, MAX))
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_limit_size = {
    .name = "limit-size",
    .family = "policy with memory",
    .summary = "Refuse messages that are larger than so many bytes.",
    .detail =
        "On MAIL, RCPT and DATA the size counts that the client declared with SIZE=; a client "
        "that declares none is not caught before body-end, where the bytes that have come "
        "count. On body-end the server never gets the end of the message, and its connection "
        "is ended. What EHLO offers is not changed; that is `ehlo replace=SIZE with=`.\n\n"
        "A correct sender declares the size, sends no data after a 552, and returns the mail "
        "to its author; on 452 it tries again later.",
    .clause = "RFC 1870 section 6.1 and section 6.2: 552 or 452 to MAIL, or behind the data.",
    .example = "to server command MAIL limit-size max=1MB",
    .wants = SMTP_COMMAND | SMTP_BODY_END,
    .directions = ONLY_TO_SERVER,
    PARAM_TABLE(limit_size_params),
    .apply = limit_size_apply,
};
