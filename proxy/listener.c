/* listener: see listener.h. */
#include "proxy/listener.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/activation.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/intercept.h"
#include "proxy/leg.h"

/* Connections that the kernel keeps until they are accepted; it has a bound of its own. */
#define BACKLOG 4096
/* Connections taken in one turn. */
#define ACCEPTS_MAX 64
/* How long accepting pauses when there are no descriptors, in milliseconds. */
#define PAUSE_MS 100

/* -- binding ---------------------------------------------------------------------------------- */

static const char *path_of(const struct socket_address *address)
{
    return ((const struct sockaddr_un *)&address->storage)->sun_path;
}

/* A socket file that nobody listens on was left behind by a program that died. */
static void remove_stale_file(const struct socket_address *address)
{
    struct stat about;
    if (lstat(path_of(address), &about) != 0 || !S_ISSOCK(about.st_mode))
        return;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return;
    int result = connect(fd, (const struct sockaddr *)&address->storage, address->size);
    if (result != 0 && errno == ECONNREFUSED)
        unlink(path_of(address));
    close(fd);
}

static void set_options(int fd, int family, bool only_family)
{
    int on = 1;
    if (family != AF_UNIX)
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (family == AF_INET6 && only_family)
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
    leg_set_wire_options(fd);
}

/* What stands in the way, for a person. */
static const char *reason_of(int error, bool is_transparent)
{
    if (error == EPERM && is_transparent)
        return "tproxy needs the capability CAP_NET_ADMIN or CAP_NET_RAW, and this process has "
               "neither";
    if (error == EACCES)
        return "permission denied; a port below 1024 needs the capability CAP_NET_BIND_SERVICE";
    return strerrordesc_np(error);
}

static int complain_of(const struct listeners *listeners, const struct socket_address *address,
                       int error)
{
    struct text name = { 0 };
    socket_address_format(address, &name);
    complain("cannot listen on %s: %s", text_string(&name),
             reason_of(error, listeners->is_transparent));
    text_deinit(&name);
    return error == EPERM && listeners->is_transparent ? EX_NOPERM : EX_UNAVAILABLE;
}

static int bind_socket(struct listener *listener, bool only_family, bool is_transparent)
{
    const struct sockaddr *address = (const struct sockaddr *)&listener->address.storage;
    if (address->sa_family == AF_UNIX)
        remove_stale_file(&listener->address);
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno;
    set_options(fd, address->sa_family, only_family);
    int error = is_transparent ? socket_make_transparent(fd, address->sa_family) : 0;
    if (!error && (bind(fd, address, listener->address.size) != 0 || listen(fd, BACKLOG) != 0))
        error = errno;
    if (error) {
        close(fd);
        return error;
    }
    socklen_t size = sizeof listener->address.storage;
    if (address->sa_family != AF_UNIX)
        getsockname(fd, (struct sockaddr *)&listener->address.storage, &size);
    listener->fd = fd;
    return 0;
}

static void keep(struct listeners *listeners, const struct listener *listener)
{
    listeners->all = realloc(listeners->all, (listeners->count + 1) * sizeof *listeners->all);
    check(listeners->all != NULL);
    listeners->all[listeners->count++] = *listener;
}

static int add(struct listeners *listeners, const struct socket_address *address, bool only_family)
{
    struct listener listener = { .address = *address, .fd = -1, .number = listeners->binds };
    int error = bind_socket(&listener, only_family, listeners->is_transparent);
    if (error)
        return complain_of(listeners, address, error);
    keep(listeners, &listener);
    return 0;
}

int listeners_adopt(struct listeners *listeners, int fd, const struct socket_address *name)
{
    struct listener listener = { .address = *name, .fd = fd, .number = listeners->binds };
    int error = 0;
    listener.is_borrowed = true;
    leg_set_wire_options(fd);
    if (listeners->is_transparent)
        error = socket_make_transparent(fd, name->storage.ss_family);
    if (error)
        return complain_of(listeners, name, error);
    keep(listeners, &listener);
    return 0;
}

