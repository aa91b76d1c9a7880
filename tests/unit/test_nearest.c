/* test_nearest: what a person may have meant, and what nobody could have meant. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/nearest.h"

static void test_one_slip_in_four_letters_is_near(void **state)
{
    static const char *const words[] = { "delay", "drip", "strip-cr", "blackhole", "RCPT", NULL };
    static const struct {
        const char *word;
        const char *near; /* NULL: none */
    } cases[] = {
        { "dely", "delay" },
        { "deley", "delay" },
        { "delayy", "delay" },
        { "edlay", "delay" },
        { "DELAY", "delay" },
        { "stripcr", "strip-cr" },
        { "rcpt", "RCPT" },
        { "RPCT", "RCPT" },
        { "blakchoel", "blackhole" },
        { "strip", NULL },
        { "dla", NULL },
        { "zzzz", NULL },
        { "", NULL },
        { "blackhol", "blackhole" },
        { "delaydelaydelaydelaydelaydelaydelaydelaydelaydelay", NULL },
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *near = nearest_word(span_of(cases[i].word), words);
        if (cases[i].near)
            assert_string_equal(near ? near : "none", cases[i].near);
        else
            assert_null(near);
    }
}

static void test_of_equally_near_words_the_first_stays(void **state)
{
    static const char *const words[] = { "cart", "card", NULL };
    (void)state;
    assert_string_equal(nearest_word(SPAN("carx"), words), "cart");
    assert_string_equal(nearest_word(SPAN("card"), words), "card");
}

static void test_a_suggestion_is_only_made_when_something_is_near(void **state)
{
    (void)state;
    struct text out = { 0 };
    struct nearest nearest = nearest_begin(SPAN("sendr"));
    nearest_suggest(&nearest, &out);
    assert_int_equal(out.len, 0);
    nearest_try(&nearest, SPAN("recipient"));
    nearest_try(&nearest, SPAN("sender"));
    nearest_suggest(&nearest, &out);
    assert_string_equal(text_string(&out), "; did you mean \"sender\"?");
    text_deinit(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_slip_in_four_letters_is_near),
        cmocka_unit_test(test_of_equally_near_words_the_first_stays),
        cmocka_unit_test(test_a_suggestion_is_only_made_when_something_is_near),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
