/* script_writer: see script_writer.h. */
#include "play/script_writer.h"

#include "base/limits.h"
#include "play/heard.h"
#include "play/rule_choice.h"
#include "play/transcript_text.h"

/* -- bytes ---------------------------------------------------------------------------------- */

static void write_head(const struct script_step *step, struct text *script)
{
    text_add_byte(script, (uint8_t)(step->operation | (step->side == SERVER ? 0x80 : 0)));
}

static void write_wait(duration wait, struct text *script)
{
    static const duration units[] = { MS(10), SECONDS(1), MINUTES(1), HOURS(1) };
    size_t unit = 0;
    while (unit < 3 && wait > 63 * units[unit])
        unit++;
    duration count = wait / units[unit];
    text_add_byte(script, (uint8_t)(unit << 6 | (count < 63 ? count : 63)));
}

static void write_bytes(const struct script_step *step, struct text *script)
{
    for (struct span rest = step->bytes; rest.len > 0; rest = span_drop(rest, 255)) {
        struct span part = span_take(rest, 255);
        write_head(step, script);
        text_add_byte(script, (uint8_t)part.len);
        text_add(script, part);
    }
}

void script_write(const struct script_step *step, struct text *script)
{
    if (step->operation == SCRIPT_SAY) {
        write_bytes(step, script);
        return;
    }
    write_head(step, script);
    if (step->operation == SCRIPT_LINE) {
        text_add(script, step->bytes);
    } else if (step->operation == SCRIPT_FILL) {
        text_add_byte(script, (uint8_t)(step->times & 0xff));
        text_add_byte(script, (uint8_t)(step->times >> 8));
        text_add(script, step->bytes);
    } else if (step->operation == SCRIPT_WAIT) {
        write_wait(step->wait, script);
    }
}

/* -- words ---------------------------------------------------------------------------------- */

static void show_options(uint8_t options, struct text *out)
{
    static const struct {
        uint8_t bit;
        const char *line;
    } lines[] = {
        { SCRIPT_SHORT_LINES, "option max-line 64" },
        { SCRIPT_DRY_RUN, "option dry-run" },
        { SCRIPT_IMPATIENT, "option idle-timeout 5s\noption connect-timeout 5s" },
        { SCRIPT_ONLY_BOB, "option only-recipient bob@*" },
        { SCRIPT_FOR_A_TIME, "option for 5m" },
        { SCRIPT_INTERCEPTS, "option tls intercept" },
        { SCRIPT_RULES_OFF, "# the rules begin switched off" },
        { SCRIPT_ASKED, "# the server answers when it is told to" },
    };
    text_addf(out, "seed %u\n", options);
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
        if (options & lines[i].bit)
            text_addf(out, "%s\n", lines[i].line);
}

static void show_rules(const struct rule_set *rules, struct text *out)
{
    for (size_t i = 0; i < rules->count; i++) {
        text_add(out, SPAN("rule "));
        text_add(out, text_span(&rules->rules[i]->line));
        text_add_byte(out, '\n');
    }
}

static char letter_of(enum side side)
{
    return side == CLIENT ? 'C' : 'S';
}

static void show_bytes(enum side side, struct span bytes, struct text *out)
{
    while (bytes.len > 0) {
        text_addf(out, "%c> ", letter_of(side));
        step_text_add(out, heard_next_line(&bytes));
        text_add_byte(out, '\n');
    }
}

static void show_fill(const struct script_step *step, struct text *out)
{
    text_addf(out, "%c> ", letter_of(step->side));
    text_add_escaped(out, step->bytes.len > 0 ? step->bytes : SPAN("\0"));
    text_addf(out, "\\{%zu}\\\n", step->times);
}

static void show_step(const struct script_step *step, struct text *out)
{
    char letter = letter_of(step->side);
    switch (step->operation) {
    case SCRIPT_SAY:
    case SCRIPT_LINE: show_bytes(step->side, step->bytes, out); break;
    case SCRIPT_FILL: show_fill(step, out); break;
    case SCRIPT_WAIT:
        text_addf(out, "@ +%llums\n", (unsigned long long)(step->wait / MS(1)));
        break;
    case SCRIPT_FINISH: text_addf(out, "%c> \\FIN\n", letter); break;
    case SCRIPT_TEAR: text_addf(out, "%c> \\RST\n", letter); break;
    case SCRIPT_STOP: text_addf(out, "# %c reads no more\n", letter); break;
    case SCRIPT_RESUME: text_addf(out, "# %c reads again\n", letter); break;
    case SCRIPT_SWITCH: text_add(out, SPAN("# all rules go off, or on again\n")); break;
    case SCRIPT_ACCEPT: text_add(out, SPAN("# the server accepts\n")); break;
    case SCRIPT_REFUSE: text_add(out, SPAN("# the server refuses\n")); break;
    case SCRIPT_DRAIN: text_add(out, SPAN("# the proxy is told to end\n")); break;
    }
}

void script_show(struct span script, struct text *transcript)
{
    struct script_step step;
    struct rule_set *rules = rule_choice_take(&script);
    show_options(script_byte(&script), transcript);
    show_rules(rules, transcript);
    rule_choice_give_back(rules);
    struct span rest = script;
    /* In a transcript that is no step. */
    if (script_next(&rest, &step) && step.operation == SCRIPT_REFUSE)
        text_add(transcript, SPAN("server refuses\n"));
    while (script_next(&script, &step))
        show_step(&step, transcript);
}
