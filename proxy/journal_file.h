/* journal_file: where the journal's lines go: a file or stdout. Lines are gathered by each worker
 * and handed over together, some milliseconds later (GATHER_MS), to be written by another thread
 * (spool.h). How lines look is session/journal.h's. */
#ifndef SMTPCHAOS_PROXY_JOURNAL_FILE_H
#define SMTPCHAOS_PROXY_JOURNAL_FILE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/text.h"
#include "session/journal.h"

struct journal_file;

/* Opens `name` for appending ("-" is stdout). NULL after one line on stderr when it cannot. */
struct journal_file *journal_file_open(const char *name, enum journal_format format);
/* Begins to write, as spool_begin does. */
void journal_file_begin(struct journal_file *file);
/* Writes what is left and closes. Answers 0, or EX_IOERR when anything was lost; stderr has been
 * told. Nothing happens for NULL. */
int journal_file_close(struct journal_file *file);
/* Writes the line that a journal begins with. */
void journal_file_head(struct journal_file *file, const struct journal_head *head);
/* Lets go of a file that was renamed, as spool_reopen does; a new one begins with this head. */
void journal_file_reopen(struct journal_file *file, const struct journal_head *head);

/* One thread's voice. */
struct journal_writer {
    struct journal journal; /* what sessions are given */
    struct journal_file *file;
    struct text lines; /* formatted, not yet handed over */
};

/* `file` may be NULL: the writer's journal is then not to be used. */
void journal_writer_init(struct journal_writer *writer, struct journal_file *file);
void journal_writer_deinit(struct journal_writer *writer);
/* Hands the lines over. */
void journal_writer_flush(struct journal_writer *writer);
/* What session_setup wants: NULL when nothing is to be written. */
struct journal *journal_writer_journal(struct journal_writer *writer);

#endif
