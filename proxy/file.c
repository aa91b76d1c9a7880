/* file: see file.h. */
#include "proxy/file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proxy/complain.h"
#include "proxy/exits.h"

static int read_all(FILE *file, const char *name, struct text *out)
{
    char block[16384];
    size_t got;
    while (!out->cut && (got = fread(block, 1, sizeof block, file)) > 0)
        text_add(out, span_make(block, got));
    if (ferror(file)) {
        complain("%s: cannot be read: %s", name, strerrordesc_np(errno));
        return EX_IOERR;
    }
    if (out->cut) {
        complain("%s: is larger than %zu bytes", name, out->len);
        return EX_DATAERR;
    }
    return 0;
}

int file_read(const char *name, struct text *out)
{
    if (strcmp(name, "-") == 0)
        return read_all(stdin, "standard input", out);
    FILE *file = fopen(name, "re");
    if (!file) {
        complain("%s: %s", name, strerrordesc_np(errno));
        return EX_NOINPUT;
    }
    int status = read_all(file, name, out);
    fclose(file);
    return status;
}

bool file_write_whole(int fd, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t written = write(fd, bytes.ptr, bytes.len);
        if (written < 0 && errno != EINTR)
            return false;
        bytes = span_drop(bytes, written > 0 ? (size_t)written : 0);
    }
    return true;
}
