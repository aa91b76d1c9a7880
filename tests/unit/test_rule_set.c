/* test_rule_set: rules from lines and profiles, all or nothing, and what they together want. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdalign.h>

#include "session/rule_set.h"

static const struct place nowhere = { 0 };

static struct rule_set *make(const char *const *lines)
{
    struct rule_set *set = rule_set_new();
    struct text error = { 0 };
    for (; *lines; lines++) {
        bool fine = rule_set_add_line(set, span_of(*lines), nowhere, &error);
        if (!fine)
            print_message("%s\n", text_string(&error));
        assert_true(fine);
    }
    return set;
}

static struct rule_set *make_one(const char *line)
{
    const char *const lines[] = { line, NULL };
    return make(lines);
}

static void test_an_empty_set_wants_nothing(void **state)
{
    static const char *const none[] = { NULL };
    struct rule_set *set = make(none);
    (void)state;
    assert_int_equal(set->count, 0);
    assert_int_equal(set->wants[TO_SERVER] | set->wants[TO_CLIENT], 0);
    assert_int_equal(set->state_size, 0);
    rule_set_free(set);
    rule_set_free(NULL);
}

static void test_rules_stand_in_the_order_given(void **state)
{
    static const char *const lines[] = { "to client reply drop", " to client reply drop # again",
                                         "to server body strip-cr", NULL };
    struct rule_set *set = make(lines);
    (void)state;
    assert_int_equal(set->count, 3);
    for (size_t i = 0; i < set->count; i++) {
        assert_int_equal(set->rules[i]->index, i + 1);
        assert_null(set->rules[i]->profile);
    }
    /* The same line twice is two rules with memories of their own. */
    assert_true(span_equal(text_span(&set->rules[0]->line), text_span(&set->rules[1]->line)));
    assert_int_not_equal(set->rules[0]->key, set->rules[1]->key);
    /* What stands behind a rule is nothing to it. */
    struct rule_set *alone = make_one(lines[0]);
    assert_int_equal(alone->rules[0]->key, set->rules[0]->key);
    rule_set_free(alone);
    rule_set_free(set);
}

/* -- what rules together want --------------------------------------------------------------- */

static void test_wants_are_by_direction(void **state)
{
    static const struct {
        const char *line;
        unsigned wants[2];
        unsigned changes[2];
    } cases[] = {
        { "to server command RCPT drop", { SMTP_COMMAND, 0 }, { SMTP_COMMAND, 0 } },
        { "both ways command drop", { SMTP_COMMAND, 0 }, { SMTP_COMMAND, 0 } },
        { "to client reply delay", { 0, SMTP_REPLY }, { 0, 0 } },
        { "both ways body pace rate=1KB/s", { SMTP_BODY, 0 }, { 0, 0 } },
        { "to server body strip-cr", { SMTP_BODY, 0 }, { SMTP_BODY, 0 } },
        { "to client close reset", { 0, SMTP_CLOSE }, { 0, 0 } },
        { "both ways close delay", { SMTP_CLOSE, SMTP_CLOSE }, { 0, 0 } },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule_set *set = make_one(cases[i].line);
        for (unsigned going = TO_SERVER; going <= TO_CLIENT; going++) {
            assert_int_equal(set->wants[going], cases[i].wants[going]);
            assert_int_equal(set->changes[going], cases[i].changes[going]);
        }
        rule_set_free(set);
    }
}

static void test_wants_add_up(void **state)
{
    static const char *const lines[] = { "to server command drop", "to server body-end delay",
                                         "to client greeting delay", "to client reply drop", NULL };
    struct rule_set *set = make(lines);
    (void)state;
    assert_int_equal(set->wants[TO_SERVER], SMTP_COMMAND | SMTP_BODY_END);
    assert_int_equal(set->wants[TO_CLIENT], SMTP_GREETING | SMTP_REPLY);
    assert_int_equal(set->changes[TO_SERVER], SMTP_COMMAND);
    assert_int_equal(set->changes[TO_CLIENT], SMTP_REPLY);
    rule_set_free(set);
}

static void test_lines_are_wanted_only_where_each_matters(void **state)
{
    static const struct {
        const char *line;
        bool lines;
    } cases[] = {
        { "to server body strip-cr", true },
        { "to server body chance 1/2 per session strip-cr", true },
        { "to server body pace rate=1KB/s", false },
        { "to server body always client=::1 pace rate=1KB/s", false },
        { "to server body chance 1/2 per message pace rate=1KB/s", false },
        { "to server body chance 1/2 pace rate=1KB/s", true },
        { "to server body first 3 pace rate=1KB/s", true },
        { "to server body once per session pace rate=1KB/s", true },
        { "to server body matches=/x/ pace rate=1KB/s", true },
        { "to server body size>1MB pace rate=1KB/s", true },
        { "to server body-end delay", false },
        { "to server command drop", false },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct rule_set *set = make_one(cases[i].line);
        if (set->body_lines[TO_SERVER] != cases[i].lines)
            print_message("%s\n", cases[i].line);
        assert_int_equal(set->body_lines[TO_SERVER], cases[i].lines);
        assert_false(set->body_lines[TO_CLIENT]);
        rule_set_free(set);
    }
}

