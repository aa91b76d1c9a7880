/* journal_file: see journal_file.h. */
#include "proxy/journal_file.h"

#include <stdlib.h>
#include <uv.h>

#include "base/apart.h"
#include "base/check.h"
#include "base/limits.h"
#include "proxy/spool.h"

struct journal_file {
    struct spool *spool;
    enum journal_format format;
    bool colours;
};

/* https://no-color.org: whatever NO_COLOR says, unless it says nothing. */
static bool wants_colours(const struct spool *spool)
{
    char value[2];
    size_t size = sizeof value;
    int error = uv_os_getenv("NO_COLOR", value, &size);
    bool no_color = error == UV_ENOBUFS || (error == 0 && size > 0);
    return spool_is_terminal(spool) && !no_color;
}

struct journal_file *journal_file_open(const char *name, enum journal_format format)
{
    struct spool *spool = spool_open(name, "journal", O_APPEND, 0644);
    if (!spool)
        return NULL;
    struct journal_file *file = calloc(1, sizeof *file);
    check(file != NULL);
    *file = (struct journal_file){ spool, format, wants_colours(spool) };
    return file;
}

void journal_file_begin(struct journal_file *file)
{
    if (file)
        spool_begin(file->spool);
}

int journal_file_close(struct journal_file *file)
{
    int status = file ? spool_close(file->spool) : 0;
    free(file);
    return status;
}

void journal_file_head(struct journal_file *file, const struct journal_head *head)
{
    struct text lines = { 0 };
    if (!file)
        return;
    journal_format_head(file->format, head, &lines);
    spool_add(file->spool, text_span(&lines));
    text_deinit(&lines);
}

void journal_file_reopen(struct journal_file *file, const struct journal_head *head)
{
    struct text lines = { 0 };
    if (!file)
        return;
    journal_format_head(file->format, head, &lines);
    spool_set_head(file->spool, text_span(&lines));
    spool_reopen(file->spool);
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
    *writer = (struct journal_writer){ .journal = { writer_write },
                                       .file = file,
                                       .lines.max = JOURNAL_BACKLOG_MAX };
}

APART void journal_writer_flush(struct journal_writer *writer)
{
    if (!writer->lines.len)
        return;
    spool_take(writer->file->spool, &writer->lines);
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
