/* test_catalogue: lists name everything once, explanations are whole, examples work when pasted,
 * and misspelt names find their neighbour. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "mutators/mutator.h"
#include "session/catalogue.h"
#include "session/profile.h"
#include "session/rule.h"

static void expect_within(struct text *text, const char *wanted)
{
    if (!strstr(text_string(text), wanted))
        fail_msg("no \"%s\" in:\n%s", wanted, text_string(text));
}

static void expect_explained(const char *name, const char *const *wanted)
{
    struct text out = { 0 };
    assert_true(catalogue_explain(span_of(name), &out));
    for (; *wanted; wanted++)
        expect_within(&out, *wanted);
    text_deinit(&out);
}

static size_t lines_of(const struct text *text)
{
    size_t lines = 0;
    for (size_t i = 0; i < text->len; i++)
        lines += text->ptr[i] == '\n';
    return lines;
}

static void test_lists_are_whole(void **state)
{
    (void)state;
    struct text out = { 0 };
    catalogue_list(CATALOGUE_MUTATORS, &out);
    assert_int_equal(lines_of(&out), mutator_count);
    expect_within(&out, "\nstrip-cr  ");
    text_clear(&out);
    catalogue_list(CATALOGUE_PROFILES, &out);
    expect_within(&out, "\ngreylist-variants   ");
    text_clear(&out);
    catalogue_list(CATALOGUE_EVENTS, &out);
    assert_int_equal(lines_of(&out), 9);
    expect_within(&out, "\nbody-end  The end of a mail.\n");
    text_deinit(&out);
}

static size_t place_in(struct text *text, const char *wanted)
{
    expect_within(text, wanted);
    return span_search(text_span(text), span_of(wanted));
}

static void test_profiles_stand_in_groups(void **state)
{
    (void)state;
    struct text out = { 0 };
    catalogue_list_profiles(false, &out);
    assert_true(place_in(&out, "pix-banner-mask ") < place_in(&out, "greylist-variants "));
    assert_true(place_in(&out, "greylist-variants ") < place_in(&out, "exchange-tarpit "));
    expect_within(&out, "[pix51, pix44, cmap]\n");
    size_t profiles = lines_of(&out);
    assert_null(profile_builtin_name(profiles));
    assert_non_null(profile_builtin_name(profiles - 1));
    text_clear(&out);
    catalogue_list_profiles(true, &out);
    assert_true(lines_of(&out) > profiles);
    assert_true(place_in(&out, "Firewalls and other devices in the path:\n") <
                place_in(&out, "pix-banner-mask "));
    text_deinit(&out);
}

static void test_every_name_is_explained(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; i < mutator_count; i++)
        expect_explained(mutators[i]->name,
                         (const char *const[]){ mutators[i]->family, mutators[i]->example, NULL });
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        expect_explained(slug, (const char *const[]){ "imitates", "source", "Rules:", NULL });
}

static void test_examples_work_when_pasted(void **state)
{
    (void)state;
    for (size_t i = 0; i < mutator_count; i++) {
        struct rule rule;
        struct text error = { 0 };
        if (!rule_parse(&rule, span_of(mutators[i]->example), (struct place){ 0 }, &error))
            fail_msg("%s: %s: %s", mutators[i]->name, mutators[i]->example, text_string(&error));
        assert_ptr_equal(rule.mutator, mutators[i]);
        rule_deinit(&rule);
        text_deinit(&error);
    }
}

static void test_a_mutator_tells_parameters_and_users(void **state)
{
    (void)state;
    expect_explained("answer",
                     (const char *const[]){ "\n  reply=        the whole reply", "; must be given",
                                            "spared|told|dropped; default",
                                            "\n  bends         RFC 5321 section 4.2",
                                            "checkpoint-permanent-scan-failure", NULL });
    expect_explained("delay", (const char *const[]){ "from 0s to 24h; default 1s", NULL });
}

static void test_a_profile_tells_its_variants(void **state)
{
    (void)state;
    expect_explained("lost-final-250",
                     (const char *const[]){ "lost-final-250:mute", "lost-final-250:reset",
                                            "\n  to client  reply 250  lose-ack  then=mute\n",
                                            "loaded when no variant is named", NULL });
    struct text out = { 0 };
    assert_true(catalogue_explain(SPAN("lost-final-250:reset"), &out));
    expect_within(&out, "then=reset");
    assert_null(strstr(text_string(&out), "then=mute"));
    text_clear(&out);
    assert_false(catalogue_explain(SPAN("lost-final-250:"), &out));
    assert_false(catalogue_explain(SPAN("lost-final-250:none"), &out));
    assert_false(catalogue_explain(SPAN("nothing"), &out));
    assert_int_equal(out.len, 0);
    text_deinit(&out);
}

/* `greeting` is a mutator and an event. */
static void test_a_shared_name_is_explained_twice(void **state)
{
    (void)state;
    expect_explained(
        "greeting", (const char *const[]){ "greeting, a mutator\n", "greeting, an event\n", NULL });
}

static void test_misspelt_names_find_their_neighbour(void **state)
{
    (void)state;
    assert_string_equal(catalogue_nearest(SPAN("dely")), "delay");
    assert_string_equal(catalogue_nearest(SPAN("greylist-variant:spamd")), "greylist-variants");
    assert_string_equal(catalogue_nearest(SPAN("bodyend")), "body-end");
    assert_null(catalogue_nearest(SPAN("zzzzzz")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lists_are_whole),
        cmocka_unit_test(test_profiles_stand_in_groups),
        cmocka_unit_test(test_every_name_is_explained),
        cmocka_unit_test(test_examples_work_when_pasted),
        cmocka_unit_test(test_a_mutator_tells_parameters_and_users),
        cmocka_unit_test(test_a_profile_tells_its_variants),
        cmocka_unit_test(test_a_shared_name_is_explained_twice),
        cmocka_unit_test(test_misspelt_names_find_their_neighbour),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
