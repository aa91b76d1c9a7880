/* test_clock: the clock that all of a run goes by is not moved by whoever sets the machine's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "proxy/clock.h"

#define YEAR_S (365L * 24 * 3600)

/* How far the machine's clock has been set forward or back. */
static time_t jump_s;

/* Stands in for libc's, for the program and the libraries under it. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += jump_s;
    return result;
}

static void the_stand_in_jumps(void **state)
{
    (void)state;
    struct timespec before;
    struct timespec after;
    clock_gettime(CLOCK_REALTIME, &before);
    jump_s = YEAR_S;
    clock_gettime(CLOCK_REALTIME, &after);
    jump_s = 0;
    assert_true(after.tv_sec - before.tv_sec >= YEAR_S);
}

static void it_begins_with_the_time_of_day(void **state)
{
    (void)state;
    struct timespec wall;
    clock_start();
    clock_gettime(CLOCK_REALTIME, &wall);
    assert_true(clock_now() >= SECONDS(wall.tv_sec - 1));
    assert_true(clock_now() <= SECONDS(wall.tv_sec + 60));
}

static void it_neither_leaps_nor_stands_nor_goes_back(void **state)
{
    (void)state;
    clock_start();
    instant before = clock_now();
    for (int i = 0; i < 4; i++) {
        jump_s = i % 2 ? -YEAR_S : YEAR_S;
        instant now = clock_now();
        assert_true(now > before);
        assert_true(now < before + SECONDS(60));
        before = now;
    }
    jump_s = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_stand_in_jumps),
        cmocka_unit_test(it_begins_with_the_time_of_day),
        cmocka_unit_test(it_neither_leaps_nor_stands_nor_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
