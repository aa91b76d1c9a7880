/* journal_file: see journal_file.h. */
#include "proxy/journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "base/limits.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

/* How long the end of the program waits for a reader of its journal, in nanoseconds. */
#define CLOSE_TIMEOUT SECONDS(5)

struct journal_file {
    const char *name; /* as messages show it; borrowed */
    int fd;
    enum journal_format format;
    bool colours;
    uv_thread_t thread;
    bool has_failed;  /* the thread's: nothing more is written */
    uv_mutex_t mutex; /* guards all below */
    uv_cond_t changed;
    struct text waiting; /* handed over, not yet taken by the thread */
    uint64_t lost;       /* bytes thrown away because too much was waiting */
    bool is_closing;
    bool is_written; /* the thread has written all and ends */
};

/* False when the file takes no more. */
static bool write_all(const struct journal_file *file, struct span lines)
{
    while (lines.len) {
        ssize_t written = write(file->fd, lines.ptr, lines.len);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        lines = span_drop(lines, (size_t)written);
    }
    return true;
}

static void write_lines(struct journal_file *file, struct text *lines)
{
    if (file->has_failed || write_all(file, text_span(lines)))
        return;
    complain("%s: the journal cannot be written: %s; it ends here", file->name,
             strerrordesc_np(errno));
    file->has_failed = true;
}

/* Takes all that waits each time, so that a busy proxy costs few system calls. */
static void run(void *argument)
{
    struct journal_file *file = argument;
    struct text lines = { .max = JOURNAL_BACKLOG_MAX };
    uv_mutex_lock(&file->mutex);
    while (file->waiting.len || !file->is_closing) {
        if (!file->waiting.len) {
            uv_cond_wait(&file->changed, &file->mutex);
            continue;
        }
        struct text taken = file->waiting;
        file->waiting = lines;
        lines = taken;
        uv_mutex_unlock(&file->mutex);
        write_lines(file, &lines);
        text_clear(&lines);
        uv_mutex_lock(&file->mutex);
    }
    file->is_written = true;
    uv_cond_signal(&file->changed);
    uv_mutex_unlock(&file->mutex);
    text_deinit(&lines);
}

/* https://no-color.org: whatever NO_COLOR says, unless it says nothing. */
static bool wants_colours(int fd)
{
    char value[2];
    size_t size = sizeof value;
    int error = uv_os_getenv("NO_COLOR", value, &size);
    bool no_color = error == UV_ENOBUFS || (error == 0 && size > 0);
    return isatty(fd) && !no_color;
}

static int open_file(const char *name)
{
    if (strcmp(name, "-") == 0)
        return STDOUT_FILENO;
    int fd = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        complain("%s: the journal cannot be opened: %s", name, strerrordesc_np(errno));
    return fd;
}

struct journal_file *journal_file_open(const char *name, enum journal_format format)
{
    int fd = open_file(name);
    if (fd < 0)
        return NULL;
    struct journal_file *file = calloc(1, sizeof *file);
    check(file != NULL);
    *file = (struct journal_file){
        .name = fd == STDOUT_FILENO ? "standard output" : name,
        .fd = fd,
        .format = format,
        .colours = wants_colours(fd),
        .waiting = { .max = JOURNAL_BACKLOG_MAX },
    };
    check(uv_mutex_init(&file->mutex) == 0);
    check(uv_cond_init(&file->changed) == 0);
    check(uv_thread_create(&file->thread, run, file) == 0);
    return file;
}

/* Waits for the thread, though not for ever: whoever reads the pipe may be asleep. */
static bool is_written(struct journal_file *file)
{
    int error = 0;
    uv_mutex_lock(&file->mutex);
    file->is_closing = true;
    uv_cond_signal(&file->changed);
    while (!file->is_written && error == 0)
        error = uv_cond_timedwait(&file->changed, &file->mutex, CLOSE_TIMEOUT);
    bool written = file->is_written;
    uv_mutex_unlock(&file->mutex);
    return written;
}

static void file_free(struct journal_file *file)
{
    uv_thread_join(&file->thread);
    text_deinit(&file->waiting);
    uv_cond_destroy(&file->changed);
    uv_mutex_destroy(&file->mutex);
    free(file);
}

int journal_file_close(struct journal_file *file)
{
    if (!file)
        return 0;
    if (!is_written(file)) {
        complain("%s: nobody takes the rest of the journal; it is incomplete", file->name);
        return EX_IOERR;
    }
    if (file->lost)
        complain("%s: %llu bytes of the journal are missing; it was written too slowly", file->name,
                 (unsigned long long)file->lost);
    int status = file->has_failed || file->lost ? EX_IOERR : 0;
    if (file->fd != STDOUT_FILENO && close(file->fd) != 0)
        status = EX_IOERR;
    file_free(file);
    return status;
}

/* Whole lines or nothing: half a line would spoil the next one too. */
static void hand_over(struct journal_file *file, struct span lines)
{
    uv_mutex_lock(&file->mutex);
    if (lines.len > JOURNAL_BACKLOG_MAX - file->waiting.len)
        file->lost += lines.len;
    else
        text_add(&file->waiting, lines);
    uv_cond_signal(&file->changed);
    uv_mutex_unlock(&file->mutex);
}

void journal_file_head(struct journal_file *file, const struct journal_head *head)
{
    struct text lines = { 0 };
    if (!file)
        return;
    journal_format_head(file->format, head, &lines);
    hand_over(file, text_span(&lines));
    text_deinit(&lines);
}

static void writer_write(struct journal *journal, const struct journal_entry *entry)
{
    struct journal_writer *writer = (struct journal_writer *)journal;
    journal_format_entry(writer->file->format, entry, writer->file->colours, &writer->lines);
    if (writer->lines.len >= JOURNAL_FLUSH_SIZE)
        journal_writer_flush(writer);
}

void journal_writer_init(struct journal_writer *writer, struct journal_file *file)
{
    *writer = (struct journal_writer){ .journal = { writer_write }, .file = file };
}

void journal_writer_flush(struct journal_writer *writer)
{
    if (!writer->lines.len)
        return;
    hand_over(writer->file, text_span(&writer->lines));
    text_clear(&writer->lines);
}

void journal_writer_deinit(struct journal_writer *writer)
{
    journal_writer_flush(writer);
    text_deinit(&writer->lines);
}

struct journal *journal_writer_journal(struct journal_writer *writer)
{
    return writer->file ? &writer->journal : NULL;
}
