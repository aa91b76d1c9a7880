/* file_list: see file_list.h. */
#include "proxy/file_list.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/check.h"
#include "base/span.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

void file_list_deinit(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free(list->names);
    *list = (struct file_list){ 0 };
}

/* Takes the name. */
static void append(struct file_list *list, char *name)
{
    char **names = realloc(list->names, (list->count + 1) * sizeof(char *));
    check(name != NULL && names != NULL);
    list->names = names;
    names[list->count++] = name;
}

static int is_file(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && entry->d_type != DT_DIR;
}

static bool ends_in(const char *name, const char *const *suffixes)
{
    for (size_t i = 0; suffixes[i]; i++)
        if (span_ends(span_of(name), span_of(suffixes[i])))
            return true;
    return false;
}

static int add_folder(struct file_list *list, const char *folder, const char *const *suffixes)
{
    struct dirent **entries;
    size_t before = list->count;
    int found = scandir(folder, &entries, is_file, alphasort);
    if (found < 0) {
        complain("%s: %s", folder, strerrordesc_np(errno));
        return EX_NOINPUT;
    }
    for (int i = 0; i < found; i++) {
        char *name = NULL;
        if (ends_in(entries[i]->d_name, suffixes)) {
            check(asprintf(&name, "%s/%s", folder, entries[i]->d_name) > 0);
            append(list, name);
        }
        free(entries[i]);
    }
    free(entries);
    if (list->count > before)
        return 0;
    complain("%s: no file there%s%s", folder, suffixes[0][0] ? " ends in " : "", suffixes[0]);
    return EX_NOINPUT;
}

int file_list_add(struct file_list *list, const char *name, const char *const *suffixes)
{
    struct stat about;
    if (stat(name, &about) == 0 && S_ISDIR(about.st_mode))
        return add_folder(list, name, suffixes);
    append(list, strdup(name));
    return 0;
}
