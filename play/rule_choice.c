/* rule_choice: see rule_choice.h. */
#include "play/rule_choice.h"

#include <stddef.h>

#include "base/check.h"
#include "play/script.h"
#include "session/profile.h"

static const char *const never[] = {
    "to server command RCPT recipient=nobody@never.test answer reply=\"550 no\"",
    "to server body sender=nobody@never.test strip-cr",
    "to server body-end sender=nobody@never.test terminator as=\"\\n.\\r\\n\"",
    "to client reply 250 sender=nobody@never.test delay time=5s",
    "to client close sender=nobody@never.test reset",
    NULL,
};
static const char *const mixed[] = {
    "to client reply chance 1/3 rewrite line=\"451 4.7.1 not now\"",
    "to server command RCPT chance 1/3 answer reply=\"450 4.2.0 {recipient} later\"",
    "to server command DATA chance 1/3 answer reply=\"554 5.5.1 no\" upstream=told",
    "to server command chance 1/8 repeat",
    "to server command chance 1/8 drop",
    "to server command chance 1/8 insert line=\"NOOP\" where=after",
    "to client reply chance 1/8 drop",
    "to client reply chance 1/8 delay time=1s..3s",
    "to server body chance 1/4 bare-lf",
    "to server body chance 1/9 drop",
    "to server body-end chance 1/4 answer reply=\"554 Permanent scan failure\"",
    "to server body-end chance 1/4 terminator as=\"\\n.\\r\\n\"",
    "to client close chance 1/4 delay time=2s",
    "to server command chance 1/4 swap",
    "to client reply chance 1/4 swap",
    "to server body chance 1/4 swap",
    NULL,
};
static const char *const mail[] = {
    "to server body header add=\"X-Seen: {date} {recipient}\"",
    "to server body every 2nd strip-lf",
    "to server body chance 1/5 repeat count=3",
    "to server body-end every 2nd terminator as=\"\\r\\n.\\n\"",
    NULL,
};
static const char *const forks[] = {
    "to client reply 354 every 2nd rewrite line=\"451 no\"",
    "to client reply 5xx after DATA rewrite line=\"354 go\"",
    "to client reply 220 after STARTTLS rewrite line=\"454 no\"",
    "to server command AUTH chance 1/2 answer reply=\"334 VXNlcjo=\"",
    "to server command DATA chance 1/2 answer reply=\"354 go\"",
    "to server command BDAT chance 1/2 answer reply=\"250 got it\"",
    "to client greeting every 2nd drop",
    "to client reply 235 drop",
    NULL,
};
static const char *const timing[] = {
    "to client greeting drip chunk=1 gap=10ms",
    "to client reply after RCPT delay time=1s..5s",
    "to server body pace rate=10B/s",
    "to server command MAIL greylist wait=1m",
    "to client reply 221 stall",
    "to server connect delay time=2s",
    NULL,
};
static const char *const ends[] = {
    "to client reply 221 finish",
    "to server command QUIT reset",
    "to client reply 250 after DATA lose-ack",
    "to server body size>100B blackhole",
    "to client reply 421 finish after=3",
    "to server close drop",
    NULL,
};
static const char *const *const sets[] = { NULL, never, mixed, mail, forks, timing, ends };

#define SETS (sizeof sets / sizeof sets[0])

static bool add_line(struct rule_set *rules, struct span line)
{
    struct text error = { 0 };
    bool added = rule_set_add_line(rules, line, (struct place){ 0 }, &error);
    text_deinit(&error);
    return added;
}

/* Our own lines are all rules. */
static void add_set(struct rule_set *rules, const char *const *line)
{
    for (; line && *line; line++)
        check(add_line(rules, span_of(*line)));
}

static void add_profile(struct rule_set *rules, size_t n)
{
    struct text error = { 0 };
    struct span text;
    const char *name = profile_builtin_name(n);
    if (name && profile_builtin(span_of(name), &text))
        rule_set_add_profile(rules, name, text, SPAN(""), name, &error);
    text_deinit(&error);
}

static void add_from_script(struct rule_set *rules, struct span *script)
{
    while (script->len > 0) {
        struct span line = span_chomp(script_line(script));
        if (line.len == 0)
            return;
        add_line(rules, line);
    }
}

/* Sets that are chosen by a byte alone are read once: that takes longer than most sessions. All of
 * them with the first input, so that later ones take the same way each time. */
static struct rule_set *kept[SCRIPT_HOLDS_RULES];

static void keep_all(void)
{
    for (size_t choice = 0; choice < SCRIPT_HOLDS_RULES; choice++) {
        kept[choice] = rule_set_new();
        if (choice >= SETS)
            add_profile(kept[choice], choice - SETS);
        else
            add_set(kept[choice], sets[choice]);
    }
}

struct rule_set *rule_choice_take(struct span *script)
{
    uint8_t choice = script_byte(script);
    if (!kept[0])
        keep_all();
    if (choice != SCRIPT_HOLDS_RULES)
        return kept[choice];
    struct rule_set *rules = rule_set_new();
    add_from_script(rules, script);
    return rules;
}

void rule_choice_give_back(struct rule_set *rules)
{
    for (size_t i = 0; i < SCRIPT_HOLDS_RULES; i++)
        if (kept[i] == rules)
            return;
    rule_set_free(rules);
}

size_t rule_choice_count(void)
{
    size_t profiles = 0;
    while (profile_builtin_name(profiles))
        profiles++;
    return SETS + profiles < SCRIPT_HOLDS_RULES ? SETS + profiles : SCRIPT_HOLDS_RULES;
}

bool rule_choice_keeps_order(uint8_t choice)
{
    return choice < SETS;
}

bool rule_choice_is_never(uint8_t choice)
{
    return choice < SETS && sets[choice] == never;
}

bool rule_choice_is_wire(const struct rule_set *rules)
{
    return rules->count == 0;
}
