/* dial: see dial.h. */
#include "proxy/dial.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>

#include "proxy/intercept.h"
#include "proxy/leg.h"

static int set_mark(int fd, uint32_t mark)
{
    return mark == 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0 ? 0 : errno;
}

static int bind_to(int fd, const struct socket_address *from)
{
    int on = 1;
    /* A port is only chosen when the other end is known, so that all ports serve each server. */
    if (socket_address_port(from) == 0)
        setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
    else
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    return bind(fd, (const struct sockaddr *)&from->storage, from->size) == 0 ? 0 : errno;
}

static int connect_to(int fd, const struct socket_address *to)
{
    int result;
    do
        result = connect(fd, (const struct sockaddr *)&to->storage, to->size);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINPROGRESS ? 0 : errno;
}

static int prepare(const struct dialing *how, int fd, const struct socket_address *from)
{
    int error = set_mark(fd, how->mark);
    if (!error && from && how->source == DIAL_FROM_CLIENT)
        error = socket_make_transparent(fd, from->storage.ss_family);
    return error || !from ? error : bind_to(fd, from);
}

/* One try, from one name; `from` is NULL for any. Answers an errno. */
static int dial_from(const struct dialing *how, const struct socket_address *from,
                     const struct socket_address *to, int *fd)
{
    *fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (*fd < 0)
        return errno;
    leg_set_wire_options(*fd);
    int error = to->storage.ss_family == AF_UNIX ? 0 : prepare(how, *fd, from);
    if (!error)
        error = connect_to(*fd, to);
    if (error)
        close(*fd);
    return error;
}

static int dial_from_name(const struct dialing *how, const struct socket_address *name,
                          bool keeps_port, const struct socket_address *to, int *fd)
{
    struct socket_address from = *name;
    socket_address_unmap(&from);
    if (from.storage.ss_family != to->storage.ss_family)
        return EAFNOSUPPORT;
    int error = keeps_port ? dial_from(how, &from, to, fd) : EADDRINUSE;
    if (error != EADDRINUSE && error != EADDRNOTAVAIL)
        return error;
    socket_address_set_port(&from, 0);
    return dial_from(how, &from, to, fd);
}

int dial(const struct dialing *how, const struct socket_address *client,
         const struct socket_address *to, int *fd)
{
    int error = 0;
    bool is_unix = to->storage.ss_family == AF_UNIX;
    if (is_unix || how->source == DIAL_FROM_ANYWHERE)
        error = dial_from(how, NULL, to, fd);
    else if (how->source == DIAL_FROM_ADDRESS)
        error = dial_from_name(how, &how->address, false, to, fd);
    else
        error = dial_from_name(how, client, how->keeps_port, to, fd);
    return uv_translate_sys_error(error);
}

bool dial_is_permitted(const struct dialing *how, struct text *error)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const char *what = NULL;
    if (fd < 0 || set_mark(fd, how->mark) != 0)
        what = "mark";
    else if (how->source == DIAL_FROM_CLIENT && socket_make_transparent(fd, AF_INET) != 0)
        what = "source client";
    if (fd >= 0)
        close(fd);
    if (what)
        text_addf(error,
                  "--%s needs the capability CAP_NET_ADMIN or CAP_NET_RAW, and this process "
                  "has neither",
                  what);
    return what == NULL;
}
