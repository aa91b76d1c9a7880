/* catalogue: one unit becomes what a rule of smtpchaos would make of it: the mutators that rules
 * name, each as its own example has it. So what the proxy can do to mail, a campaign does too. */
#include <stdlib.h>

#include "base/check.h"
#include "base/instant.h"
#include "harness/mutator/work.h"
#include "play/made_up.h"
#include "session/rule.h"
#include "smtp/parse.h"

/* A rule and the session around it; kept, because rules are costly to read. */
struct example {
    bool tried;
    bool usable;
    struct rule rule;
    void *state;
};

#define EXAMPLES_MAX 256
static struct example examples[EXAMPLES_MAX];
static struct dialogue dialogue;
static struct recall *recall;
static struct mutation mutation;

static void say(const char *line)
{
    struct smtp_command command = smtp_command_parse(span_of(line));
    dialogue_said(&dialogue, &command);
}

static void begin_session(void)
{
    if (recall)
        return;
    recall = recall_new(0);
    dialogue_init(&dialogue);
    say("EHLO me.test\r\n");
    say("MAIL FROM:<ann@me.test>\r\n");
    say("RCPT TO:<bob@mx.test>\r\n");
}

static struct example *example_at(size_t index)
{
    struct example *example = &examples[index];
    struct text error = { 0 };
    if (example->tried)
        return example;
    example->tried = true;
    example->usable =
        rule_parse(&example->rule, span_of(mutators[index]->example), (struct place){ 0 }, &error);
    example->state = calloc(1, mutators[index]->state_size + 1);
    check(example->state != NULL);
    text_deinit(&error);
    return example;
}

static struct smtp_event event_of(const struct work *work, const struct unit *unit)
{
    struct smtp_event event = { .kind = unit->kind, .raw = unit->raw, .number = 1 };
    event.going = work->stream.speaker == SPEAKER_CLIENT ? TO_SERVER : TO_CLIENT;
    if (unit->kind == SMTP_COMMAND)
        event.command = smtp_command_parse(unit->raw);
    if (unit->kind == SMTP_REPLY)
        event.reply = smtp_reply_parse(unit->raw);
    event.body.header = unit->header;
    event.body.chunked = unit->chunked;
    event.body.starts_line = true;
    event.body.ends_line = span_line_end(unit->raw).len > 0;
    event.body.dot = unit->kind == SMTP_BODY_END ? unit->raw.len : 0;
    return event;
}

static bool apply(struct work *work, const struct example *example, const struct smtp_event *event)
{
    static const struct facts facts = MADE_UP_FACTS;
    const struct rule *rule = &example->rule;
    mutation.event = event;
    mutation.dialogue = &dialogue;
    mutation.facts = &facts;
    mutation.params = rule->mutator->params;
    mutation.arguments = rule->arguments;
    mutation.param_count = rule->mutator->param_count;
    mutation.recall = recall;
    mutation.rule_key = rule->key;
    mutation.prng = work->prng;
    mutation.now = HOURS(1);
    mutation.state = example->state;
    mutation_begin(&mutation);
    return rule->mutator->apply(&mutation, event) == TAKEN && !mutation.has_answer;
}

bool operation_catalogue(struct work *work)
{
    if (work->stream.count == 0)
        return false;
    size_t at = work_pick(work, work->stream.count);
    const struct unit *unit = &work->stream.units[at];
    size_t index = work_pick(work, mutator_count < EXAMPLES_MAX ? mutator_count : EXAMPLES_MAX);
    if (!(mutators[index]->wants & unit->kind) || unit->raw.len == 0)
        return false;
    begin_session();
    const struct example *example = example_at(index);
    struct smtp_event event = event_of(work, unit);
    if (!example->usable || !rule_names_event(&example->rule, &event))
        return false;
    return apply(work, example, &event) && work_replace(work, at, 1, text_span(&mutation.content));
}
