/* profile_warn: what in a profile reads well and can never happen: rules that an earlier one leaves
 * nothing to, and filters that no event of their rule meets. Mistakes are profile_check.c's. */
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/limits.h"
#include "session/profile.h"
#include "session/rule.h"

/* A rule and where it stands. Variant 0 is what belongs to all of them. */
struct known_rule {
    struct rule rule;
    size_t line;
    size_t variant;
};

struct inspection {
    const char *file;
    struct text *warnings;
    struct known_rule *rules;
    size_t count;
};

static struct text *warn(const struct inspection *inspection, size_t line)
{
    const struct place place = { inspection->file, line, 1 };
    if (inspection->warnings->len > 0)
        text_add_byte(inspection->warnings, '\n');
    place_add(&place, inspection->warnings);
    text_add(inspection->warnings, SPAN("warning: "));
    return inspection->warnings;
}

/* -- filters -------------------------------------------------------------------------------- */

#define BODY_EVENTS (SMTP_BODY | SMTP_BODY_END)
#define REPLIES (SMTP_GREETING | SMTP_REPLY)
#define WITH_BYTES (SMTP_COMMAND | REPLIES | BODY_EVENTS)
#define ANY_EVENT (WITH_BYTES | SMTP_CONNECT | SMTP_TLS | SMTP_CLOSE | SMTP_IDLE)
#define WITH_ENVELOPE (ANY_EVENT & ~(unsigned)(SMTP_CONNECT | SMTP_GREETING))

/* The kinds of event at which the filter can hold at all; 0 stands for all of them. */
static unsigned kinds_of(const struct rule_filter *filter)
{
    static const unsigned kinds[] = {
        [FILTER_SENDER] = WITH_ENVELOPE, [FILTER_RECIPIENT] = WITH_ENVELOPE,
        [FILTER_SIZE] = WITH_ENVELOPE,   [FILTER_SAID] = WITH_ENVELOPE,
        [FILTER_LENGTH] = WITH_BYTES,    [FILTER_OFFSET] = BODY_EVENTS,
        [FILTER_PART] = SMTP_BODY,       [FILTER_DOMAIN] = SMTP_COMMAND | SMTP_REPLY,
    };
    if (filter->kind == FILTER_EARLY && filter->yes)
        return SMTP_COMMAND | REPLIES;
    if ((filter->kind == FILTER_SPLIT || filter->kind == FILTER_JOINED) && filter->yes)
        return WITH_BYTES;
    bool listed = (size_t)filter->kind < sizeof kinds / sizeof kinds[0];
    unsigned held = listed ? kinds[filter->kind] : 0;
    return held ? held : ANY_EVENT;
}

static bool is_yes_or_no(enum rule_filter_kind kind)
{
    return kind == FILTER_TLS || kind == FILTER_PART || kind == FILTER_EARLY ||
           kind == FILTER_PARTED || kind == FILTER_JOINED || kind == FILTER_DOMAIN;
}

/* Two filters of which only one can hold. */
static bool contradict(const struct rule_filter *a, const struct rule_filter *b)
{
    bool said = (a->kind == FILTER_SAID && b->kind == FILTER_UNSAID) ||
                (a->kind == FILTER_UNSAID && b->kind == FILTER_SAID);
    if (said)
        return a->verb == b->verb;
    return is_yes_or_no(a->kind) && a->kind == b->kind && a->yes != b->yes;
}

static void inspect_filters(const struct inspection *inspection, const struct known_rule *known)
{
    const struct rule *rule = &known->rule;
    for (size_t i = 0; i < rule->filter_count; i++) {
        const char *name = rule_filter_name(rule->filters[i].kind);
        if (!(kinds_of(&rule->filters[i]) & rule->event))
            text_addf(warn(inspection, known->line), "%s never holds at %s", name,
                      event_kind_name(rule->event));
        for (size_t k = 0; k < i; k++)
            if (contradict(&rule->filters[i], &rule->filters[k]))
                text_addf(warn(inspection, known->line), "%s contradicts the %s before it", name,
                          rule_filter_name(rule->filters[k].kind));
    }
}

