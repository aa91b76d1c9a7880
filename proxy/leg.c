/* leg: see leg.h. */
#include "proxy/leg.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/leg_tls.h"

/* Spans of one writev; a longer queue takes another turn. */
#define SPANS_MAX 64
/* Reads before an unread rest is left to the kernel. */
#define DROPS_MAX 16

static void on_watch(struct watch *watch, uint32_t events)
{
    struct leg *leg = (struct leg *)watch;
    leg->ready(leg, events);
}

void leg_init(struct leg *leg, struct poller *poller, void (*ready)(struct leg *, uint32_t events),
              void *owner)
{
    *leg = (struct leg){
        .watch = { .ready = on_watch },
        .poller = poller,
        .ready = ready,
        .owner = owner,
        .state = LEG_IDLE,
        .fd = -1,
    };
}

void leg_set_wire_options(int fd)
{
    int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof on);
}

static int begin_watching(struct leg *leg, int fd, enum leg_state state)
{
    int error = poller_watch(leg->poller, fd, &leg->watch);
    if (error)
        return error;
    leg->fd = fd;
    leg->state = state;
    return 0;
}

int leg_open(struct leg *leg, int fd)
{
    return begin_watching(leg, fd, LEG_OPEN);
}

int leg_take_connecting(struct leg *leg, int fd)
{
    check(leg->state == LEG_IDLE);
    int error = begin_watching(leg, fd, LEG_CONNECTING);
    if (error)
        close(fd);
    return error;
}

static int connect_socket(int fd, const struct socket_address *to)
{
    int result;
    do
        result = connect(fd, (const struct sockaddr *)&to->storage, to->size);
    while (result != 0 && errno == EINTR);
    return result == 0 || errno == EINPROGRESS ? 0 : uv_translate_sys_error(errno);
}

int leg_connect(struct leg *leg, const struct socket_address *to)
{
    int fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return uv_translate_sys_error(errno);
    leg_set_wire_options(fd);
    int error = connect_socket(fd, to);
    if (!error)
        return leg_take_connecting(leg, fd);
    close(fd);
    return error;
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
    int error = leg->is_torn ? socket_error(leg->fd) : 0;
    /* The peer accepted and tore the connection before we came to look: that is no refusal. */
    leg->is_torn = error == ECONNRESET || error == EPIPE;
    if (error && !leg->is_torn)
        return uv_translate_sys_error(error);
    leg->state = LEG_OPEN;
    return 0;
}

void leg_note(struct leg *leg, uint32_t events)
{
    leg->may_read |= (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP)) != 0;
    leg->is_urgent |= (events & EPOLLPRI) != 0;
    leg->peer_ended |= (events & (EPOLLRDHUP | EPOLLHUP)) != 0;
    leg->is_torn |= (events & EPOLLERR) != 0;
    if (events & EPOLLOUT)
        leg->wants_write = false;
}

/* A short read has emptied the socket (epoll(7), question 9), unless something stands behind it
 * that is no byte. */
static void note_read(struct leg *leg, ssize_t got, size_t room)
{
    bool is_short = got < 0 || (size_t)got < room;
    bool hides_more = got > 0 && (leg->peer_ended || leg->is_urgent || leg->is_torn);
    leg->is_read_out |= got == 0;
    if (is_short && !hides_more)
        leg->may_read = false;
}

ssize_t leg_receive(struct leg *leg, uint8_t *to, size_t room)
{
    ssize_t got;
    do
        got = recv(leg->fd, to, room, 0);
    while (got < 0 && errno == EINTR);
    int error = errno;
    note_read(leg, got, room);
    if (got < 0)
        return uv_translate_sys_error(error);
    /* The kernel reports an error once; whoever heard of it first has taken it from here. */
    return got == 0 && leg->is_torn ? UV_ECONNRESET : got;
}

bool leg_may_read(const struct leg *leg)
{
    return leg->may_read || (leg->layer && layer_has_unread(leg->layer));
}

ssize_t leg_read(struct leg *leg, uint8_t *to, size_t room)
{
    return leg->layer ? leg_tls_read(leg, to, room) : leg_receive(leg, to, room);
}

bool leg_has_unread(const struct leg *leg)
{
    if (leg->layer && layer_has_unread(leg->layer))
        return true;
    uint8_t first;
    return recv(leg->fd, &first, 1, MSG_PEEK | MSG_DONTWAIT) > 0;
}

/* One span needs no vector, which the kernel would have to fetch. */
static ssize_t send_span(int fd, struct span span, int flags)
{
    return send(fd, span.ptr, span.len, flags);
}

static ssize_t send_spans(int fd, const struct span *spans, size_t count, int flags)
{
    struct iovec parts[SPANS_MAX];
    struct msghdr message = { .msg_iov = parts,
                              .msg_iovlen = count < SPANS_MAX ? count : SPANS_MAX };
    for (size_t i = 0; i < message.msg_iovlen; i++)
        parts[i] = (struct iovec){ (void *)spans[i].ptr, spans[i].len };
    return sendmsg(fd, &message, flags);
}

ssize_t leg_send(struct leg *leg, const struct span *spans, size_t count)
{
    /* A FIN that finds the last bytes still waiting leaves with them, a segment less. */
    int flags = MSG_NOSIGNAL | (leg->ends_next ? MSG_MORE : 0);
    ssize_t sent;
    do
        sent = count == 1 ? send_span(leg->fd, spans[0], flags)
                          : send_spans(leg->fd, spans, count, flags);
    while (sent < 0 && errno == EINTR);
    return sent < 0 ? uv_translate_sys_error(errno) : sent;
}

static size_t total(const struct span *spans, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++)
        len += spans[i].len;
    return len;
}

ssize_t leg_write(struct leg *leg, const struct span *spans, size_t count)
{
    if (leg->layer)
        return leg_tls_write(leg, spans, count);
    ssize_t sent = leg_send(leg, spans, count);
    leg->wants_write = sent == UV_EAGAIN || (sent >= 0 && (size_t)sent < total(spans, count));
    return sent;
}

bool leg_settle(struct leg *leg, bool rude)
{
    return !leg->layer || leg->is_torn || leg_tls_settle(leg, rude);
}

bool leg_finish(struct leg *leg, bool rude)
{
    if (!leg_settle(leg, rude))
        return false;
    shutdown(leg->fd, SHUT_WR);
    return true;
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

void leg_close(struct leg *leg, bool torn)
{
    struct linger at_once = { .l_onoff = 1, .l_linger = 0 };
    leg->state = LEG_CLOSED;
    if (leg->fd < 0)
        return;
    leg_tls_drop(leg);
    if (torn)
        setsockopt(leg->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    else if (!leg->is_read_out)
        drop_unread(leg->fd);
    poller_forget(leg->poller);
    close(leg->fd);
    leg->fd = -1;
}
