/* spool: see spool.h. */
#include "proxy/spool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "base/instant.h"
#include "base/limits.h"
#include "base/text.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

/* How long the end of the program waits for a reader, in nanoseconds. */
#define CLOSE_TIMEOUT SECONDS(5)

struct spool {
    const char *name; /* as messages show it */
    const char *what;
    int flags; /* of open(2) */
    mode_t mode;
    int fd;
    bool has_begun;
    uv_thread_t thread;
    bool has_failed;  /* the thread's: nothing more is written */
    uv_mutex_t mutex; /* guards all below */
    uv_cond_t changed;
    struct text head;
    bool reopens;        /* the thread is to open the file again */
    struct text waiting; /* handed over, not yet taken by the thread */
    uint64_t lost;       /* bytes thrown away because too much was waiting */
    bool is_idle;        /* the thread waits for bytes */
    bool is_closing;
    bool is_written; /* the thread has written all and ends */
};

static void write_taken(struct spool *spool, struct text *taken)
{
    if (spool->has_failed || file_write_whole(spool->fd, text_span(taken)))
        return;
    complain("%s: the %s cannot be written: %s; it ends here", spool->name, spool->what,
             strerrordesc_np(errno));
    spool->has_failed = true;
}

static int open_file(const char *name, int flags, mode_t mode)
{
    return open(name, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode);
}

static void open_again(struct spool *spool, struct text *head)
{
    struct stat about;
    int fd = open_file(spool->name, spool->flags, spool->mode);
    if (fd < 0) {
        complain("%s: the %s cannot be opened again: %s; the one that is open goes on", spool->name,
                 spool->what, strerrordesc_np(errno));
        return;
    }
    close(spool->fd);
    spool->fd = fd;
    if (fstat(fd, &about) == 0 && about.st_size == 0)
        write_taken(spool, head);
}

/* With the mutex held, which it lets go meanwhile. */
static void reopen(struct spool *spool)
{
    struct text head = { 0 };
    text_add(&head, text_span(&spool->head));
    spool->reopens = false;
    uv_mutex_unlock(&spool->mutex);
    open_again(spool, &head);
    text_deinit(&head);
    uv_mutex_lock(&spool->mutex);
}

/* Takes all that waits each time, so that a busy proxy costs few system calls. */
static void run(void *argument)
{
    struct spool *spool = argument;
    struct text taken = { .max = JOURNAL_BACKLOG_MAX };
    uv_mutex_lock(&spool->mutex);
    while (spool->waiting.len || !spool->is_closing) {
        if (!spool->waiting.len && spool->reopens) {
            reopen(spool);
            continue;
        }
        if (!spool->waiting.len) {
            spool->is_idle = true;
            uv_cond_wait(&spool->changed, &spool->mutex);
            spool->is_idle = false;
            continue;
        }
        struct text waiting = spool->waiting;
        spool->waiting = taken;
        taken = waiting;
        uv_mutex_unlock(&spool->mutex);
        write_taken(spool, &taken);
        text_clear(&taken);
        uv_mutex_lock(&spool->mutex);
    }
    spool->is_written = true;
    uv_cond_signal(&spool->changed);
    uv_mutex_unlock(&spool->mutex);
    text_deinit(&taken);
}

struct spool *spool_open(const char *name, const char *what, int flags, mode_t mode)
{
    bool is_stdout = strcmp(name, "-") == 0;
    int fd = is_stdout ? STDOUT_FILENO : open_file(name, flags, mode);
    if (fd < 0) {
        complain("%s: the %s cannot be opened: %s", name, what, strerrordesc_np(errno));
        return NULL;
    }
    struct spool *spool = calloc(1, sizeof *spool);
    check(spool != NULL);
    *spool = (struct spool){ .name = is_stdout ? "standard output" : name,
                             .what = what,
                             .flags = flags,
                             .mode = mode,
                             .fd = fd,
                             .waiting = { .max = JOURNAL_BACKLOG_MAX } };
    check(uv_mutex_init(&spool->mutex) == 0);
    check(uv_cond_init(&spool->changed) == 0);
    return spool;
}

void spool_begin(struct spool *spool)
{
    if (!spool || spool->has_begun)
        return;
    spool->has_begun = true;
    check(uv_thread_create(&spool->thread, run, spool) == 0);
}

/* Waits for the thread, though not for ever: whoever reads the pipe may be asleep. */
static bool is_written(struct spool *spool)
{
    int error = 0;
    uv_mutex_lock(&spool->mutex);
    spool->is_closing = true;
    uv_cond_signal(&spool->changed);
    while (!spool->is_written && error == 0)
        error = uv_cond_timedwait(&spool->changed, &spool->mutex, CLOSE_TIMEOUT);
    bool written = spool->is_written;
    uv_mutex_unlock(&spool->mutex);
    return written;
}

static void spool_free(struct spool *spool)
{
    uv_thread_join(&spool->thread);
    text_deinit(&spool->waiting);
    text_deinit(&spool->head);
    uv_cond_destroy(&spool->changed);
    uv_mutex_destroy(&spool->mutex);
    free(spool);
}

int spool_close(struct spool *spool)
{
    if (!spool)
        return 0;
    spool_begin(spool);
    if (!is_written(spool)) {
        complain("%s: nobody takes the rest of the %s; it is incomplete", spool->name, spool->what);
        return EX_IOERR;
    }
    if (spool->lost)
        complain("%s: %" PRIu64 " bytes of the %s are missing; it was written too slowly",
                 spool->name, spool->lost, spool->what);
    int status = spool->has_failed || spool->lost ? EX_IOERR : 0;
    if (spool->fd != STDOUT_FILENO && close(spool->fd) != 0)
        status = EX_IOERR;
    spool_free(spool);
    return status;
}

bool spool_is_terminal(const struct spool *spool)
{
    return isatty(spool->fd);
}

/* With the mutex held. */
static void add(struct spool *spool, struct span bytes)
{
    if (bytes.len > JOURNAL_BACKLOG_MAX - spool->waiting.len)
        spool->lost += bytes.len;
    else
        text_add(&spool->waiting, bytes);
}

/* Lets go of the mutex, and wakes the thread when it has nothing to do. */
static void added(struct spool *spool)
{
    bool sleeps = spool->is_idle;
    uv_mutex_unlock(&spool->mutex);
    if (sleeps)
        uv_cond_signal(&spool->changed);
}

void spool_add(struct spool *spool, struct span bytes)
{
    uv_mutex_lock(&spool->mutex);
    add(spool, bytes);
    added(spool);
}

void spool_take(struct spool *spool, struct text *gathered)
{
    uv_mutex_lock(&spool->mutex);
    if (spool->waiting.len == 0) {
        struct text empty = spool->waiting;
        spool->waiting = *gathered;
        *gathered = empty;
    } else {
        add(spool, text_span(gathered));
    }
    added(spool);
    text_clear(gathered);
}

void spool_set_head(struct spool *spool, struct span head)
{
    uv_mutex_lock(&spool->mutex);
    text_clear(&spool->head);
    text_add(&spool->head, head);
    uv_mutex_unlock(&spool->mutex);
}

void spool_reopen(struct spool *spool)
{
    if (!spool || spool->fd == STDOUT_FILENO)
        return;
    uv_mutex_lock(&spool->mutex);
    spool->reopens = true;
    uv_cond_signal(&spool->changed);
    uv_mutex_unlock(&spool->mutex);
}
