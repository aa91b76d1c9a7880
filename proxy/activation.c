/* activation: see activation.h. */
#include "proxy/activation.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/span.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

/* SD_LISTEN_FDS_START: they stand behind standard error. */
#define FIRST 3

static bool number_of(const char *variable, uint64_t *number)
{
    const char *value = getenv(variable); /* NOLINT(concurrency-mt-unsafe): see below */
    return value && span_number(span_of(value), number);
}

static bool is_listening_stream(int fd)
{
    int type = 0;
    int listens = 0;
    socklen_t size = sizeof type;
    if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) != 0)
        return false;
    size = sizeof listens;
    return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens &&
           type == SOCK_STREAM;
}

static int take(struct listeners *listeners, int fd)
{
    struct socket_address name = { .size = sizeof name.storage };
    if (!is_listening_stream(fd)) {
        complain("systemd: descriptor %d is no stream socket that listens; the socket unit needs "
                 "ListenStream= and Accept=no",
                 fd);
        return EX_UNAVAILABLE;
    }
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    getsockname(fd, (struct sockaddr *)&name.storage, &name.size);
    return listeners_adopt(listeners, fd, &name);
}

int activation_take(struct listeners *listeners)
{
    uint64_t pid;
    uint64_t count;
    int status = 0;
    bool is_ours = number_of("LISTEN_PID", &pid) && pid == (uint64_t)getpid();
    if (!is_ours || !number_of("LISTEN_FDS", &count) || count == 0 || count > LISTEN_MAX) {
        complain("--listen systemd: no service manager has handed over any socket");
        return EX_UNAVAILABLE;
    }
    for (int i = 0; i < (int)count && status == 0; i++)
        status = take(listeners, FIRST + i);
    /* No other thread has been started yet. NOLINTBEGIN(concurrency-mt-unsafe) */
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    /* NOLINTEND(concurrency-mt-unsafe) */
    return status;
}
