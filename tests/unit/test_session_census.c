/* test_session_census: sessions that are open at the same time are counted, and leave the count
 * when they are over. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "mutators/census.h"
#include "play/made_up.h"
#include "session_driver.h"

static struct facts facts_of(struct span client_ip, uint64_t number)
{
    struct facts facts = MADE_UP_FACTS;
    facts.client = facts.client_ip = client_ip;
    facts.number = number;
    return facts;
}

/* Another session of the driver's run begins. */
static struct session *open_beside(struct driver *driver, struct span client_ip, uint64_t number)
{
    const struct session_setup setup = { .options = &driver->options,
                                         .rules = driver->rules,
                                         .recall = driver->recall,
                                         .pool = &driver->pool,
                                         .facts = facts_of(client_ip, number) };
    return session_new(&setup, driver->now);
}

static bool is_turned_away(const struct session *session)
{
    return span_starts(session_peek(session, TO_CLIENT), SPAN("421 too many"));
}

static const char *const two_at_a_time[] = {
    "to server connect limit-sessions max=2 reply=\"421 too many\"", NULL
};

static void test_the_third_of_a_client_is_turned_away(void **state)
{
    struct driver driver;
    (void)state;
    driver_begin(&driver, two_at_a_time, 1);
    struct span client = SPAN("203.0.113.1");
    struct session *first = open_beside(&driver, client, 2);
    struct session *second = open_beside(&driver, client, 3);
    struct session *third = open_beside(&driver, client, 4);
    struct session *other = open_beside(&driver, SPAN("203.0.113.2"), 5);
    assert_false(is_turned_away(first));
    assert_false(is_turned_away(second));
    assert_true(is_turned_away(third));
    assert_false(is_turned_away(other));
    session_free(third, driver.now);
    session_free(first, driver.now);
    struct session *fourth = open_beside(&driver, client, 6);
    assert_false(is_turned_away(fourth));
    session_free(fourth, driver.now);
    session_free(second, driver.now);
    session_free(other, driver.now);
    driver_end(&driver);
}

static void test_a_session_that_is_over_is_not_counted(void **state)
{
    struct driver driver;
    (void)state;
    driver_begin(&driver, two_at_a_time, 1);
    const struct facts facts = facts_of(SPAN("203.0.113.1"), 2);
    struct session *session = open_beside(&driver, facts.client_ip, 2);
    assert_int_equal(census_count(driver.recall, CENSUS_CLIENT, &facts), 1);
    session_ended(session, CLIENT, ENDING_CLIENT_RESET, driver.now);
    assert_true(session_is_over(session));
    assert_int_equal(census_count(driver.recall, CENSUS_CLIENT, &facts), 0);
    session_free(session, driver.now);
    assert_int_equal(census_count(driver.recall, CENSUS_CLIENT, &facts), 0);
    driver_end(&driver);
}

static void test_nobody_counts_where_no_rule_asks(void **state)
{
    struct driver driver;
    (void)state;
    driver_begin(&driver, (const char *const[]){ "to server command NOOP pass", NULL }, 1);
    const struct facts facts = facts_of(SPAN("203.0.113.1"), 2);
    struct session *session = open_beside(&driver, facts.client_ip, 2);
    assert_int_equal(census_count(driver.recall, CENSUS_RUN, &facts), 0);
    session_free(session, driver.now);
    driver_end(&driver);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_the_third_of_a_client_is_turned_away),
        cmocka_unit_test(test_a_session_that_is_over_is_not_counted),
        cmocka_unit_test(test_nobody_counts_where_no_rule_asks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
