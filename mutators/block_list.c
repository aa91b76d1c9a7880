/* block-list: puts whoever does something on a list for a while, and may turn it away. */
#include "mutators/answering.h"
#include "mutators/keys.h"
#include "mutators/mutator.h"

enum { AFTER, TIME, KEY, NAME, REPLY, THEN };

static const struct param block_list_params[] = {
    [AFTER] = { .name = "after",
                .kind = PARAM_COUNT,
                .max = UINT32_MAX,
                .what = "how many events of a key pass before it is listed" },
    [TIME] = { .name = "time",
               .kind = PARAM_TIME,
               .preset = HOURS(1),
               .max = NEVER,
               .what = "how long it stays listed, from its last event on; 0s takes it off" },
    [KEY] = KEY_PARAM,
    [NAME] = { .name = "name",
               .kind = PARAM_LITERAL,
               .preset_text = "blocked",
               .what = "the list; other rules ask for it with the filter listed=" },
    [REPLY] = { .name = "reply",
                .kind = PARAM_TEXT,
                .what = "the whole reply to whoever is listed; without it the event passes" },
    [THEN] = ANSWERING_THEN,
};

static enum verdict block_list_apply(struct mutation *mutation, const struct smtp_event *event)
{
    enum key key = (enum key)mutation_param(mutation, KEY);
    uint64_t after = mutation_param(mutation, AFTER);
    duration time = mutation_param(mutation, TIME);
    (void)event;
    if (after && mutation_recall(mutation, mutation_key(mutation, key)).count <= after)
        return UNTOUCHED;
    mutation_list(mutation, mutation_text(mutation, NAME), key, time);
    if (!mutation_has(mutation, REPLY))
        return UNTOUCHED;
    answering_say(mutation, REPLY, THEN, false);
    return TAKEN;
}

static bool block_list_accepts(const struct argument *arguments, struct text *error)
{
    if (arguments[REPLY].given || !arguments[THEN].given)
        return true;
    text_addf(error, "then= is about what follows the reply, and there is no reply=");
    return false;
}

const struct mutator mutator_block_list = {
    .name = "block-list",
    .family = "policy with memory",
    .summary = "Put whoever does something on a list for a while; other rules ask for the list.",
    .detail =
        "The rule says what puts a key on the list; from the event behind after= on it stays there "
        "for time=, and each further event begins that time anew. Rules with the filter "
        "listed=NAME "
        "hit only what is listed: its client, sender, recipient, triplet or session, whichever the "
        "list is about. So what one session has done has consequences in later ones.\n\n"
        "With reply= the event that lists is refused too, which only works where a reply is owed: "
        "connect, command, body-end. The memory is shared by all sessions of a run and bounded.\n\n"
        "A correct sender takes the refusal for what its code says: 5xx is final, on 4xx it tries "
        "again later.",
    .clause = "RFC 5321 section 4.2.1: 4yz may be tried again, 5yz may not.",
    .example = "to server command RCPT recipient=trap@* block-list time=24h "
               "reply=\"554 5.7.1 You are on our list now\"",
    .wants = ANSWERING_WANTS | SMTP_GREETING | SMTP_REPLY | SMTP_BODY | SMTP_CLOSE,
    .directions = BOTH_WAYS,
    PARAM_TABLE(block_list_params),
    .accepts = block_list_accepts,
    .apply = block_list_apply,
};
