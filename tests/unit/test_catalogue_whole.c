/* test_catalogue_whole: nothing is missing from the catalogue of profiles: each says what it is and
 * where it belongs, each variant has a transcript that shows it, and no two do the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <glob.h>

#include "base/limits.h"
#include "session/profile.h"
#include "session/rule_set.h"

static struct span builtin(const char *slug)
{
    struct span text;
    assert_true(profile_builtin(span_of(slug), &text));
    return text;
}

/* A walk over all variants of all profiles; a profile without any counts as one without a name. */
struct variant {
    size_t profile;
    const char *slug;
    struct span name;
    struct span rest;
    size_t number;
    size_t nth;
};

static bool next_variant(struct variant *at)
{
    struct profile_line line;
    for (;;) {
        while (at->slug && profile_next(&at->rest, &at->number, &line))
            if (line.kind == PROFILE_VARIANT) {
                at->name = line.key;
                at->nth++;
                return true;
            }
        bool had_none = at->slug && at->nth == 0;
        at->name = SPAN("");
        at->nth = had_none;
        if (had_none)
            return true;
        at->slug = profile_builtin_name(at->profile++);
        at->number = 0;
        if (!at->slug)
            return false;
        at->rest = builtin(at->slug);
    }
}

/* -- transcripts ---------------------------------------------------------------------------- */

/* What the transcripts say behind `profile`, each with a newline before and behind it. */
static struct text shown;

static void note_profile(const char *line)
{
    struct span said = span_of(line);
    if (!span_starts(said, SPAN("profile ")))
        return;
    text_add_byte(&shown, '\n');
    text_add(&shown, span_trim(span_chomp(span_drop(said, 8))));
    text_add_byte(&shown, '\n');
}

static int read_transcripts(void **state)
{
    (void)state;
    glob_t found;
    char line[256];
    assert_int_equal(glob("tests/transcripts/*.transcript", 0, NULL, &found), 0);
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "r");
        assert_non_null(file);
        while (fgets(line, sizeof line, file))
            note_profile(line);
        fclose(file);
    }
    globfree(&found);
    return 0;
}

static int forget_transcripts(void **state)
{
    (void)state;
    text_deinit(&shown);
    return 0;
}

static bool is_shown(const char *slug, struct span variant)
{
    struct text wanted = { 0 };
    text_addf(&wanted, "\n%s%s", slug, variant.len ? ":" : "");
    text_add(&wanted, variant);
    text_add_byte(&wanted, '\n');
    bool found = span_search(text_span(&shown), text_span(&wanted)) < shown.len;
    text_deinit(&wanted);
    return found;
}

static void test_every_variant_has_a_transcript(void **state)
{
    (void)state;
    struct variant at = { 0 };
    while (next_variant(&at)) {
        bool first = at.nth <= 1;
        if (is_shown(at.slug, at.name) || (first && is_shown(at.slug, SPAN(""))))
            continue;
        fail_msg("no transcript has `profile %s:%.*s`", at.slug, (int)at.name.len,
                 (const char *)at.name.ptr);
    }
}

/* -- profiles ------------------------------------------------------------------------------- */

static void test_every_profile_stands_in_a_group(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        if (!profile_group_of(builtin(slug)))
            fail_msg("%s has no `# group:`", slug);
}

static void test_every_variant_says_what_it_is(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++) {
        struct span rest = builtin(slug);
        size_t number = 0;
        struct profile_line line;
        while (profile_next(&rest, &number, &line))
            if (line.kind == PROFILE_VARIANT && line.text.len == 0)
                fail_msg("%s:%zu: the variant does not say what it is", slug, number);
    }
}

/* -- rules ---------------------------------------------------------------------------------- */

#define VARIANTS_MAX 1000

static uint64_t hash_of_rules(const char *slug, struct span variant)
{
    struct rule_set *set = rule_set_new();
    struct text error = { 0 };
    uint64_t hash = SPAN_HASH_BEGIN;
    assert_true(rule_set_add_profile(set, slug, builtin(slug), variant, slug, &error));
    for (size_t i = 0; i < set->count; i++)
        hash = span_hash(text_span(&set->rules[i]->line), hash);
    rule_set_free(set);
    return hash;
}

/* Different profiles may share a variant: a server that never greets looks the same whatever the
 * reason. */
static void test_no_two_variants_of_a_profile_do_the_same(void **state)
{
    (void)state;
    static uint64_t hashes[VARIANTS_MAX];
    struct variant at = { 0 };
    size_t count = 0;
    while (next_variant(&at)) {
        count = at.nth <= 1 ? 0 : count;
        assert_true(count < VARIANTS_MAX);
        hashes[count] = hash_of_rules(at.slug, at.name);
        for (size_t i = 0; i < count; i++)
            if (hashes[i] == hashes[count])
                fail_msg("%s:%.*s has the rules of another variant", at.slug, (int)at.name.len,
                         (const char *)at.name.ptr);
        count++;
    }
}

static uint64_t hash_of_profile(const char *slug)
{
    struct span rest = builtin(slug);
    struct profile_line line;
    size_t number = 0;
    uint64_t hash = SPAN_HASH_BEGIN;
    while (profile_next(&rest, &number, &line))
        if (line.kind == PROFILE_RULE)
            hash = span_hash(line.text, hash);
    return hash;
}

static void test_no_two_profiles_have_the_same_rules(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        for (size_t k = 0; k < i; k++)
            if (hash_of_profile(slug) == hash_of_profile(profile_builtin_name(k)))
                fail_msg("%s has the rules of %s", slug, profile_builtin_name(k));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_variant_has_a_transcript),
        cmocka_unit_test(test_every_profile_stands_in_a_group),
        cmocka_unit_test(test_every_variant_says_what_it_is),
        cmocka_unit_test(test_no_two_variants_of_a_profile_do_the_same),
        cmocka_unit_test(test_no_two_profiles_have_the_same_rules),
    };
    return cmocka_run_group_tests(tests, read_transcripts, forget_transcripts);
}
