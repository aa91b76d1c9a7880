/* test_profile_warn: rules and filters that can never do anything are told, others are not; and
 * whatever is done to a profile, it is read or refused with a reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/prng.h"
#include "session/profile.h"
#include "session/rule_set.h"

static void expect(const char *profile, const char *warnings)
{
    struct text got = { 0 };
    profile_warn("x.profile", span_of(profile), &got);
    assert_string_equal(text_string(&got), warnings);
    text_deinit(&got);
}

#define LATE(line) "the rule never acts, for that on line " line " always takes the event"

static void test_rules_that_come_too_late(void **state)
{
    (void)state;
    expect("to server command answer reply=\"500 no\"\nto server command RCPT drop\n",
           "x.profile:2:1: warning: " LATE("1"));
    expect("to client reply 4xx drop\nto client reply 451 after RCPT strip-cr\n",
           "x.profile:2:1: warning: " LATE("1"));
    expect("to server command RCPT drop\nto server command RCPT,MAIL repeat\n", "");
    expect("to server command RCPT drop\nto server command repeat\n", "");
    expect("to server command once drop\nto server command repeat\n", "");
    expect("to server command tls=yes drop\nto server command repeat\n", "");
    expect("to client reply 451 drop\nto client reply 4xx strip-cr\n", "");
    expect("to client reply drop\nto client reply delay time=1s\n", "");
    expect("to server body strip-cr\nto server body bare-lf\n", "");
    expect("to client idle 1m insert line=\"a\"\nto client idle 2m insert line=\"a\"\n", "");
}

/* Where the earlier rule has filters, those of the later one must imply them. */
static void test_filters_of_rules_that_come_too_late(void **state)
{
    (void)state;
    expect("to server command RCPT recipient=a@b drop\n"
           "to server command RCPT tls=yes recipient=a@b repeat\n",
           "x.profile:2:1: warning: " LATE("1"));
    expect("to server body size>1MB drop\nto server body size>2MB repeat\n",
           "x.profile:2:1: warning: " LATE("1"));
    expect("to server body size>2MB drop\nto server body size>1MB repeat\n", "");
    expect("to server command RCPT recipient=a@b drop\n"
           "to server command RCPT recipient=a@c repeat\n",
           "");
    expect("to server command RCPT tls=no drop\nto server command RCPT tls=yes repeat\n", "");
    expect("to server command said=MAIL drop\nto server command said=RCPT repeat\n", "");
    expect("to server command client=10.0.0.0/8 drop\n"
           "to server command client=10.0.0.0/9 repeat\n",
           "");
    expect("to server command matches=/a/ drop\nto server command matches=/a/ repeat\n", "");
}

static void test_variants_do_not_meet(void **state)
{
    (void)state;
    expect("# variant: a\nto server command drop\n# variant: b\nto server command repeat\n", "");
    expect("to server command drop\n# variant: b\nto server command repeat\n",
           "x.profile:3:1: warning: " LATE("1"));
}

static void test_filters_that_never_hold(void **state)
{
    (void)state;
    expect("to server command part=header drop\n",
           "x.profile:1:1: warning: part never holds at command");
    expect("to client greeting recipient=a@b drop\n",
           "x.profile:1:1: warning: recipient never holds at greeting");
    expect("to client close length>5 reset\n",
           "x.profile:1:1: warning: length never holds at close");
    expect("to client connect early=yes reset\n",
           "x.profile:1:1: warning: early never holds at connect");
    expect("to server command tls=yes tls=no drop\n",
           "x.profile:1:1: warning: tls contradicts the tls before it");
    expect("to server command said=MAIL unsaid=MAIL drop\n",
           "x.profile:1:1: warning: unsaid contradicts the said before it");
    expect("to server command said=MAIL unsaid=RCPT length>5 drop\n", "");
}

static void test_built_in_profiles_are_free_of_them(void **state)
{
    (void)state;
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++) {
        struct span text;
        struct text warnings = { 0 };
        profile_builtin(span_of(slug), &text);
        profile_warn(slug, text, &warnings);
        if (warnings.len > 0)
            fail_msg("%s", text_string(&warnings));
        text_deinit(&warnings);
    }
}

/* -- profiles that nobody wrote ------------------------------------------------------------- */

#define ROUNDS 1500
#define SEED 20261121

static void spoil(struct text *profile, struct prng *prng)
{
    static const char turning[] = "#:=\">/ \n\r\\{}azAZ09.-\xff";
    for (uint64_t i = prng_between(prng, 1, 6); i > 0 && profile->len > 0; i--) {
        size_t at = (size_t)prng_between(prng, 0, profile->len - 1);
        if (prng_chance(prng, 1, 5))
            profile->len = at;
        else
            profile->ptr[at] = (uint8_t)turning[prng_between(prng, 0, sizeof turning - 2)];
    }
}

static void read_spoilt(struct span text, struct prng *prng)
{
    struct text profile = { 0 };
    struct text errors = { 0 };
    struct text error = { 0 };
    struct text warnings = { 0 };
    struct rule_set *set = rule_set_new();
    text_add(&profile, text);
    spoil(&profile, prng);
    bool fine = profile_check("x", text_span(&profile), &errors);
    profile_warn("x", text_span(&profile), &warnings);
    bool added = rule_set_add_profile(set, "x", text_span(&profile), SPAN(""), "x", &error);
    assert_int_equal(fine, errors.len == 0);
    assert_int_equal(added, error.len == 0);
    assert_true(fine || span_starts(text_span(&errors), SPAN("x:")));
    assert_true(added || (set->count == 0 && !fine));
    rule_set_free(set);
    text_deinit(&profile);
    text_deinit(&errors);
    text_deinit(&error);
    text_deinit(&warnings);
}

static void test_spoilt_built_in_profiles_are_read_or_refused(void **state)
{
    (void)state;
    size_t count = 0;
    while (profile_builtin_name(count))
        count++;
    for (uint64_t round = 0; round < ROUNDS; round++) {
        struct prng prng = prng_at(SEED, round, 0, 0, 0);
        struct span text;
        size_t nth = (size_t)prng_between(&prng, 0, count - 1);
        profile_builtin(span_of(profile_builtin_name(nth)), &text);
        read_spoilt(text, &prng);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_that_come_too_late),
        cmocka_unit_test(test_filters_of_rules_that_come_too_late),
        cmocka_unit_test(test_variants_do_not_meet),
        cmocka_unit_test(test_filters_that_never_hold),
        cmocka_unit_test(test_built_in_profiles_are_free_of_them),
        cmocka_unit_test(test_spoilt_built_in_profiles_are_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
