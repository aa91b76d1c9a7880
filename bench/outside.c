/* outside: see outside.h. */
#include "bench/outside.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <time.h>

/* Connections that the kernel keeps until they are accepted; it has a bound of its own. */
#define BACKLOG 4096

_Noreturn void fail(const char *what)
{
    fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerrordesc_np(errno));
    exit(EX_UNAVAILABLE);
}

_Noreturn void refuse(const char *what)
{
    fprintf(stderr, "%s: %s\n", program_invocation_short_name, what);
    exit(EX_USAGE);
}

uint64_t option_number(const char *name, const char *value, uint64_t max)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(value, &end, 10);
    if (value[0] >= '0' && value[0] <= '9' && *end == '\0' && errno == 0 && number <= max)
        return number;
    fprintf(stderr, "%s: --%s %s: expected a number from 0 to %llu\n",
            program_invocation_short_name, name, value, (unsigned long long)max);
    exit(EX_USAGE);
}

uint64_t clock_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

void descriptors_raise(void)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET,
        .sin_port = htons(port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
}

/* A sender that is paced, as by BBR, leaves by a timer of the processor on which the last
 * acknowledgement came in: what it sends is then charged to the proxy, or not, by chance, for as
 * long as the connection lasts. Reno does not pace, and is in every kernel. */
static void leave_unpaced(int fd)
{
    static const char name[] = "reno";
    if (setsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, name, sizeof name - 1) != 0)
        fail("TCP_CONGESTION reno");
}

static int socket_new(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        fail("socket");
    leave_unpaced(fd);
    return fd;
}

int loopback_listen(uint16_t *port)
{
    int fd = socket_new();
    int on = 1;
    struct sockaddr_in address = loopback(*port);
    socklen_t size = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&address, size) != 0 || listen(fd, BACKLOG) != 0)
        fail("cannot listen");
    if (getsockname(fd, (struct sockaddr *)&address, &size) != 0)
        fail("getsockname");
    *port = ntohs(address.sin_port);
    return fd;
}

int loopback_connect(uint16_t port)
{
    int fd = socket_new();
    struct sockaddr_in address = loopback(port);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0 && errno != EINPROGRESS)
        fail("cannot connect");
    no_delay(fd);
    return fd;
}

void no_delay(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}
