/* spool: a file that is written by a thread of its own, so that a slow disk or a pager at the end
 * of a pipe changes no timing. What is written, and when it is handed over, is the owner's
 * business. */
#ifndef SMTPCHAOS_PROXY_SPOOL_H
#define SMTPCHAOS_PROXY_SPOOL_H

#include <fcntl.h>
#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

struct spool;

/* Opens `name` ("-" is stdout) with these flags of open(2), which say what becomes of a file that
 * is there, and this mode for a new one. `what` is what messages call it: "journal". Both are
 * borrowed. NULL after one line on stderr when it cannot. */
struct spool *spool_open(const char *name, const char *what, int flags, mode_t mode);
/* What a file that is new begins with, from any thread; nothing for the one that is open. */
void spool_set_head(struct spool *spool, struct span head);
/* Opens the file of this name again behind what has been handed over, so that one that was renamed
 * (logrotate(8)) is let go; where that fails, stderr is told and the old one goes on. Standard
 * output stays. From any thread; nothing happens for NULL. */
void spool_reopen(struct spool *spool);
/* Begins to write: its thread has the rights of the one that calls. Nothing happens for NULL. */
void spool_begin(struct spool *spool);
/* Writes what is left and closes. Answers 0, or EX_IOERR when anything was lost; stderr has been
 * told. Nothing happens for NULL. */
int spool_close(struct spool *spool);
bool spool_is_terminal(const struct spool *spool);
/* Hands bytes over, from any thread: all of them, or none when too much waits already; half a line
 * would spoil the next one too. */
void spool_add(struct spool *spool, struct span bytes);
/* The same with all that was gathered in a text, which is empty afterwards: where nothing waits it
 * is given away and another taken, so that nothing is copied. */
void spool_take(struct spool *spool, struct text *gathered);

#endif
