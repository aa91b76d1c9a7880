/* test_check: our own mistakes end the program, with a line that says where and what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/check.h"

static void checks_of_what_holds_do_nothing(void **state)
{
    int asked = 0;
    (void)state;
    check(++asked == 1);
    assert_int_equal(asked, 1);
}

static void child(int said)
{
    int count = 0;
    /* The end is meant: nobody else's handler shall call it a crash. */
    signal(SIGABRT, SIG_DFL);
    dup2(said, STDERR_FILENO);
    check(count == 1);
    _exit(0);
}

static void a_check_that_fails_says_where_and_aborts(void **state)
{
    int ends[2];
    int status = 0;
    char said[400] = { 0 };
    (void)state;
    assert_int_equal(pipe(ends), 0);
    pid_t pid = fork();
    if (pid == 0)
        child(ends[1]);
    close(ends[1]);
    for (size_t len = 0; len < sizeof said - 1;) {
        ssize_t got = read(ends[0], said + len, sizeof said - 1 - len);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    close(ends[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_non_null(strstr(said, "smtpchaos: internal error: "));
    assert_non_null(strstr(said, "test_check.c:"));
    assert_non_null(strstr(said, "child: count == 1 does not hold\n"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_of_what_holds_do_nothing),
        cmocka_unit_test(a_check_that_fails_says_where_and_aborts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
