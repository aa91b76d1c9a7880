/* rule_set: see rule_set.h. */
#include "session/rule_set.h"

#include <inttypes.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "session/profile.h"

struct rule_set *rule_set_new(void)
{
    struct rule_set *set = calloc(1, sizeof *set);
    check(set != NULL);
    return set;
}

static void rule_free(struct rule *rule)
{
    rule_deinit(rule);
    free(rule);
}

/* Takes rules away until `count` are left. */
static void cut_back(struct rule_set *set, size_t count)
{
    while (set->count > count)
        rule_free(set->rules[--set->count]);
}

void rule_set_free(struct rule_set *set)
{
    if (!set)
        return;
    cut_back(set, 0);
    free(set->rules);
    for (size_t i = 0; i < set->name_count; i++)
        free(set->names[i]);
    free(set->names);
    free(set);
}

/* -- what the rules together want ----------------------------------------------------------- */

/* Filters that may hold for one line of a mail and not for the next. */
static bool tells_lines_apart(enum rule_filter_kind kind)
{
    switch (kind) {
    case FILTER_SIZE:
    case FILTER_MATCHES:
    case FILTER_LENGTH:
    case FILTER_OFFSET:
    case FILTER_PART:
    case FILTER_QUIET:
    case FILTER_SPLIT:
    case FILTER_JOINED:
    case FILTER_CONTAINS:
    case FILTER_LAST_LINE: return true;
    case FILTER_CLIENT:
    case FILTER_HELO:
    case FILTER_SENDER:
    case FILTER_RECIPIENT:
    case FILTER_TLS:
    case FILTER_LISTED:
    case FILTER_DOMAIN:
    case FILTER_SAID:
    case FILTER_UNSAID:
    case FILTER_EARLY:
    case FILTER_PARTED: return false;
    }
    return true;
}

/* A rule that only times bulk, always or by one draw for many lines, need not see each line. */
static bool needs_lines(const struct rule *rule)
{
    bool draws_once = rule->when == WHEN_CHANCE && rule->per != PER_DEFAULT;
    if (!rule->mutator->on_bulk || (rule->when != WHEN_ALWAYS && !draws_once))
        return true;
    for (size_t i = 0; i < rule->filter_count; i++)
        if (tells_lines_apart(rule->filters[i].kind))
            return true;
    return false;
}

static bool asks_for_cuts(const struct rule *rule)
{
    for (size_t i = 0; i < rule->filter_count; i++)
        if (rule->filters[i].kind == FILTER_SPLIT || rule->filters[i].kind == FILTER_JOINED)
            return true;
    return rule->mutator->minds_cuts;
}

static bool asks_for_silence(const struct rule *rule)
{
    for (size_t i = 0; i < rule->filter_count; i++)
        if (rule->filters[i].kind == FILTER_QUIET)
            return true;
    return rule->event == SMTP_IDLE;
}

/* What a filter remembers, it has to see. */
static void note_memory(struct rule_set *set, const struct rule *rule)
{
    for (size_t i = 0; i < rule->filter_count; i++) {
        if (!filter_remembers(&rule->filters[i]))
            continue;
        set->remembers = set->body_lines[TO_SERVER] = true;
        set->wants[TO_SERVER] |= SMTP_BODY;
    }
}

static void note_wants(struct rule_set *set, const struct rule *rule)
{
    static const unsigned bits[] = { [TO_SERVER] = ONLY_TO_SERVER, [TO_CLIENT] = ONLY_TO_CLIENT };
    unsigned events = rule->event | (rule_sees_end(rule) ? SMTP_BODY_END : 0u);
    set->minds_cuts |= asks_for_cuts(rule);
    set->minds_silence |= asks_for_silence(rule);
    for (unsigned going = TO_SERVER; going <= TO_CLIENT; going++) {
        if (!(rule_reaches(rule) & bits[going]))
            continue;
        set->wants[going] |= events;
        set->counts_sessions |= rule->mutator->counts_sessions;
        if (!rule->mutator->timing_only)
            set->changes[going] |= events;
        if (rule->event == SMTP_BODY && needs_lines(rule))
            set->body_lines[going] = true;
    }
}

static void note_state(struct rule_set *set, struct rule *rule)
{
    size_t alignment = alignof(max_align_t);
    rule->state_offset = set->state_size;
    set->state_size += (rule->mutator->state_size + alignment - 1) / alignment * alignment;
}

