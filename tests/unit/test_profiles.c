/* test_profiles: every built-in profile reads, says what it has to say about itself, and each of
 * its variants loads. What the rules do is shown by the transcripts of the same names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "session/profile.h"
#include "session/rule_set.h"

static struct span builtin(const char *slug)
{
    struct span text;
    assert_true(profile_builtin(span_of(slug), &text));
    return text;
}

static void test_all_read(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++) {
        struct text errors = { 0 };
        if (!profile_check(slug, builtin(slug), &errors))
            fail_msg("%s", text_string(&errors));
        text_deinit(&errors);
    }
    assert_true(profile_builtin_name(0) != NULL);
}

static bool has_header(struct span rest, const char *key)
{
    size_t number = 0;
    struct profile_line line;
    while (profile_next(&rest, &number, &line))
        if (line.kind == PROFILE_HEADER && span_equal(line.key, span_of(key)) && line.text.len > 0)
            return true;
    return false;
}

static void test_all_say_what_they_are(void **state)
{
    (void)state;
    static const char *const keys[] = { "title", "imitates", "source", "saw", "expect", "clause" };
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            if (!has_header(builtin(slug), keys[k]))
                fail_msg("%s does not say `# %s:`", slug, keys[k]);
}

static void expect_loads(const char *slug, struct span variant)
{
    struct rule_set *set = rule_set_new();
    struct text error = { 0 };
    if (!rule_set_add_profile(set, slug, builtin(slug), variant, slug, &error))
        fail_msg("%s:%.*s: %s", slug, (int)variant.len, (const char *)variant.ptr,
                 text_string(&error));
    assert_true(set->count > 0);
    text_deinit(&error);
    rule_set_free(set);
}

static void test_all_variants_load(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++) {
        struct span rest = builtin(slug);
        size_t number = 0;
        struct profile_line line;
        expect_loads(slug, SPAN(""));
        while (profile_next(&rest, &number, &line))
            if (line.kind == PROFILE_VARIANT)
                expect_loads(slug, line.key);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_read),
        cmocka_unit_test(test_all_say_what_they_are),
        cmocka_unit_test(test_all_variants_load),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
