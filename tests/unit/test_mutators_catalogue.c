/* test_mutators_catalogue: every mutator tells all that `list`, `explain` and the rule language
 * need to know about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "mutation_fixture.h"
#include "session/rule.h"

static const char *const families[] = {
    "replies and commands",
    "EHLO and greeting",
    "line endings and terminator",
    "content",
    "timing",
    "connection",
    "TLS",
    "policy with memory",
    "outcome",
};

static bool is_family(const char *family)
{
    for (size_t i = 0; i < sizeof families / sizeof families[0]; i++)
        if (strcmp(families[i], family) == 0)
            return true;
    return false;
}

static void expect_sentence(const char *name, const char *text)
{
    if (!text || !span_ends(span_of(text), SPAN(".")) || text[0] < 'A' || text[0] > 'Z')
        fail_msg("%s: no sentence: %s", name, text ? text : "(nothing)");
}

static void test_every_mutator_is_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++) {
        const struct mutator *mutator = mutators[i];
        expect_sentence(mutator->name, mutator->summary);
        expect_sentence(mutator->name, mutator->detail);
        expect_sentence(mutator->name, mutator->clause);
        assert_true(span_starts(span_of(mutator->clause), SPAN("RFC ")));
        if (!is_family(mutator->family))
            fail_msg("%s is of an unknown family: %s", mutator->name, mutator->family);
        assert_non_null(mutator->apply);
        assert_true(mutator->param_count <= PARAMS_MAX);
    }
}

static void test_a_name_finds_its_mutator(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++)
        assert_ptr_equal(mutator_find(span_of(mutators[i]->name)), mutators[i]);
    assert_null(mutator_find(SPAN("")));
    assert_null(mutator_find(SPAN("strip_cr")));
}

/* `explain` promises that its example works when pasted. */
static void test_every_example_is_a_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++) {
        struct rule rule;
        struct text error = { 0 };
        if (!rule_parse(&rule, span_of(mutators[i]->example), (struct place){ 0 }, &error))
            fail_msg("%s", text_string(&error));
        assert_ptr_equal(rule.mutator, mutators[i]);
        rule_deinit(&rule);
        text_deinit(&error);
    }
}

static bool is_number(enum param_kind kind)
{
    return kind == PARAM_COUNT || kind == PARAM_DECIMAL || kind == PARAM_TIME ||
           kind == PARAM_SIZE || kind == PARAM_RATE;
}

/* What `explain` shows as the default can be said. */
static void expect_preset_is_valid(const struct param *param)
{
    struct text shown = { 0 };
    struct text error = { 0 };
    struct argument argument = { 0 };
    if (is_number(param->kind) || param->kind == PARAM_WORD)
        param_format(param, param->preset, &shown);
    else if (param->preset_text)
        text_add(&shown, span_of(param->preset_text));
    else
        return;
    if (!param_parse(param, text_span(&shown), true, &argument, &error))
        fail_msg("%s", text_string(&error));
    argument_deinit(&argument);
    text_deinit(&shown);
    text_deinit(&error);
}

static void expect_param(const struct mutator *mutator, const struct param *param)
{
    if (!param->name || !param->what || param->what[0] == 0)
        fail_msg("%s has a parameter that says too little", mutator->name);
    if (param->kind == PARAM_WORD)
        assert_non_null(param->choices);
    if (is_number(param->kind))
        assert_true(param->max > 0 && param->min <= param->preset && param->preset <= param->max);
    if (!param->required)
        expect_preset_is_valid(param);
    for (const struct param *other = mutator->params; other < param; other++)
        assert_string_not_equal(other->name, param->name);
}

static void test_every_parameter_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++)
        for (size_t n = 0; n < mutators[i]->param_count; n++)
            expect_param(mutators[i], &mutators[i]->params[n]);
}

#define CARRIES_BYTES (SMTP_GREETING | SMTP_COMMAND | SMTP_REPLY | SMTP_BODY | SMTP_BODY_END)
#define ANSWERED (SMTP_CONNECT | SMTP_COMMAND | SMTP_BODY_END)
#define ANY_EVENT (CARRIES_BYTES | SMTP_CONNECT | SMTP_TLS | SMTP_CLOSE)
#define ANY_MOMENT (ANY_EVENT | SMTP_IDLE)

