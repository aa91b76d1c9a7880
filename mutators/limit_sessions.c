/* limit-sessions: so many sessions at a time, and no more. */
#include "mutators/answering.h"
#include "mutators/census.h"
#include "mutators/mutator.h"

enum { MAX, KEY, REPLY, THEN };

static const struct param limit_sessions_params[] = {
    [MAX] = { .name = "max",
              .kind = PARAM_COUNT,
              .preset = 10,
              .max = UINT32_MAX,
              .what = "sessions that are open at a time" },
    [KEY] = { .name = "key",
              .kind = PARAM_WORD,
              .choices = "client|subnet|run",
              .preset = CENSUS_CLIENT,
              .what = "whose sessions are counted; a subnet is an IPv4 /24 or IPv6 /64" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .preset_text = "421 4.7.0 {host} Error: too many connections from {client.ip}",
                .what = "the whole reply to those beyond" },
    [THEN] = { .name = "then",
               .kind = PARAM_WORD,
               .choices = "go-on|finish|reset|mute",
               .preset = ANSWERING_FINISH,
               .what = "what becomes of the session once the reply has left" },
};

static enum verdict limit_sessions_apply(struct mutation *mutation, const struct smtp_event *event)
{
    uint64_t max = mutation_param(mutation, MAX);
    enum census census = (enum census)mutation_param(mutation, KEY);
    (void)event;
    if (census_count(mutation->recall, census, mutation->facts) <= max)
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

const struct mutator mutator_limit_sessions = {
    .name = "limit-sessions",
    .family = "policy with memory",
    .summary = "Refuse sessions of a client beyond so many at a time.",
    .detail =
        "Sessions that are open now are counted, of all workers together, this one included, "
        "and refused ones until they have ended. On connect the reply stands in for the "
        "greeting, and no connection to the server is opened; on a command it is the reply to "
        "that command.\n\n"
        "A correct sender opens fewer connections and tries again later; one that comes again "
        "at once makes it worse.",
    .clause = "RFC 5321 section 3.8 and section 4.2.1: 421 ends the session, and the sender tries "
              "again later (section 4.5.4.1).",
    .example = "to server connect limit-sessions max=2",
    .wants = SMTP_CONNECT | SMTP_COMMAND,
    .directions = BOTH_WAYS,
    .counts_sessions = true,
    PARAM_TABLE(limit_sessions_params),
    .apply = limit_sessions_apply,
};
