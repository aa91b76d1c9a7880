/* still: linked into a server that is fuzzed: the same input takes the same way each time, and no
 * time goes into what no input reaches. Clock, process number and chance are always the same; who
 * sleeps has slept at once; nothing is synchronised, and nothing is logged. */
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

/* The library's own names of parameters are reserved to it.
 * NOLINTBEGIN(readability-inconsistent-declaration-parameter-name) */

/* 2026-01-01. Each look takes a microsecond, as who waits for a tick expects. */
static uint64_t now_us = UINT64_C(1767225600) * 1000000;

static struct timespec look(void)
{
    now_us++;
    return (struct timespec){ .tv_sec = (time_t)(now_us / 1000000),
                              .tv_nsec = (long)(now_us % 1000000) * 1000 };
}

time_t time(time_t *into)
{
    time_t now = look().tv_sec;
    if (into)
        *into = now;
    return now;
}

int gettimeofday(struct timeval *restrict into, void *restrict zone)
{
    struct timespec now = look();
    (void)zone;
    *into = (struct timeval){ .tv_sec = now.tv_sec, .tv_usec = now.tv_nsec / 1000 };
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *into)
{
    (void)clock;
    *into = look();
    return 0;
}

/* Weak: Sendmail has one of its own. */
__attribute__((weak)) unsigned int sleep(unsigned int seconds)
{
    now_us += (uint64_t)seconds * 1000000;
    return 0;
}

int usleep(useconds_t us)
{
    now_us += us;
    return 0;
}

/* The fork server's: the same for all inputs, another for each engine that shares the spool. */
pid_t getpid(void)
{
    return getppid();
}

/* Who ends itself by its number, as handlers of crashes do, must not end the engine. */
int kill(pid_t pid, int number)
{
    return pid == getpid() ? raise(number) : (int)syscall(SYS_kill, pid, number);
}

int fsync(int fd)
{
    (void)fd;
    return 0;
}

int fdatasync(int fd)
{
    (void)fd;
    return 0;
}

void openlog(const char *name, int options, int facility)
{
    (void)name;
    (void)options;
    (void)facility;
}

void syslog(int priority, const char *format, ...)
{
    (void)priority;
    (void)format;
}

void vsyslog(int priority, const char *format, va_list arguments)
{
    (void)priority;
    (void)format;
    (void)arguments;
}

void closelog(void)
{
}

/* NOLINTEND(readability-inconsistent-declaration-parameter-name) */
