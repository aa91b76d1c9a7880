/* scratch_folder: see scratch_folder.h. */
#include "scratch_folder.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/check.h"

void scratch_folder_init(struct scratch_folder *folder)
{
    const char *above = getenv("TMPDIR"); /* NOLINT(concurrency-mt-unsafe): one thread */
    snprintf(folder->path, sizeof folder->path, "%s/smtpchaos-test-XXXXXX",
             above ? above : P_tmpdir);
    check(mkdtemp(folder->path) != NULL);
}

const char *scratch_file(struct scratch_folder *folder, const char *name)
{
    snprintf(folder->file, sizeof folder->file, "%s/%s", folder->path, name);
    return folder->file;
}

const char *scratch_write(struct scratch_folder *folder, const char *name, struct span content)
{
    FILE *file = fopen(scratch_file(folder, name), "we");
    check(file != NULL && fwrite(content.ptr, 1, content.len, file) == content.len);
    check(fclose(file) == 0);
    return folder->file;
}

void scratch_folder_deinit(struct scratch_folder *folder)
{
    struct dirent *entry;
    DIR *directory = opendir(folder->path);
    check(directory != NULL);
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    while ((entry = readdir(directory)) != NULL)
        unlink(scratch_file(folder, entry->d_name));
    closedir(directory);
    check(rmdir(folder->path) == 0);
}
