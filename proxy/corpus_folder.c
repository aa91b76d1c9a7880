/* corpus_folder: see corpus_folder.h. The judge is libFuzzer's merge, which names what it keeps
 * after its content; it gets the name back that it came with. */
#include "proxy/corpus_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/check.h"
#include "base/limits.h"
#include "base/text.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

struct seed {
    struct text name;
    struct text content;
};

struct corpus_folder {
    const char *path;
    const char *judge;
    mode_t mode;
    struct text beside; /* the folder that the judge reads; empty without */
    struct seed *seeds; /* all that were added */
    size_t count;
    size_t kept;
};

struct corpus_folder *corpus_folder_open(const char *path, const char *judge, bool is_private,
                                         int *status)
{
    struct text beside = { 0 };
    *status = 0;
    if (judge)
        text_addf(&beside, "%s/.all-%d", path, (int)getpid());
    if ((mkdir(path, is_private ? 0700 : 0777) != 0 && errno != EEXIST) ||
        (judge && mkdir(text_string(&beside), 0700) != 0)) {
        complain("%s: the folder cannot be made: %s", path, strerrordesc_np(errno));
        *status = EX_IOERR;
        text_deinit(&beside);
        return NULL;
    }
    struct corpus_folder *folder = calloc(1, sizeof *folder);
    check(folder != NULL);
    *folder = (struct corpus_folder){
        .path = path, .judge = judge, .mode = is_private ? 0600 : 0666, .beside = beside
    };
    return folder;
}

/* -- adding --------------------------------------------------------------------------------- */

static bool has_content(const struct corpus_folder *folder, struct span content)
{
    for (size_t i = 0; i < folder->count; i++)
        if (span_equal(text_span(&folder->seeds[i].content), content))
            return true;
    return false;
}

static bool has_name(const struct corpus_folder *folder, struct span name)
{
    for (size_t i = 0; i < folder->count; i++)
        if (span_equal(text_span(&folder->seeds[i].name), name))
            return true;
    return false;
}

static int write_file(const char *path, struct span content, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    bool fine = fd >= 0 && file_write_whole(fd, content);
    if (fd >= 0 && close(fd) == 0 && fine)
        return 0;
    complain("%s: cannot be written: %s", path, strerrordesc_np(errno));
    return EX_IOERR;
}

/* "NAME", "NAME-2", ... before what it ends in. */
static void name_seed(const struct corpus_folder *folder, const char *wanted, struct text *name)
{
    struct span stem = span_of(wanted);
    size_t dot = span_find(stem, '.');
    text_add(name, stem);
    for (unsigned number = 2; has_name(folder, text_span(name)); number++) {
        text_clear(name);
        text_add(name, span_take(stem, dot));
        text_addf(name, "-%u", number);
        text_add(name, span_drop(stem, dot));
    }
}

static int write_seed(struct corpus_folder *folder, const char *place, const struct seed *seed)
{
    struct text path = { 0 };
    text_addf(&path, "%s/", place);
    text_add(&path, text_span(&seed->name));
    int status = write_file(text_string(&path), text_span(&seed->content), folder->mode);
    text_deinit(&path);
    return status;
}

int corpus_folder_add(struct corpus_folder *folder, const char *name, struct span content)
{
    if (content.len == 0 || has_content(folder, content))
        return 0;
    struct seed *seeds = realloc(folder->seeds, (folder->count + 1) * sizeof *seeds);
    check(seeds != NULL);
    struct seed *seed = &seeds[folder->count];
    folder->seeds = seeds;
    *seed = (struct seed){ 0 };
    name_seed(folder, name, &seed->name);
    text_add(&seed->content, content);
    folder->count++;
    folder->kept += !folder->judge;
    return write_seed(folder, folder->judge ? text_string(&folder->beside) : folder->path, seed);
}

size_t corpus_folder_count(const struct corpus_folder *folder)
{
    return folder->kept;
}

/* -- judging -------------------------------------------------------------------------------- */

static int run_judge(struct corpus_folder *folder)
{
    char *const arguments[] = { strdup(folder->judge),
                                strdup("-merge=1"),
                                strdup("-use_counters=0"),
                                strdup(folder->path),
                                strdup(text_string(&folder->beside)),
                                NULL };
    posix_spawn_file_actions_t files;
    pid_t child;
    int outcome = -1;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    int error = posix_spawnp(&child, folder->judge, &files, NULL, arguments, environ);
    if (error == 0)
        waitpid(child, &outcome, 0);
    posix_spawn_file_actions_destroy(&files);
    for (size_t i = 0; arguments[i]; i++)
        free(arguments[i]);
    if (error == 0 && outcome == 0)
        return 0;
    complain("%s: %s", folder->judge,
             error ? strerrordesc_np(error) : "did not merge; it has to be built for libFuzzer");
    return EX_UNAVAILABLE;
}

static const struct seed *seed_of(const struct corpus_folder *folder, struct span content)
{
    for (size_t i = 0; i < folder->count; i++)
        if (span_equal(text_span(&folder->seeds[i].content), content))
            return &folder->seeds[i];
    return NULL;
}

/* One of ours that the judge has named. */
static int name_again(struct corpus_folder *folder, const char *name)
{
    struct text path = { 0 };
    struct text content = { .max = TRANSCRIPT_SIZE_MAX };
    text_addf(&path, "%s/%s", folder->path, name);
    int status = file_read(text_string(&path), &content);
    const struct seed *seed = status == 0 ? seed_of(folder, text_span(&content)) : NULL;
    if (seed && !span_equal(text_span(&seed->name), span_of(name))) {
        folder->kept++;
        unlink(text_string(&path));
        status = write_seed(folder, folder->path, seed);
    }
    text_deinit(&content);
    text_deinit(&path);
    return status;
}

/* libFuzzer names its files by 40 digits of SHA-1. */
static int is_named_by_judge(const struct dirent *entry)
{
    return strlen(entry->d_name) == 40 && strspn(entry->d_name, "0123456789abcdef") == 40;
}

int corpus_folder_settle(struct corpus_folder *folder)
{
    struct dirent **entries;
    if (!folder->judge || folder->count == 0)
        return 0;
    int status = run_judge(folder);
    int found = status == 0 ? scandir(folder->path, &entries, is_named_by_judge, alphasort) : -1;
    for (int i = 0; i < found; i++) {
        if (status == 0)
            status = name_again(folder, entries[i]->d_name);
        free(entries[i]);
    }
    if (found >= 0)
        free(entries);
    return status;
}

static void clear_beside(struct corpus_folder *folder)
{
    struct text path = { 0 };
    for (size_t i = 0; i < folder->count; i++) {
        text_clear(&path);
        text_addf(&path, "%s/", text_string(&folder->beside));
        text_add(&path, text_span(&folder->seeds[i].name));
        unlink(text_string(&path));
    }
    rmdir(text_string(&folder->beside));
    text_deinit(&path);
}

void corpus_folder_free(struct corpus_folder *folder)
{
    if (!folder)
        return;
    if (folder->judge)
        clear_beside(folder);
    for (size_t i = 0; i < folder->count; i++) {
        text_deinit(&folder->seeds[i].name);
        text_deinit(&folder->seeds[i].content);
    }
    text_deinit(&folder->beside);
    free(folder->seeds);
    free(folder);
}
