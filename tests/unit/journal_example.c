/* journal_example: see journal_example.h. */
#include "journal_example.h"

#include <string.h>

#define EXAMPLE_TIME (UINT64_C(1795218840) * 1000000000 + US(1))

struct journal_entry example_entry(enum journal_event event)
{
    static const struct facts facts = {
        .client = { (const uint8_t *)"192.0.2.1:40000", 15 },
        .client_ip = { (const uint8_t *)"192.0.2.1", 9 },
        .server = { (const uint8_t *)"198.51.100.2:25", 15 },
        .guid = { (const uint8_t *)"0123456789abcdef", 16 },
        .number = 12,
    };
    return (struct journal_entry){
        .event = event, .time = EXAMPLE_TIME, .facts = &facts, .verb = VERB_NONE
    };
}

struct journal_entry example_command(enum verb verb, struct span line)
{
    struct journal_entry entry = example_entry(JOURNAL_COMMAND);
    entry.has_direction = true;
    entry.direction = TO_SERVER;
    entry.number = 3;
    entry.verb = verb;
    entry.line = line;
    return entry;
}

const struct rule *example_rule(void)
{
    static const struct mutator answer = { .name = "answer" };
    static char line[] = "to server command RCPT always answer reply=\"451 4.7.1 no\"";
    static struct rule rule;
    rule.line = (struct text){ .ptr = (uint8_t *)line, .len = strlen(line) };
    rule.profile = "greylist-variants";
    rule.index = 2;
    rule.event = SMTP_COMMAND;
    rule.mutator = &answer;
    return &rule;
}

struct journal_entry example_firing(struct span parameters)
{
    struct journal_entry entry = example_command(VERB_RCPT, (struct span){ 0 });
    entry.event = JOURNAL_RULE;
    entry.rule = example_rule();
    entry.parameters = parameters;
    entry.before = SPAN("RCPT TO:<b@x.test>\r\n");
    entry.after = SPAN("451 4.7.1 no\r\n");
    entry.local = true;
    return entry;
}
