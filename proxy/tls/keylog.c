/* keylog: see keylog.h. */
#include "proxy/tls/keylog.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/check.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

struct keylog {
    const char *file; /* borrowed */
    int fd;
    atomic_bool has_complained;
};

static int refuse(int fd, const char *file, const char *why)
{
    complain("--keylog: %s: %s", file, why);
    if (fd >= 0)
        close(fd);
    return EX_IOERR;
}

static int open_file(const char *file, int *fd)
{
    struct stat about;
    *fd = open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, S_IRUSR | S_IWUSR);
    if (*fd < 0 || fstat(*fd, &about) != 0)
        return refuse(*fd, file, strerrordesc_np(errno));
    if (S_ISREG(about.st_mode) && about.st_mode & (S_IRWXG | S_IRWXO))
        return refuse(*fd, file, "others may read it, and would read the mail; chmod 600 first");
    return 0;
}

struct keylog *keylog_open(const char *file, int *status)
{
    int fd;
    *status = open_file(file, &fd);
    if (*status)
        return NULL;
    struct keylog *keylog = calloc(1, sizeof *keylog);
    check(keylog != NULL);
    keylog->file = file;
    keylog->fd = fd;
    return keylog;
}

void keylog_close(struct keylog *keylog)
{
    if (!keylog)
        return;
    close(keylog->fd);
    free(keylog);
}

/* One write appends a whole line, so that those of several threads do not mix. */
static void on_line(const SSL *ssl, const char *line)
{
    struct keylog *keylog = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    struct iovec parts[] = { { (void *)line, strlen(line) }, { (void *)"\n", 1 } };
    if (writev(keylog->fd, parts, 2) < 0 && !atomic_exchange(&keylog->has_complained, true))
        complain("--keylog: %s: %s", keylog->file, strerrordesc_np(errno));
}

void keylog_watch(struct keylog *keylog, SSL_CTX *context)
{
    SSL_CTX_set_app_data(context, keylog);
    SSL_CTX_set_keylog_callback(context, on_line);
}
