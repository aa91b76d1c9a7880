/* corpus_folder: a folder that fuzz inputs are put into: each content once, under a name that tells
 * where it comes from, and where wanted only those that reach something new. */
#ifndef SMTPCHAOS_PROXY_CORPUS_FOLDER_H
#define SMTPCHAOS_PROXY_CORPUS_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

struct corpus_folder;

/* Makes the folder if it is not there. `judge` is a fuzz target built for libFuzzer, or NULL: all
 * are kept. Files are for their owner alone when `is_private`. NULL with *status set after one line
 * on stderr. The strings are borrowed. */
struct corpus_folder *corpus_folder_open(const char *path, const char *judge, bool is_private,
                                         int *status);
/* Puts a file there, or with a judge beside. Answers 0, or an exit status after one line on
 * stderr. */
int corpus_folder_add(struct corpus_folder *folder, const char *name, struct span content);
/* With a judge: keeps what reaches code that neither the folder's files nor those kept before
 * reach. Answers 0, or an exit status after one line on stderr. */
int corpus_folder_settle(struct corpus_folder *folder);
/* How many files were put there. */
size_t corpus_folder_count(const struct corpus_folder *folder);
void corpus_folder_free(struct corpus_folder *folder);

#endif
