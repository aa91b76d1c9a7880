/* confine: from now on nothing below the file system's root may be written, made or removed any
 * more, but for what is open already. By Landlock (Linux 5.13), which needs no privilege; where the
 * kernel has none, nothing changes. */
#ifndef SMTPCHAOS_PROXY_CONFINE_H
#define SMTPCHAOS_PROXY_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/* Where files may still be removed; or made and written, too. */
struct confine_folder {
    const char *path;
    bool takes_files;
};

/* Confines the calling thread and those it starts later, for good, but for files directly or deeper
 * in the `folders`; one that cannot be opened is passed over. False when the kernel does not do
 * it. */
bool confine_writing(const struct confine_folder *folders, size_t count);

#endif