/* -- rules that come too late --------------------------------------------------------------- */

static bool speaks_of_all(const struct rule *earlier, const struct rule *later)
{
    unsigned code = earlier->code_is_class ? later->code / 100 * 100 : later->code;
    bool verbs = earlier->verbs == 0 || (later->verbs && !(later->verbs & ~earlier->verbs));
    bool codes = earlier->code == 0 || (earlier->code == code && later->code > 0);
    bool classes = earlier->code_is_class || !later->code_is_class || earlier->code == 0;
    bool after = earlier->after == VERB_NONE || earlier->after == later->after;
    return earlier->event == later->event && earlier->silence == later->silence &&
           !(rule_reaches(later) & ~rule_reaches(earlier)) && verbs && codes && classes && after;
}

static bool is_same_text(const struct rule_filter *a, const struct rule_filter *b)
{
    return span_equal(a->text, b->text) && a->verb == b->verb && a->yes == b->yes &&
           a->whole_end == b->whole_end && a->prefix == b->prefix &&
           memcmp(a->address, b->address, sizeof a->address) == 0;
}

/* Where `later` holds, `earlier` does. Of patterns that cannot be told. */
static bool follows(const struct rule_filter *earlier, const struct rule_filter *later)
{
    return earlier->kind == later->kind && !earlier->pattern && !later->pattern &&
           is_same_text(earlier, later) && earlier->number <= later->number;
}

/* Whatever the later rule's filters let pass, the earlier one's do too. */
static bool filters_let_pass(const struct rule *earlier, const struct rule *later)
{
    for (size_t i = 0; i < earlier->filter_count; i++) {
        bool found = false;
        for (size_t k = 0; k < later->filter_count; k++)
            found |= follows(&earlier->filters[i], &later->filters[k]);
        if (!found)
            return false;
    }
    return true;
}

/* It has taken the content of every event that the later one speaks of. */
static bool leaves_nothing(const struct known_rule *earlier, const struct known_rule *later)
{
    const struct rule *rule = &earlier->rule;
    bool meet = earlier->variant == 0 || earlier->variant == later->variant;
    return meet && rule->when == WHEN_ALWAYS && filters_let_pass(rule, &later->rule) &&
           rule->mutator->takes_always && !later->rule.mutator->timing_only &&
           speaks_of_all(rule, &later->rule);
}

static void inspect_rule(const struct inspection *inspection, size_t n)
{
    const struct known_rule *later = &inspection->rules[n];
    inspect_filters(inspection, later);
    for (size_t i = 0; i < n; i++) {
        if (!leaves_nothing(&inspection->rules[i], later))
            continue;
        text_addf(warn(inspection, later->line),
                  "the rule never acts, for that on line %zu always takes the event",
                  inspection->rules[i].line);
        return;
    }
}

/* -- the whole ------------------------------------------------------------------------------ */

static void keep(struct inspection *inspection, const struct profile_line *line, size_t variant)
{
    struct text error = { 0 };
    struct known_rule *rules = realloc(inspection->rules, (inspection->count + 1) * sizeof *rules);
    check(rules != NULL);
    inspection->rules = rules;
    struct known_rule *known = &rules[inspection->count];
    if (rule_parse(&known->rule, line->text, (struct place){ 0 }, &error)) {
        known->line = line->number;
        known->variant = variant;
        inspection->count++;
    }
    text_deinit(&error);
}

void profile_warn(const char *file, struct span text, struct text *warnings)
{
    struct inspection inspection = { .file = file, .warnings = warnings };
    struct profile_line line;
    size_t number = 0;
    size_t variant = 0;
    while (profile_next(&text, &number, &line)) {
        variant += line.kind == PROFILE_VARIANT;
        if (line.kind == PROFILE_RULE && inspection.count < RULES_MAX)
            keep(&inspection, &line, variant);
    }
    for (size_t i = 0; i < inspection.count; i++)
        inspect_rule(&inspection, i);
    for (size_t i = 0; i < inspection.count; i++)
        rule_deinit(&inspection.rules[i].rule);
    free(inspection.rules);
}
