/* test_profile: the lines of a profile, its variants, the profiles built in, and what is wrong with
 * one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/limits.h"
#include "session/profile.h"

static void expect_span(struct span got, const char *expected)
{
    assert_int_equal(got.len, strlen(expected));
    assert_memory_equal(got.ptr ? got.ptr : (const uint8_t *)"", expected, got.len);
}

static void test_lines_are_told_apart(void **state)
{
    static const struct {
        const char *line;
        enum profile_line_kind kind;
        const char *key;
        const char *text;
        size_t column;
    } cases[] = {
        { "", PROFILE_BLANK, "", "", 1 },
        { " \t ", PROFILE_BLANK, "", "", 1 },
        { "\r", PROFILE_BLANK, "", "", 1 },
        { "#", PROFILE_BLANK, "", "", 1 },
        { "# some words", PROFILE_BLANK, "", "", 1 },
        { "# note: some words", PROFILE_BLANK, "note", "some words", 9 },
        { "# title: A thing: new", PROFILE_HEADER, "title", "A thing: new", 10 },
        { "#source:https://x.test/#a\r", PROFILE_HEADER, "source", "https://x.test/#a", 9 },
        { "  # imitates: x", PROFILE_HEADER, "imitates", "x", 15 },
        { "# expect:", PROFILE_HEADER, "expect", "", 1 },
        { "# saw: x", PROFILE_HEADER, "saw", "x", 8 },
        { "# clause: x", PROFILE_HEADER, "clause", "x", 11 },
        { "# variant: slow  takes its time", PROFILE_VARIANT, "slow", "takes its time", 18 },
        { "# variant: slow", PROFILE_VARIANT, "slow", "", 1 },
        { "# variant:", PROFILE_VARIANT, "", "", 1 },
        { "to client reply drop", PROFILE_RULE, "", "to client reply drop", 1 },
        { " to client reply drop  # why\r", PROFILE_RULE, "", "to client reply drop", 2 },
        { "nonsense", PROFILE_RULE, "", "nonsense", 1 },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct text whole = { 0 };
        struct profile_line line;
        size_t number = 4;
        text_addf(&whole, "%s\nnext", cases[i].line);
        struct span rest = text_span(&whole);
        assert_true(profile_next(&rest, &number, &line));
        assert_int_equal(line.kind, cases[i].kind);
        assert_int_equal(line.number, 5);
        assert_int_equal(line.column, cases[i].column);
        expect_span(line.key, cases[i].key);
        expect_span(line.text, cases[i].text);
        expect_span(rest, "next");
        text_deinit(&whole);
    }
}

static void test_lines_are_counted_to_the_end(void **state)
{
    static const struct {
        const char *text;
        size_t lines;
    } cases[] = { { "", 0 }, { "a", 1 }, { "a\n", 1 }, { "a\nb", 2 }, { "\n\n", 2 } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span rest = span_of(cases[i].text);
        struct profile_line line;
        size_t number = 0;
        while (profile_next(&rest, &number, &line))
            assert_int_equal(line.number, number);
        assert_int_equal(number, cases[i].lines);
    }
}

/* -- variants ------------------------------------------------------------------------------- */

#define TWO_VARIANTS "# variant: slow\n# variant: fast\n"

static void test_the_first_variant_is_the_commonest(void **state)
{
    static const struct {
        const char *text;
        const char *wanted;
        const char *variant;
        const char *error;
    } cases[] = {
        { TWO_VARIANTS, "", "slow", "" },
        { TWO_VARIANTS, "fast", "fast", "" },
        { "", "", "", "" },
        { TWO_VARIANTS, "fats", "", "x: unknown variant \"fats\"; did you mean \"fast\"?" },
        { TWO_VARIANTS, "other", "", "x: unknown variant \"other\"" },
        { "", "slow", "", "x: unknown variant \"slow\"" },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct span variant = span_of(cases[i].wanted);
        struct text error = { 0 };
        bool fine = profile_variant("x", span_of(cases[i].text), &variant, &error);
        assert_int_equal(fine, cases[i].error[0] == 0);
        assert_string_equal(text_string(&error), cases[i].error);
        if (fine)
            expect_span(variant, cases[i].variant);
        text_deinit(&error);
    }
}

/* -- built in ------------------------------------------------------------------------------- */

static void test_built_in_profiles_are_found_and_right(void **state)
{
    const char *before = "";
    size_t n = 0;
    (void)state;
    for (; profile_builtin_name(n); n++) {
        const char *name = profile_builtin_name(n);
        struct text errors = { 0 };
        struct span text;
        assert_true(strcmp(before, name) < 0);
        assert_true(profile_builtin(span_of(name), &text));
        if (!profile_check(name, text, &errors))
            print_message("%s\n", text_string(&errors));
        assert_int_equal(errors.len, 0);
        assert_string_equal(profile_nearest(span_of(name)), name);
        text_deinit(&errors);
        before = name;
    }
    assert_true(n > 0);
}