static int add_all(struct listeners *listeners, const struct addrinfo *found)
{
    int status = 0;
    for (; found && status == 0; found = found->ai_next) {
        struct socket_address address = { .size = found->ai_addrlen };
        memcpy(&address.storage, found->ai_addr, found->ai_addrlen);
        /* `:PORT` and names are bound for each family by itself. */
        status = add(listeners, &address, true);
    }
    return status;
}

static int bind_name(struct listeners *listeners, const struct address *address)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE };
    struct addrinfo *found = NULL;
    char port[8];
    snprintf(port, sizeof port, "%u", (unsigned)address->port);
    const char *host = address->host[0] ? address->host : NULL;
    int error = getaddrinfo(host, port, &hints, &found);
    if (error) {
        complain("cannot listen on %s: %s", address->host, gai_strerror(error));
        return EX_UNAVAILABLE;
    }
    int status = add_all(listeners, found);
    freeaddrinfo(found);
    return status;
}

int listeners_bind(struct listeners *listeners, const struct address *address)
{
    struct socket_address number;
    size_t before = listeners->count;
    int status;
    if (address->kind == ADDRESS_SYSTEMD)
        status = activation_take(listeners);
    else if (address_to_socket(address, &number))
        status = add(listeners, &number, false);
    else
        status = bind_name(listeners, address);
    for (size_t i = before; i < listeners->count; i++)
        listeners->all[i].is_tls = address->is_tls;
    listeners->binds++;
    return status;
}

/* -- accepting -------------------------------------------------------------------------------- */

static void watch(struct listener *listener)
{
    check(poller_watch_listener(listener->poller, listener->fd, &listener->watch) == 0);
}

static void on_pause_over(uv_timer_t *pause)
{
    struct listener *listener = pause->data;
    listener->is_paused = false;
    watch(listener);
}

/* Accepting again at once would spin: the connection stays in the kernel's queue. */
static void pause_accepting(struct listener *listener, int error)
{
    if (!listener->complained)
        complain("cannot accept more connections for now: %s", strerrordesc_np(error));
    listener->complained = true;
    listener->is_paused = true;
    poller_unwatch(listener->poller, listener->fd);
    uv_timer_start(&listener->pause, on_pause_over, PAUSE_MS, 0);
}

static bool is_out_of_resources(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

/* False when there is nothing more to accept for now. */
static bool accept_one(struct listener *listener)
{
    struct socket_address peer = { .size = sizeof peer.storage };
    int fd = accept4(listener->fd, (struct sockaddr *)&peer.storage, &peer.size,
                     SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0) {
        listener->accept(listener, fd, &peer);
        return listener->fd >= 0;
    }
    if (is_out_of_resources(errno)) {
        pause_accepting(listener, errno);
        return false;
    }
    /* Anything else is about one connection that did not come to be (accept(2)). */
    return errno != EAGAIN && errno != EWOULDBLOCK;
}

static void on_ready(struct watch *watch, uint32_t events)
{
    struct listener *listener = (struct listener *)watch;
    (void)events;
    for (int i = 0; i < ACCEPTS_MAX && listener->fd >= 0 && accept_one(listener); i++)
        continue;
}

void listeners_start(struct listeners *listeners, struct poller *poller, listener_accept *accept,
                     void *owner)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct listener *listener = &listeners->all[i];
        listener->accept = accept;
        listener->owner = owner;
        listener->poller = poller;
        listener->watch.ready = on_ready;
        check(uv_timer_init(&poller->loop, &listener->pause) == 0);
        listener->pause.data = listener;
        watch(listener);
    }
}

static void close_socket(struct listener *listener)
{
    if (listener->fd < 0)
        return;
    if (listener->address.storage.ss_family == AF_UNIX && !listener->is_borrowed)
        unlink(path_of(&listener->address));
    close(listener->fd);
    listener->fd = -1;
}

void listeners_stop(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++) {
        struct listener *listener = &listeners->all[i];
        if (listener->fd < 0)
            continue;
        if (!listener->is_paused)
            poller_unwatch(listener->poller, listener->fd);
        uv_close((uv_handle_t *)&listener->pause, NULL);
        close_socket(listener);
    }
}

void listeners_deinit(struct listeners *listeners)
{
    for (size_t i = 0; i < listeners->count; i++)
        close_socket(&listeners->all[i]);
    free(listeners->all);
    *listeners = (struct listeners){ 0 };
}
