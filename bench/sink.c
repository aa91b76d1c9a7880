/* bench-sink: a receiver that costs as little as one can, so that what stands before it is what is
 * measured. It accepts every command and throws mail away. One thread; the replies to all that one
 * read brought leave in one write, as a receiver with PIPELINING does it.
 *
 *   bench-sink [--port N]     prints "listening 127.0.0.1:N", then serves until it is ended */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/outside.h"

#define READ_SIZE ((size_t)256 * 1024)
#define EVENTS_MAX 256
/* Bytes of an unfinished line that are kept until its end comes. */
#define HELD_MAX ((size_t)1024)
#define REPLIES_MAX ((size_t)64 * 1024)
#define REPLY_MAX ((size_t)128)
#define DESCRIPTORS_MAX 65536

static const char end_of_mail[] = "\r\n.\r\n";
#define END_LEN (sizeof end_of_mail - 1)
/* How much of the end may stand in front of its dot, and with its dot. */
#define BEFORE_DOT ((size_t)2)

struct connection {
    int fd;
    bool in_mail;
    bool is_over; /* QUIT was said, or the connection is broken */
    size_t held_len;
    char held[HELD_MAX];
};

/* By descriptor; memory that is not touched costs nothing. */
static struct connection connections[DESCRIPTORS_MAX];

/* All that one connection brings in one turn; the loop is the only user. What was held back stands
 * right before what is read. */
static struct {
    char bytes[HELD_MAX + READ_SIZE];
    char replies[REPLIES_MAX];
    size_t reply_len;
} turn;

static void say(struct connection *connection, const char *reply)
{
    size_t len = strnlen(reply, REPLY_MAX);
    if (turn.reply_len + len > sizeof turn.replies) {
        connection->is_over = true;
        return;
    }
    memcpy(turn.replies + turn.reply_len, reply, len);
    turn.reply_len += len;
}

static bool is_verb(const char *line, const char *verb)
{
    return strncasecmp(line, verb, 4) == 0;
}

static void take_command(struct connection *connection, const char *line, size_t len)
{
    char verb[5] = "";
    memcpy(verb, line, len < 4 ? len : 4);
    if (is_verb(verb, "EHLO")) {
        say(connection, "250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n");
    } else if (is_verb(verb, "DATA")) {
        connection->in_mail = true;
        say(connection, "354 go on\r\n");
    } else if (is_verb(verb, "QUIT")) {
        connection->is_over = true;
        say(connection, "221 bye\r\n");
    } else {
        say(connection, "250 ok\r\n");
    }
}

/* Answers how many bytes are done with: to behind the line's end, or none when that has not come. A
 * DATA line keeps its CR LF, to which the end of the mail may belong. */
static size_t take_line(struct connection *connection, const char *bytes, size_t len)
{
    const char *end = memchr(bytes, '\n', len);
    if (!end)
        return 0;
    size_t line_len = (size_t)(end + 1 - bytes);
    take_command(connection, bytes, line_len);
    return connection->in_mail && line_len > BEFORE_DOT ? line_len - BEFORE_DOT : line_len;
}

/* Looks for dots, which are rare, rather than for line ends, which are not. Without the end of the
 * mail all is done with but what may be its beginning. */
static size_t take_mail(struct connection *connection, const char *bytes, size_t len)
{
    size_t at = BEFORE_DOT;
    while (at + (END_LEN - BEFORE_DOT) <= len) {
        const char *dot = memchr(bytes + at, '.', len - at - BEFORE_DOT);
        if (!dot)
            break;
        at = (size_t)(dot - bytes);
        if (memcmp(dot - BEFORE_DOT, end_of_mail, END_LEN) == 0) {
            connection->in_mail = false;
            say(connection, "250 taken\r\n");
            return at - BEFORE_DOT + END_LEN;
        }
        at++;
    }
    return len < END_LEN ? 0 : len - (END_LEN - 1);
}

static void hold(struct connection *connection, const char *bytes, size_t len)
{
    if (len > HELD_MAX) {
        connection->is_over = true;
        return;
    }
    memcpy(connection->held, bytes, len);
    connection->held_len = len;
}

static void take_bytes(struct connection *connection, const char *bytes, size_t len)
{
    size_t done = 1;
    while (len > 0 && done > 0 && !connection->is_over) {
        done = connection->in_mail ? take_mail(connection, bytes, len)
                                   : take_line(connection, bytes, len);
        bytes += done;
        len -= done;
    }
    hold(connection, bytes, len);
}

/* Whoever does not read a few replies is no client of ours: the connection ends. */
static void send_replies(struct connection *connection)
{
    if (turn.reply_len == 0)
        return;
    ssize_t sent = send(connection->fd, turn.replies, turn.reply_len, MSG_NOSIGNAL);
    if (sent != (ssize_t)turn.reply_len)
        connection->is_over = true;
    turn.reply_len = 0;
}

static void serve(struct connection *connection)
{
    ssize_t got = read(connection->fd, turn.bytes + HELD_MAX, READ_SIZE);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        close(connection->fd);
        return;
    }
    size_t held = connection->held_len;
    memcpy(turn.bytes + HELD_MAX - held, connection->held, held);
    take_bytes(connection, turn.bytes + HELD_MAX - held, held + (size_t)got);
    send_replies(connection);
    if (connection->is_over)
        close(connection->fd);
}

static void watch(int epoll, int fd)
{
    struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) != 0)
        fail("epoll_ctl");
}

static void welcome(int epoll, int fd)
{
    if (fd >= DESCRIPTORS_MAX) {
        close(fd);
        return;
    }
    struct connection *connection = &connections[fd];
    connection->fd = fd;
    connection->in_mail = connection->is_over = false;
    connection->held_len = 0;
    no_delay(fd);
    watch(epoll, fd);
    say(connection, "220 sink ESMTP\r\n");
    send_replies(connection);
}

static void accept_all(int epoll, int listener)
{
    int fd;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0)
        welcome(epoll, fd);
    if (errno != EAGAIN && errno != ECONNABORTED && errno != EINTR)
        fail("accept");
}

static _Noreturn void serve_all(int epoll, int listener)
{
    struct epoll_event events[EVENTS_MAX];
    watch(epoll, listener);
    for (;;) {
        int count = epoll_wait(epoll, events, EVENTS_MAX, -1);
        for (int i = 0; i < count; i++) {
            if (events[i].data.fd == listener)
                accept_all(epoll, listener);
            else
                serve(&connections[events[i].data.fd]);
        }
    }
}

int main(int argc, char **argv)
{
    static const struct option options[] = { { "port", required_argument, NULL, 'p' },
                                             { NULL, 0, NULL, 0 } };
    uint16_t port = 0;
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (option != 'p')
            refuse("usage: bench-sink [--port N]");
        port = (uint16_t)option_number("port", optarg, UINT16_MAX);
    }
    if (optind < argc)
        refuse("usage: bench-sink [--port N]");
    descriptors_raise();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("epoll");
    int listener = loopback_listen(&port);
    printf("listening 127.0.0.1:%u\n", (unsigned)port);
    fflush(stdout);
    serve_all(epoll, listener);
}
