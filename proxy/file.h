/* file: a file that a person named, read whole; and bytes that are written whole. */
#ifndef SMTPCHAOS_PROXY_FILE_H
#define SMTPCHAOS_PROXY_FILE_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

/* Appends the file's content ("-" is stdin) to `out`, up to out->max bytes. Answers 0, or the exit
 * status after one line on stderr: EX_NOINPUT when it cannot be opened, EX_IOERR when it cannot be
 * read, EX_DATAERR when it is larger than that. */
int file_read(const char *name, struct text *out);

/* Writes all of the bytes, however many calls that takes. False, with errno, when the file takes no
 * more. */
bool file_write_whole(int fd, struct span bytes);

#endif
