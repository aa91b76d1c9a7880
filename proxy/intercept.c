/* intercept: see intercept.h. */
#include "proxy/intercept.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

/* linux/netfilter_ipv4.h and linux/netfilter_ipv6/ip6_tables.h, which do not go together with the
 * C library's own headers. */
#define SO_ORIGINAL_DST 80

int socket_make_transparent(int fd, int family)
{
    int on = 1;
    bool is_v6 = family == AF_INET6;
    int level = is_v6 ? IPPROTO_IPV6 : IPPROTO_IP;
    int result = setsockopt(fd, level, is_v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, &on, sizeof on);
    return result == 0 ? 0 : errno;
}

static int own_name(int fd, struct socket_address *out)
{
    *out = (struct socket_address){ .size = sizeof out->storage };
    int result = getsockname(fd, (struct sockaddr *)&out->storage, &out->size);
    socket_address_unmap(out);
    return result == 0 ? 0 : errno;
}

/* The connection's entry in the kernel's table of translations knows. */
static int name_before_translation(int fd, struct socket_address *out)
{
    struct socket_address translated;
    int error = own_name(fd, &translated);
    if (error)
        return error;
    int level = translated.storage.ss_family == AF_INET6 ? IPPROTO_IPV6 : IPPROTO_IP;
    *out = (struct socket_address){ .size = sizeof out->storage };
    int result = getsockopt(fd, level, SO_ORIGINAL_DST, &out->storage, &out->size);
    return result == 0 ? 0 : errno;
}

int intercept_destination(enum intercept how, int fd, struct socket_address *out)
{
    switch (how) {
    case INTERCEPT_NONE: break;
    case INTERCEPT_REDIRECT: return name_before_translation(fd, out);
    case INTERCEPT_TPROXY: return own_name(fd, out);
    }
    return EOPNOTSUPP;
}

/* Only names of the machine itself can be bound. */
static bool is_own(const struct socket_address *address)
{
    struct socket_address name = *address;
    socket_address_set_port(&name, 0);
    int fd = socket(name.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return false;
    int result = bind(fd, (const struct sockaddr *)&name.storage, name.size);
    close(fd);
    return result == 0;
}

bool intercept_leads_to(const struct socket_address *listener, const struct socket_address *to)
{
    if (socket_address_equal(listener, to))
        return true;
    return socket_address_is_any(listener) &&
           socket_address_port(listener) == socket_address_port(to) && is_own(to);
}
