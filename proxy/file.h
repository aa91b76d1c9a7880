/* file: a file that a person named, read whole. */
#ifndef SMTPCHAOS_PROXY_FILE_H
#define SMTPCHAOS_PROXY_FILE_H

#include "base/text.h"

/* Appends the file's content ("-" is stdin) to `out`, up to out->max bytes. Answers 0, or the exit
 * status after one line on stderr: EX_NOINPUT when it cannot be opened, EX_IOERR when it cannot be
 * read, EX_DATAERR when it is larger than that. */
int file_read(const char *name, struct text *out);

#endif
