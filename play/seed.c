/* seed: see seed.h. */
#include "play/seed.h"

#include "base/limits.h"
#include "play/script_writer.h"

static bool is_said(const struct play_step *step)
{
    return step->kind == PLAY_SAY || step->kind == PLAY_PASS;
}

static const struct play_step *steps_of(const struct transcript *transcript,
                                        const struct play_session *session)
{
    return transcript->steps + session->first_step;
}

void seed_add_stream(const struct transcript *transcript, const struct play_session *session,
                     enum side side, struct text *out)
{
    const struct play_step *steps = steps_of(transcript, session);
    for (size_t i = 0; i < session->step_count; i++)
        if (is_said(&steps[i]) && steps[i].side == side)
            text_add(out, text_span(&steps[i].bytes));
}

/* -- scripts -------------------------------------------------------------------------------- */

static void add_rules(const struct rule_set *rules, struct text *out)
{
    if (rules->count == 0) {
        text_add_byte(out, SCRIPT_WITHOUT_RULES);
        return;
    }
    text_add_byte(out, SCRIPT_HOLDS_RULES);
    for (size_t i = 0; i < rules->count; i++) {
        text_add(out, text_span(&rules->rules[i]->line));
        text_add_byte(out, '\n');
    }
    text_add_byte(out, '\n');
}

static uint8_t options_of(const struct transcript *transcript, const struct play_session *session)
{
    const struct session_options *options = &transcript->options;
    unsigned bits = 0;
    if (options->max_line != 0 && options->max_line != MAX_LINE_DEFAULT)
        bits |= SCRIPT_SHORT_LINES;
    if (options->dry_run)
        bits |= SCRIPT_DRY_RUN;
    if (session->server != PLAY_SERVER_ACCEPTS)
        bits |= SCRIPT_ASKED;
    if (options->idle_timeout || options->connect_timeout)
        bits |= SCRIPT_IMPATIENT;
    if (options->only_recipient.len > 0)
        bits |= SCRIPT_ONLY_BOB;
    if (transcript->rules_for > 0)
        bits |= SCRIPT_FOR_A_TIME;
    if (options->tls == TLS_INTERCEPT)
        bits |= SCRIPT_INTERCEPTS;
    return (uint8_t)bits;
}

/* Waits are told in pieces, the largest first; less than 10 ms is left out. */
static void add_wait(duration wait, struct text *out)
{
    static const duration units[] = { HOURS(1), MINUTES(1), SECONDS(1), MS(10) };
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        while (wait >= units[i]) {
            duration count = wait / units[i] < 63 ? wait / units[i] : 63;
            script_write(
                &(struct script_step){ .operation = SCRIPT_WAIT, .wait = count * units[i] }, out);
            wait -= count * units[i];
        }
    }
}

static void add_bytes(const struct play_step *step, struct text *out)
{
    struct span bytes = text_span(&step->bytes);
    bool is_line = bytes.len > 0 && span_find(bytes, '\n') == bytes.len - 1;
    script_write(&(struct script_step){ .operation = is_line ? SCRIPT_LINE : SCRIPT_SAY,
                                        .side = step->side,
                                        .bytes = bytes },
                 out);
}

static void add_step(const struct play_step *step, struct text *out)
{
    if (step->kind == PLAY_CLOCK)
        add_wait(step->wait, out);
    if (!is_said(step))
        return;
    if (step->end == PLAY_NO_END) {
        add_bytes(step, out);
        return;
    }
    enum script_operation end = step->end == PLAY_RST ? SCRIPT_TEAR : SCRIPT_FINISH;
    script_write(&(struct script_step){ .operation = end, .side = step->side }, out);
}

void seed_add_script(const struct transcript *transcript, const struct play_session *session,
                     struct text *out)
{
    const struct play_step *steps = steps_of(transcript, session);
    add_rules(transcript->rules, out);
    text_add_byte(out, options_of(transcript, session));
    if (session->server == PLAY_SERVER_REFUSES)
        script_write(&(struct script_step){ .operation = SCRIPT_REFUSE }, out);
    for (size_t i = 0; i < session->step_count; i++)
        add_step(&steps[i], out);
}
