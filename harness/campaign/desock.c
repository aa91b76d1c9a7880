/* desock: linked into a client that is fuzzed: whatever it connects to is a server whose words are
 * the input, all there at once and then an end. The input comes on standard input; what the client
 * itself is to read there is in the file $SMTPCHAOS_LETTER. The fork server waits at connect(). */
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Bytes of the longest input; a socket's buffer holds as many. */
#define INPUT_MAX 65536
/* Above what AFL++ uses (198, 199). */
#define INPUT_FD 220

__attribute__((constructor)) static void keep_standard_input(void)
{
    const char *letter = getenv("SMTPCHAOS_LETTER");
    int file = letter ? open(letter, O_RDONLY | O_CLOEXEC) : -1;
    if (dup2(STDIN_FILENO, INPUT_FD) < 0 || file < 0)
        return;
    dup2(file, STDIN_FILENO);
    close(file);
}

static void fill(int fd)
{
    static char input[INPUT_MAX];
    lseek(INPUT_FD, 0, SEEK_SET);
    ssize_t got = read(INPUT_FD, input, sizeof input);
    for (ssize_t at = 0; at < got;) {
        ssize_t put = write(fd, input + at, (size_t)(got - at));
        if (put <= 0)
            break;
        at += put;
    }
    shutdown(fd, SHUT_WR);
}

int connect(int fd, const struct sockaddr *address, socklen_t len)
{
    int pair[2];
    int flags = fcntl(fd, F_GETFL);
    if (address->sa_family != AF_INET && address->sa_family != AF_INET6)
        return (int)syscall(SYS_connect, fd, address, len);
#ifdef __AFL_HAVE_MANUAL_CONTROL
    __AFL_INIT();
#endif
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return -1;
    fill(pair[1]);
    dup2(pair[0], fd);
    close(pair[0]);
    fcntl(fd, F_SETFL, flags);
    return 0;
}

static int loopback(struct sockaddr *address, socklen_t *len)
{
    const struct sockaddr_in here = { .sin_family = AF_INET,
                                      .sin_port = htons(25),
                                      .sin_addr = { htonl(INADDR_LOOPBACK) } };
    socklen_t room = *len < sizeof here ? *len : (socklen_t)sizeof here;
    memcpy(address, &here, room);
    *len = sizeof here;
    return 0;
}

int getpeername(int fd, struct sockaddr *restrict address, socklen_t *restrict len)
{
    (void)fd;
    return loopback(address, len);
}

int getsockname(int fd, struct sockaddr *restrict address, socklen_t *restrict len)
{
    (void)fd;
    return loopback(address, len);
}