static void test_states_do_not_overlap(void **state)
{
    static const char *const lines[] = { "to server body header add=\"A: b\"",
                                         "to server body header remove=C", "to client reply drop",
                                         NULL };
    struct rule_set *set = make(lines);
    size_t behind = 0;
    (void)state;
    for (size_t i = 0; i < set->count; i++) {
        const struct rule *rule = set->rules[i];
        assert_true(rule->state_offset >= behind);
        assert_int_equal(rule->state_offset % alignof(max_align_t), 0);
        behind = rule->state_offset + rule->mutator->state_size;
    }
    assert_true(set->rules[0]->mutator->state_size > 0);
    assert_true(set->state_size >= behind);
    rule_set_free(set);
}

/* -- profiles ------------------------------------------------------------------------------- */

#define PROFILE                                                                                    \
    "# title: t\n"                                                                                 \
    "to client greeting drop\n"                                                                    \
    "# variant: slow takes its time\n"                                                             \
    "to client reply delay\n"                                                                      \
    "\n"                                                                                           \
    "# variant: fast\n"                                                                            \
    "to client reply drop # at once\n"                                                             \
    "to client close reset\n"

static bool add(struct rule_set *set, const char *profile, const char *variant, struct text *error)
{
    return rule_set_add_profile(set, "pretend", span_of(profile), span_of(variant), "x.profile",
                                error);
}

static void expect_lines(const struct rule_set *set, const char *const *lines)
{
    size_t i = 0;
    for (; lines[i]; i++) {
        assert_true(i < set->count);
        assert_true(span_equal(text_span(&set->rules[i]->line), span_of(lines[i])));
        assert_string_equal(set->rules[i]->profile, "pretend");
    }
    assert_int_equal(set->count, i);
}

static void test_a_profile_brings_one_variant(void **state)
{
    static const char *const slow[] = { "to client greeting drop", "to client reply delay", NULL };
    static const char *const fast[] = { "to client greeting drop", "to client reply drop",
                                        "to client close reset", NULL };
    struct text error = { 0 };
    struct rule_set *set = rule_set_new();
    (void)state;
    assert_true(add(set, PROFILE, "", &error));
    expect_lines(set, slow);
    rule_set_free(set);
    set = rule_set_new();
    assert_true(add(set, PROFILE, "fast", &error));
    expect_lines(set, fast);
    assert_int_equal(set->wants[TO_CLIENT], SMTP_GREETING | SMTP_REPLY | SMTP_CLOSE);
    rule_set_free(set);
    set = rule_set_new();
    assert_true(add(set, "to client reply drop", "", &error));
    assert_int_equal(set->count, 1);
    rule_set_free(set);
}

static void test_bad_input_leaves_the_set_as_it_was(void **state)
{
    static const struct {
        const char *profile;
        const char *variant;
        const char *error;
    } cases[] = {
        { "to client reply drop\n to server body dorp\n", "",
          "x.profile:2:17: unknown mutator \"dorp\"; did you mean \"drop\"?" },
        { PROFILE, "fasst", "x.profile: unknown variant \"fasst\"; did you mean \"fast\"?" },
    };
    struct rule_set *set = make_one("to client greeting delay");
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text error = { 0 };
        assert_false(add(set, cases[i].profile, cases[i].variant, &error));
        assert_string_equal(text_string(&error), cases[i].error);
        text_deinit(&error);
    }
    struct text error = { 0 };
    const struct place place = { "--rule", 2, 1 };
    assert_false(rule_set_add_line(set, SPAN("to server body dorp"), place, &error));
    assert_string_equal(text_string(&error),
                        "--rule:2:16: unknown mutator \"dorp\"; did you mean \"drop\"?");
    text_deinit(&error);
    assert_int_equal(set->count, 1);
    assert_int_equal(set->name_count, 0);
    assert_int_equal(set->wants[TO_SERVER], 0);
    assert_int_equal(set->wants[TO_CLIENT], SMTP_GREETING);
    rule_set_free(set);
}

static void test_a_set_is_bounded(void **state)
{
    struct text error = { 0 };
    struct rule_set *set = rule_set_new();
    (void)state;
    for (size_t i = 0; i < RULES_MAX; i++)
        assert_true(rule_set_add_line(set, SPAN("to client reply drop"), nowhere, &error));
    assert_false(rule_set_add_line(set, SPAN("to client reply drop"), nowhere, &error));
    assert_string_equal(text_string(&error), "rule: more than 4096 rules");
    text_clear(&error);
    assert_false(add(set, PROFILE, "", &error));
    assert_string_equal(text_string(&error), "x.profile:2:1: more than 4096 rules");
    assert_int_equal(set->count, RULES_MAX);
    rule_set_free(set);
    text_deinit(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_empty_set_wants_nothing),
        cmocka_unit_test(test_rules_stand_in_the_order_given),
        cmocka_unit_test(test_wants_are_by_direction),
        cmocka_unit_test(test_wants_add_up),
        cmocka_unit_test(test_lines_are_wanted_only_where_each_matters),
        cmocka_unit_test(test_states_do_not_overlap),
        cmocka_unit_test(test_a_profile_brings_one_variant),
        cmocka_unit_test(test_bad_input_leaves_the_set_as_it_was),
        cmocka_unit_test(test_a_set_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