duration rule_set_next_silence(const struct rule_set *set, duration told)
{
    duration next = NEVER;
    for (size_t i = 0; i < set->count; i++)
        if (set->rules[i]->event == SMTP_IDLE && set->rules[i]->silence > told)
            next = instant_min(next, set->rules[i]->silence);
    return next;
}

/* -- adding --------------------------------------------------------------------------------- */

/* A rule read becomes the set's last; nothing that the set says about its rules changes yet. */
static bool read_into(struct rule_set *set, struct span line, struct place place,
                      struct text *error)
{
    if (set->count == RULES_MAX) {
        place_add(&place, error);
        text_addf(error, "more than %d rules", RULES_MAX);
        return false;
    }
    struct rule *rule = calloc(1, sizeof *rule);
    struct rule **rules = realloc(set->rules, (set->count + 1) * sizeof(struct rule *));
    check(rule != NULL && rules != NULL);
    set->rules = rules;
    if (!rule_parse(rule, line, place, error)) {
        free(rule);
        return false;
    }
    rules[set->count++] = rule;
    rule->index = set->count;
    rule->key = span_hash(text_span(&rule->line), SPAN_HASH_BEGIN ^ rule->index);
    return true;
}

/* Neighbours with weights that speak of the same event for the same scope are one draw. */
static bool shares_draw(const struct rule *a, const struct rule *b)
{
    return a->when == WHEN_WEIGHT && b->when == WHEN_WEIGHT && a->directions == b->directions &&
           a->event == b->event && a->verbs == b->verbs && a->code == b->code &&
           a->code_is_class == b->code_is_class && a->after == b->after && a->per == b->per &&
           a->profile == b->profile;
}

static size_t group_end(const struct rule_set *set, size_t first)
{
    size_t end = first + 1;
    while (end < set->count && shares_draw(set->rules[first], set->rules[end]))
        end++;
    return end;
}

static void note_group(struct rule_set *set, size_t first, size_t end)
{
    uint64_t weight = 0;
    for (size_t i = first; i < end; i++) {
        set->rules[i]->group_key = set->rules[first]->key;
        set->rules[i]->weight_before = weight;
        weight += set->rules[i]->n;
    }
    for (size_t i = first; i < end; i++)
        set->rules[i]->group_weight = weight;
}

static void note_groups(struct rule_set *set)
{
    for (size_t first = 0, end; first < set->count; first = end) {
        end = group_end(set, first);
        note_group(set, first, end);
    }
}

/* The rules from the nth on are here to stay. */
static void settle(struct rule_set *set, size_t n, const char *profile)
{
    for (; n < set->count; n++) {
        set->rules[n]->profile = profile;
        note_wants(set, set->rules[n]);
        note_memory(set, set->rules[n]);
        note_state(set, set->rules[n]);
    }
    note_groups(set);
}

bool rule_set_add_line_of(struct rule_set *set, const char *profile, struct span line,
                          struct place place, struct text *error)
{
    size_t before = set->count;
    if (!read_into(set, line, place, error))
        return false;
    settle(set, before, profile);
    return true;
}

bool rule_set_add_line(struct rule_set *set, struct span line, struct place place,
                       struct text *error)
{
    return rule_set_add_line_of(set, NULL, line, place, error);
}

/* -- profiles ------------------------------------------------------------------------------- */

const char *rule_set_keep_name(struct rule_set *set, const char *name)
{
    char **names = realloc(set->names, (set->name_count + 1) * sizeof(char *));
    char *copy = strdup(name);
    check(names != NULL && copy != NULL);
    set->names = names;
    return names[set->name_count++] = copy;
}

static bool read_profile(struct rule_set *set, struct span text, struct span variant,
                         const char *file, struct text *error)
{
    struct profile_line line;
    size_t number = 0;
    bool wanted = true; /* the rules before the first variant belong to all */
    while (profile_next(&text, &number, &line)) {
        if (line.kind == PROFILE_VARIANT)
            wanted = span_equal(line.key, variant);
        if (line.kind != PROFILE_RULE || !wanted)
            continue;
        const struct place place = { file, line.number, line.column };
        if (!read_into(set, line.text, place, error))
            return false;
    }
    return true;
}

bool rule_set_add_profile(struct rule_set *set, const char *name, struct span text,
                          struct span variant, const char *file, struct text *error)
{
    size_t before = set->count;
    if (!profile_variant(file, text, &variant, error) ||
        !read_profile(set, text, variant, file, error)) {
        cut_back(set, before);
        return false;
    }
    settle(set, before, rule_set_keep_name(set, name));
    return true;
}