/* Which events are its own, and which are not, is a promise to profiles. */
static const struct {
    const struct mutator *mutator;
    unsigned wants;
} wanting[] = {
    { &mutator_answer, SMTP_CONNECT | SMTP_COMMAND | SMTP_BODY | SMTP_BODY_END },
    { &mutator_rewrite, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_pass, CARRIES_BYTES },
    { &mutator_drop, CARRIES_BYTES | SMTP_CLOSE },
    { &mutator_repeat, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_insert, CARRIES_BYTES | SMTP_CONNECT | SMTP_CLOSE | SMTP_IDLE },
    { &mutator_mask, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_malform, SMTP_COMMAND | SMTP_GREETING | SMTP_REPLY },
    { &mutator_swap, SMTP_COMMAND | SMTP_REPLY | SMTP_BODY },
    { &mutator_note, ANY_MOMENT },
    { &mutator_ehlo, SMTP_REPLY },
    { &mutator_greeting, SMTP_GREETING },
    { &mutator_strip_cr, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_strip_lf, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_bare_lf, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_bare_cr, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_crlf, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_terminator, SMTP_BODY_END },
    { &mutator_unstuff, SMTP_BODY },
    { &mutator_overstuff, SMTP_BODY },
    { &mutator_smuggle, SMTP_BODY_END },
    { &mutator_header, SMTP_BODY },
    { &mutator_footer, SMTP_BODY_END },
    { &mutator_wrap, SMTP_BODY },
    { &mutator_truncate, SMTP_BODY },
    { &mutator_corrupt, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_strip_8bit, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_nul, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_replace_body, SMTP_BODY },
    { &mutator_replace_part, SMTP_BODY },
    { &mutator_bdat, SMTP_COMMAND },
    { &mutator_dribble_header, SMTP_BODY },
    { &mutator_delay, ANY_EVENT },
    { &mutator_progressive_delay, ANY_EVENT & ~(unsigned)(SMTP_BODY | SMTP_TLS | SMTP_CLOSE) },
    { &mutator_drip, CARRIES_BYTES },
    { &mutator_pace, CARRIES_BYTES },
    { &mutator_stall, ANY_MOMENT },
    { &mutator_keep_alive, SMTP_GREETING | SMTP_REPLY },
    { &mutator_slice, CARRIES_BYTES },
    { &mutator_merge, CARRIES_BYTES },
    { &mutator_finish, ANY_MOMENT },
    { &mutator_reset, ANY_MOMENT },
    { &mutator_blackhole, ANY_MOMENT },
    { &mutator_limit, CARRIES_BYTES & ~(unsigned)SMTP_BODY_END },
    { &mutator_certificate, SMTP_TLS },
    { &mutator_tls, SMTP_TLS },
    { &mutator_no_close_notify, SMTP_TLS | SMTP_CLOSE },
    { &mutator_inject_plaintext, (CARRIES_BYTES & ~(unsigned)SMTP_GREETING) | SMTP_TLS },
    { &mutator_greylist, ANSWERED },
    { &mutator_throttle, ANSWERED },
    { &mutator_block_list, ANSWERED | SMTP_GREETING | SMTP_REPLY | SMTP_BODY | SMTP_CLOSE },
    { &mutator_back_pressure, ANSWERED },
    { &mutator_limit_recipients, SMTP_COMMAND | SMTP_BODY_END },
    { &mutator_limit_size, SMTP_COMMAND | SMTP_BODY_END },
    { &mutator_limit_sessions, SMTP_CONNECT | SMTP_COMMAND },
    { &mutator_lose_ack, SMTP_REPLY },
    { &mutator_false_accept, SMTP_BODY_END },
    { &mutator_deliver_twice, SMTP_COMMAND },
    { &mutator_hold, SMTP_COMMAND },
};

static void test_every_mutator_wants_its_events(void **state)
{
    (void)state;
    assert_int_equal(sizeof wanting / sizeof wanting[0], mutator_count);
    for (size_t i = 0; i < mutator_count; i++) {
        assert_ptr_equal(wanting[i].mutator, mutators[i]);
        if (wanting[i].wants != mutators[i]->wants)
            fail_msg("%s wants other events", mutators[i]->name);
    }
}

/* Bodies are cut into lines for what acts on lines. */
static void test_only_rates_take_bodies_in_bulk(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++) {
        const struct mutator *mutator = mutators[i];
        bool is_rate =
            mutator == &mutator_drip || mutator == &mutator_pace || mutator == &mutator_limit;
        assert_int_equal(mutator->on_bulk, is_rate);
        assert_true(mutator->timing_only || !mutator->on_bulk);
        bool is_whole = mutator == &mutator_header || mutator == &mutator_truncate ||
                        mutator == &mutator_replace_body || mutator == &mutator_replace_part ||
                        mutator == &mutator_dribble_header;
        assert_int_equal(mutator->whole_message, is_whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_mutator_is_documented),
        cmocka_unit_test(test_a_name_finds_its_mutator),
        cmocka_unit_test(test_every_example_is_a_rule),
        cmocka_unit_test(test_every_parameter_is_complete),
        cmocka_unit_test(test_every_mutator_wants_its_events),
        cmocka_unit_test(test_only_rates_take_bodies_in_bulk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
