/* finish: ends both connections in order (FIN). */
#include "mutators/mutator.h"

enum { AFTER };

static const struct param finish_params[] = {
    [AFTER] = { .name = "after",
                .kind = PARAM_COUNT,
                .max = UINT32_MAX,
                .what = "bytes of the event that still leave" },
};

static enum verdict finish_apply(struct mutation *mutation, const struct smtp_event *event)
{
    (void)event;
    mutation_end(mutation, FATE_FINISH, mutation_param(mutation, AFTER));
    return UNTOUCHED;
}

const struct mutator mutator_finish = {
    .name = "finish",
    .family = "connection",
    .summary = "End both connections in order (FIN) in place of an event, or in its midst.",
    .detail = "What came before the event still leaves, of the event itself only the bytes that "
              "after= says. A close in place of a reply leaves the client in doubt about what it "
              "asked for; behind the end of mail that means a second copy.",
    .clause = "RFC 5321 section 3.8: the server closes only after QUIT or with 421.",
    .example = "to client reply 250 after RCPT once finish",
    .wants = SMTP_CONNECT | SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END |
             SMTP_TLS | SMTP_CLOSE | SMTP_IDLE,
    .directions = BOTH_WAYS,
    .timing_only = true,
    PARAM_TABLE(finish_params),
    .apply = finish_apply,
};