static void test_other_profiles_are_not_found(void **state)
{
    struct span text;
    (void)state;
    assert_false(profile_builtin(SPAN("pix-baner-mask"), &text));
    assert_string_equal(profile_nearest(SPAN("pix-baner-mask")), "pix-banner-mask");
    assert_false(profile_builtin(SPAN(""), &text));
    assert_null(profile_nearest(SPAN("zzz")));
}

/* -- checking ------------------------------------------------------------------------------- */

static void expect_wrong(const char *profile, const char *errors)
{
    struct text got = { 0 };
    bool fine = profile_check("x.profile", span_of(profile), &got);
    assert_string_equal(text_string(&got), errors);
    assert_int_equal(fine, got.len == 0);
    text_deinit(&got);
}

#define RULE "to client reply drop\n"

static void test_all_that_is_wrong_is_said(void **state)
{
    (void)state;
    expect_wrong("# title: x\n# Variants: none\n# see: y\n" RULE, "");
    expect_wrong(RULE "# variant: a b\n" RULE "# variant: b\n" RULE, "");
    expect_wrong("", "x.profile: the profile has no rules");
    expect_wrong("# titel: x\n  to client reply dely\n" RULE "to cleint\n",
                 "x.profile:1:10: unknown header \"titel\"; did you mean \"title\"?\n"
                 "x.profile:2:19: unknown mutator \"dely\"; did you mean \"delay\"?\n"
                 "x.profile:4:4: unknown direction \"cleint\"; did you mean \"client\"?");
    expect_wrong("# title:\n" RULE, "x.profile:1:1: the text of title is missing");
    expect_wrong("# group: tls\n" RULE, "");
    expect_wrong("# group: sender\n" RULE,
                 "x.profile:1:10: unknown group \"sender\"; did you mean \"senders\"?");
    expect_wrong("# group: everything\n" RULE,
                 "x.profile:1:10: unknown group \"everything\"; known are middleboxes, gateways, "
                 "policy, timing, endings, tls, network, senders, mixed");
    expect_wrong("# varient: x\n" RULE,
                 "x.profile:1:12: unknown header \"varient\"; did you mean \"variant\"?");
    expect_wrong(
        "# variant:\n# variant: a:b\n# variant: Ab\n" RULE,
        "x.profile:1:1: \"\" is no name of a variant; write small letters, digits, - and .\n"
        "x.profile:2:1: \"a:b\" is no name of a variant; write small letters, digits, - and "
        ".\n"
        "x.profile:3:1: \"Ab\" is no name of a variant; write small letters, digits, - and .");
    expect_wrong("# variant: a\n" RULE "# variant: a\n" RULE,
                 "x.profile:3:1: there is a variant \"a\" already");
}

/* A mistake in a variant that is not loaded is found all the same. */
static void test_all_variants_are_checked(void **state)
{
    (void)state;
    expect_wrong("# variant: a\n" RULE "# variant: b\nto client reply answer reply=\"{hots}\"\n",
                 "x.profile:4:17: \"answer\" does not act on reply; it acts on connect, command, "
                 "body, body-end");
    expect_wrong("# variant: a\n" RULE
                 "# variant: b\nto client greeting greeting text=\"{hots}\"\n",
                 "x.profile:4:34: text: unknown name {hots}; did you mean {host}?");
}

static void test_profiles_are_bounded(void **state)
{
    struct text profile = { 0 };
    struct text errors = { 0 };
    (void)state;
    for (int i = 0; i <= RULES_MAX; i++)
        text_add(&profile, SPAN(RULE));
    assert_false(profile_check("x", text_span(&profile), &errors));
    assert_string_equal(text_string(&errors), "x:4097:1: more than 4096 rules");
    text_clear(&errors);
    while (profile.len <= PROFILE_SIZE_MAX)
        text_add(&profile, SPAN("# ballast\n"));
    assert_false(profile_check("x", text_span(&profile), &errors));
    assert_string_equal(text_string(&errors), "x: larger than 1048576 bytes");
    text_deinit(&profile);
    text_deinit(&errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lines_are_told_apart),
        cmocka_unit_test(test_lines_are_counted_to_the_end),
        cmocka_unit_test(test_the_first_variant_is_the_commonest),
        cmocka_unit_test(test_built_in_profiles_are_found_and_right),
        cmocka_unit_test(test_other_profiles_are_not_found),
        cmocka_unit_test(test_all_that_is_wrong_is_said),
        cmocka_unit_test(test_all_variants_are_checked),
        cmocka_unit_test(test_profiles_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
