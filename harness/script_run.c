/* script_run: see script_run.h. */
#include "harness/script_run.h"

#include <stdio.h>

#include "base/check.h"
#include "harness/duplex.h"
#include "play/rule_choice.h"

/* Pieces that the second run is cut into, at most: a script in four is cut byte by byte. */
#define CUTS_MAX 2000
#define CUTS_FEW 40

/* True when what the session reads, and when, could depend on how bytes are cut: where one side has
 * stopped, the other is read until so many bytes wait, not so many events. */
static bool has_stops(struct span script)
{
    struct script_step step;
    while (script_next(&script, &step))
        if (step.operation == SCRIPT_STOP)
            return true;
    return false;
}

/* A command is early as long as a reply has not left: that depends on what one read brought. */
static bool asks_for_early(const struct rule_set *rules)
{
    for (size_t i = 0; i < rules->count; i++)
        for (size_t f = 0; f < rules->rules[i]->filter_count; f++)
            if (rules->rules[i]->filters[f].kind == FILTER_EARLY)
                return true;
    return false;
}

static void run(struct duplex *duplex, const struct rule_set *rules, uint8_t options,
                struct span script, size_t cut)
{
    static struct pool pool;
    struct script_step step;
    duplex_begin(duplex, &pool, rules, options, cut);
    while (!duplex_is_over(duplex) && script_next(&script, &step)) {
        duplex_step(duplex, &step);
        if (rule_choice_is_wire(rules))
            duplex_check_wire(duplex);
    }
    duplex_end(duplex);
}

static void show(const char *how, struct span bytes)
{
    struct text shown = { 0 };
    text_add_escaped(&shown, bytes);
    fprintf(stderr, "%s: %s\n", how, text_string(&shown));
    text_deinit(&shown);
}

/* The first line that is not the same. */
static void check_same(const char *what, struct span whole, struct span cut)
{
    while (whole.len > 0 || cut.len > 0) {
        struct cut a = span_cut(whole, '\n');
        struct cut b = span_cut(cut, '\n');
        if (!span_equal(a.before, b.before) || a.found != b.found) {
            fprintf(stderr, "%s differs\n", what);
            show("whole", a.before);
            show("cut", b.before);
            check(span_equal(whole, cut));
        }
        whole = a.after;
        cut = b.after;
    }
}

static void compare(const struct duplex *whole, const struct duplex *cut)
{
    static const char *const heard[] = { "what the client hears", "what the server hears" };
    if (whole->broke_off || cut->broke_off || whole->backed_up != cut->backed_up)
        return;
    if (whole->backed_up && whole->cut != cut->cut)
        return;
    check_same("the journal", text_span(&whole->log), text_span(&cut->log));
    for (int side = 0; side < 2; side++) {
        const struct peer *a = &whole->peers[side];
        const struct peer *b = &cut->peers[side];
        check_same(heard[side], text_span(&a->heard), text_span(&b->heard));
        check(a->finished == b->finished && a->reset == b->reset);
    }
}

static size_t cut_of(const struct duplex *whole, struct span script)
{
    size_t said = whole->peers[CLIENT].says.len + whole->peers[SERVER].says.len;
    bool few = span_hash(script, SPAN_HASH_BEGIN) % 4 > 0;
    return has_stops(script) ? SIZE_MAX : 1 + said / (few ? CUTS_FEW : CUTS_MAX);
}

void script_try(struct span script)
{
    struct duplex whole;
    struct duplex cut;
    struct rule_set *rules = rule_choice_take(&script);
    uint8_t options = script_byte(&script);
    run(&whole, rules, options, script, SIZE_MAX);
    run(&cut, rules, options, script, cut_of(&whole, script));
    if (!asks_for_early(rules))
        compare(&whole, &cut);
    duplex_deinit(&whole);
    duplex_deinit(&cut);
    rule_choice_give_back(rules);
}
