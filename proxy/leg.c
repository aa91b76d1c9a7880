/* leg: see leg.h. */
#include "proxy/leg.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/check.h"

/* Spans of one writev; a longer queue takes another turn. */
#define SPANS_MAX 64
/* Reads before an unread rest is left to the kernel. */
#define DROPS_MAX 16

void leg_init(struct leg *leg)
{
    *leg = (struct leg){ .state = LEG_IDLE, .fd = -1 };
}

/* Nothing is held back for company (RFC 896 delays are not ours to add), and urgent bytes stay in
 * the stream, where they came. Unix sockets know neither, which is fine. */
static void set_wire_options(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

static int init_poll(struct leg *leg, uv_loop_t *loop, int fd, void *owner)
{
    set_wire_options(fd);
    int error = uv_poll_init(loop, &leg->poll, fd);
    if (error)
        return error;
    leg->poll.data = owner;
    leg->fd = fd;
    return 0;
}

int leg_open(struct leg *leg, uv_loop_t *loop, int fd, uv_poll_cb ready, void *owner)
{
    int error = init_poll(leg, loop, fd, owner);
    if (error)
        return error;
    leg->state = LEG_OPEN;
    leg_watch(leg, false, ready);
    return 0;
}

static int connect_socket(int fd, const struct socket_address *to)
{
    int result;
    do
        result = connect(fd, (const struct sockaddr *)&to->storage, to->size);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINPROGRESS ? 0 : uv_translate_sys_error(errno);
}

int leg_connect(struct leg *leg, uv_loop_t *loop, const struct socket_address *to, uv_poll_cb ready,
                void *owner)
{
    check(leg->state == LEG_IDLE);
    int fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    int error = connect_socket(fd, to);
    if (!error)
        error = init_poll(leg, loop, fd, owner);
    if (error) {
        close(fd);
        return error;
    }
    leg->state = LEG_CONNECTING;
    leg->wants_write = true;
    leg_watch(leg, false, ready);
    return 0;
}

static int socket_error(int fd)
{
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0)
        error = errno;
    return error;
}

int leg_connected(struct leg *leg)
{
    check(leg->state == LEG_CONNECTING);
    int error = socket_error(leg->fd);
    /* The peer accepted and tore the connection before we came to look: that is no refusal. */
    bool was_torn = error == ECONNRESET || error == EPIPE;
    if (error && !was_torn)
        return uv_translate_sys_error(error);
    leg->state = LEG_OPEN;
    leg->wants_write = false;
    leg->is_torn = was_torn;
    return 0;
}

ssize_t leg_read(struct leg *leg, uint8_t *to, size_t room)
{
    ssize_t got;
    do
        got = read(leg->fd, to, room);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return uv_translate_sys_error(errno);
    /* The kernel reports an error once; whoever heard of it first has taken it from here. */
    return got == 0 && leg->is_torn ? UV_ECONNRESET : got;
}

bool leg_has_unread(const struct leg *leg)
{
    uint8_t first;
    return recv(leg->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

ssize_t leg_write(struct leg *leg, const struct span *spans, size_t count)
{
    struct iovec parts[SPANS_MAX];
    struct msghdr message = { .msg_iov = parts,
                              .msg_iovlen = count < SPANS_MAX ? count : SPANS_MAX };
    for (size_t i = 0; i < message.msg_iovlen; i++)
        parts[i] = (struct iovec){ (void *)spans[i].ptr, spans[i].len };
    ssize_t sent;
    do
        sent = sendmsg(leg->fd, &message, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? uv_translate_sys_error(errno) : sent;
}

void leg_finish(struct leg *leg)
{
    shutdown(leg->fd, SHUT_WR);
}

void leg_watch(struct leg *leg, bool reads, uv_poll_cb ready)
{
    int events = (reads ? UV_READABLE : 0) | (leg->wants_write ? UV_WRITABLE : 0);
    if (!leg->peer_ended)
        events |= UV_DISCONNECT;
    /* An RST shows whatever else is waited for, but something has to be: what is rarest. */
    if (!events && !leg->is_silent)
        events = UV_PRIORITIZED;
    /* Its state would be reported again and again. */
    if (leg->is_torn)
        events = 0;
    if (events == leg->watched)
        return;
    leg->watched = events;
    if (events)
        check(uv_poll_start(&leg->poll, events, ready) == 0);
    else
        uv_poll_stop(&leg->poll);
}

void leg_note(struct leg *leg, int status, int events)
{
    if (status < 0) {
        /* libuv has stopped the handle; reading tells what it was. */
        leg->watched = 0;
        leg->is_torn = true;
        return;
    }
    leg->peer_ended = leg->peer_ended || (events & UV_DISCONNECT);
    leg->is_silent = leg->is_silent || (events & UV_PRIORITIZED);
    if (events & UV_WRITABLE && leg->state == LEG_OPEN)
        leg->wants_write = false;
}

/* Closing a socket with unread bytes makes the kernel send RST, which could overtake what was said
 * last. What has come until now is thrown away instead. */
static void drop_unread(int fd)
{
    for (int i = 0; i < DROPS_MAX; i++) {
        uint8_t nowhere[16384];
        if (recv(fd, nowhere, sizeof nowhere, MSG_DONTWAIT) <= 0)
            return;
    }
}

void leg_close(struct leg *leg, bool torn, uv_close_cb closed)
{
    leg->state = LEG_CLOSED;
    if (leg->fd < 0)
        return;
    uv_close((uv_handle_t *)&leg->poll, closed);
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    if (torn)
        setsockopt(leg->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else
        drop_unread(leg->fd);
    close(leg->fd);
    leg->fd = -1;
}
