/* bench-sink: a receiver that costs as little as one can, so that what stands before it is what is
 * measured. It accepts every command and throws mail away. One thread; the replies to all that one
 * read brought leave in one write, as a receiver with PIPELINING does it.
 *
 *   bench-sink [--port N] [--tls implicit|starttls --certificate FILE --key FILE [--tickets]]
 *
 * It prints "listening 127.0.0.1:N", then serves until it is ended. */
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
#include "bench/stream.h"

#define READ_SIZE ((size_t)256 * 1024)
#define EVENTS_MAX 256
/* Bytes of an unfinished line that are kept until its end comes. */
#define HELD_MAX ((size_t)1024)
#define REPLIES_MAX ((size_t)64 * 1024)
#define REPLY_MAX ((size_t)128)
#define DESCRIPTORS_MAX 65536

#define OFFER "250-PIPELINING\r\n250-8BITMIME\r\n250 SIZE 0\r\n"
static const char offer[] = "250-sink\r\n" OFFER;
static const char offering[] = "250-sink\r\n250-STARTTLS\r\n" OFFER;

static const char end_of_mail[] = "\r\n.\r\n";
#define END_LEN (sizeof end_of_mail - 1)
/* How much of the end may stand in front of its dot, and with its dot. */
#define BEFORE_DOT ((size_t)2)

struct connection {
    struct stream stream;
    bool is_greeted;
    bool in_mail;
    bool is_to_secure; /* STARTTLS was granted */
    bool is_over;      /* QUIT was said, or the connection is broken */
    size_t held_len;
    char held[HELD_MAX];
};

static SSL_CTX *context; /* NULL: no TLS */
static enum security security;

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
        say(connection, security == BY_STARTTLS && !connection->stream.ssl ? offering : offer);
    } else if (is_verb(verb, "STAR")) {
        connection->is_to_secure = context != NULL;
        say(connection, "220 go on\r\n");
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
    ssize_t sent = stream_send(&connection->stream, turn.replies, turn.reply_len);
    if (sent != (ssize_t)turn.reply_len)
        connection->is_over = true;
    turn.reply_len = 0;
}

static void greet(struct connection *connection)
{
    if (connection->is_greeted || !stream_is_ready(&connection->stream))
        return;
    connection->is_greeted = true;
    say(connection, "220 sink ESMTP\r\n");
    send_replies(connection);
}

static void secure(struct connection *connection)
{
    connection->is_to_secure = false;
    stream_secure(&connection->stream, context, true);
}

/* True when there may be more to read. */
static bool serve_once(struct connection *connection)
{
    ssize_t got = stream_read(&connection->stream, turn.bytes + HELD_MAX, READ_SIZE);
    bool waits = got < 0 && (errno == EAGAIN || errno == EINTR);
    greet(connection);
    if (waits)
        return false;
    if (got <= 0) {
        stream_close(&connection->stream);
        return false;
    }
    size_t held = connection->held_len;
    memcpy(turn.bytes + HELD_MAX - held, connection->held, held);
    take_bytes(connection, turn.bytes + HELD_MAX - held, held + (size_t)got);
    send_replies(connection);
    if (connection->is_to_secure)
        secure(connection);
    if (connection->is_over)
        stream_close(&connection->stream);
    return !connection->is_over && stream_has_more(&connection->stream);
}

static void serve(struct connection *connection)
{
    while (serve_once(connection))
        continue;
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
    *connection = (struct connection){ .stream.fd = fd };
    no_delay(fd);
    watch(epoll, fd);
    if (security == IMPLICIT)
        secure(connection);
    greet(connection);
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

struct wanted {
    uint16_t port;
    const char *certificate;
    const char *key;
    bool tickets;
};

static const struct option options[] = {
    { "port", required_argument, NULL, 'p' },        { "tls", required_argument, NULL, 'S' },
    { "certificate", required_argument, NULL, 'c' }, { "key", required_argument, NULL, 'k' },
    { "tickets", no_argument, NULL, 't' },           { NULL, 0, NULL, 0 },
};

static void take_option(int option, struct wanted *wanted)
{
    switch (option) {
    case 'p': wanted->port = (uint16_t)option_number("port", optarg, UINT16_MAX); break;
    case 'S': security = security_of(optarg); break;
    case 'c': wanted->certificate = optarg; break;
    case 'k': wanted->key = optarg; break;
    case 't': wanted->tickets = true; break;
    default: refuse("unknown option; the head of bench/sink.c lists them");
    }
}

static void take_options(int argc, char **argv, struct wanted *wanted)
{
    int option;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
        take_option(option, wanted);
    bool has_files = wanted->certificate && wanted->key;
    if (optind < argc || has_files != (security != IN_CLEAR))
        refuse("--tls goes with --certificate and --key; there are no other words than options");
    if (has_files)
        context = stream_server_context(wanted->certificate, wanted->key, wanted->tickets);
}

int main(int argc, char **argv)
{
    struct wanted wanted = { 0 };
    take_options(argc, argv, &wanted);
    uint16_t port = wanted.port;
    descriptors_raise();
    int epoll = epoll_create1(EPOLL_CLOEXEC);
    if (epoll < 0)
        fail("epoll");
    int listener = loopback_listen(&port);
    printf("listening 127.0.0.1:%u\n", (unsigned)port);
    fflush(stdout);
    serve_all(epoll, listener);
}
