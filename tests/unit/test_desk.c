/* test_desk: what lies on the desk is gone with the next judging. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "session/state.h"
#include "session_driver.h"

static const struct outcome *judge_noop(struct driver *driver)
{
    const struct smtp_event event = { .kind = SMTP_COMMAND,
                                      .going = TO_SERVER,
                                      .raw = SPAN("NOOP\r\n"),
                                      .command = { .verb = VERB_NOOP } };
    return judge(driver->session, &event, driver->now);
}

static void test_nothing_is_left_of_the_last_outcome(void **state)
{
    const char *const rules[] = { "to server command NOOP once delay time=1s",
                                  "to server command NOOP once answer reply=\"250 here\"", NULL };
    struct driver driver;
    (void)state;
    driver_begin(&driver, rules, 1);
    const struct outcome *outcome = judge_noop(&driver);
    assert_true(outcome->asks && outcome->has_answer && outcome->delay == SECONDS(1));
    outcome = judge_noop(&driver);
    assert_false(outcome->asks || outcome->has_answer || outcome->delay || outcome->answer.len);
    driver_end(&driver);
}

/* Sanitizers see who keeps an outcome beyond the next judging. */
static void test_an_outcome_that_was_overwritten_is_out_of_bounds(void **state)
{
#ifdef SMTPCHAOS_POISONS
    struct driver driver;
    (void)state;
    driver_begin(&driver, NULL, 1);
    const struct outcome *first = judge_noop(&driver);
    assert_false(__asan_address_is_poisoned(&first->has_answer));
    const struct outcome *second = judge_noop(&driver);
    assert_true(__asan_address_is_poisoned(&first->has_answer));
    assert_false(__asan_address_is_poisoned(&second->has_answer));
    driver_end(&driver);
#else
    (void)state;
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nothing_is_left_of_the_last_outcome),
        cmocka_unit_test(test_an_outcome_that_was_overwritten_is_out_of_bounds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
