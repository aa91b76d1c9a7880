/* scratch_folder: a folder of a test's own, gone when the test ends. */
#ifndef SMTPCHAOS_TESTS_SCRATCH_FOLDER_H
#define SMTPCHAOS_TESTS_SCRATCH_FOLDER_H

#include "base/span.h"

struct scratch_folder {
    char path[256];
    char file[320]; /* what scratch_file answered last */
};

void scratch_folder_init(struct scratch_folder *folder);
/* Takes away the files in it, of any name, and the folder. */
void scratch_folder_deinit(struct scratch_folder *folder);
/* The path of a file there; valid until the next call. */
const char *scratch_file(struct scratch_folder *folder, const char *name);
/* Writes a file there and answers its path. */
const char *scratch_write(struct scratch_folder *folder, const char *name, struct span content);

#endif
