/* fuzz_rule: text that is taken for a rule and for a profile. It is read or refused, in one line
 * that says why; a rule that was read reads the same again; a set is all or nothing. */
#include "base/check.h"
#include "harness/entry.h"
#include "session/profile.h"
#include "session/rule_set.h"

static bool is_shown(uint8_t byte)
{
    return byte >= ' ' && byte <= '~';
}

static void check_one_line(const struct text *error)
{
    check(error->len > 0);
    for (size_t i = 0; i < error->len; i++)
        check(is_shown(error->ptr[i]));
}

static void check_again(const struct rule *rule)
{
    struct text error = { 0 };
    struct rule again;
    check(rule_parse(&again, text_span(&rule->line), (struct place){ 0 }, &error));
    check(span_equal(text_span(&again.line), text_span(&rule->line)));
    check(again.key == rule->key && again.mutator == rule->mutator);
    check(again.filter_count == rule->filter_count && again.when == rule->when);
    rule_deinit(&again);
    text_deinit(&error);
}

static void try_rule(struct span line)
{
    struct text error = { 0 };
    struct rule rule;
    if (rule_parse(&rule, line, (struct place){ 0 }, &error)) {
        check(error.len == 0);
        check(rule.mutator != NULL && rule_reaches(&rule) != 0);
        check(rule.line.len > 0 && rule.line.len <= RULE_LINE_MAX);
        check_again(&rule);
        rule_deinit(&rule);
    } else {
        check_one_line(&error);
    }
    text_deinit(&error);
}

static void try_profile(struct span text)
{
    struct text errors = { 0 };
    struct text error = { 0 };
    struct rule_set *set = rule_set_new();
    bool fine = profile_check("x", text, &errors);
    bool added = rule_set_add_profile(set, "x", text, SPAN(""), "x", &error);
    check(fine == (errors.len == 0));
    check(added == (error.len == 0));
    check(added || set->count == 0);
    check(added || !fine);
    if (!added)
        check_one_line(&error);
    rule_set_free(set);
    text_deinit(&errors);
    text_deinit(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    try_rule(span_make(data, size));
    try_profile(span_make(data, size));
    return 0;
}
