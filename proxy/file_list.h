/* file_list: the files that a person named, one by one or as a folder. */
#ifndef SMTPCHAOS_PROXY_FILE_LIST_H
#define SMTPCHAOS_PROXY_FILE_LIST_H

#include <stddef.h>

/* Zeroed, it is empty. */
struct file_list {
    char **names; /* owned, as is each */
    size_t count;
};

void file_list_deinit(struct file_list *list);
/* Adds the file, or of a folder all visible files whose names end in one of the `suffixes` (the
 * last is NULL), in the order of their names. Answers 0, or EX_NOINPUT after one line on stderr
 * when a folder cannot be read, or has none. Whether a file is there will be found when it is
 * read. */
int file_list_add(struct file_list *list, const char *name, const char *const *suffixes);

#endif
