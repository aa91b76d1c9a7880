/* recording_store: see recording_store.h. No file stays open between two writes: there may be more
 * sessions than open files. */
#include "proxy/recording_store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <uv.h>

#include "base/check.h"
#include "base/limits.h"
#include "play/recorder.h"
#include "play/recording.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

/* A piece of one file. */
struct block {
    struct block *next;
    bool is_first;
    struct text name; /* of the file */
    struct text bytes;
};

struct recording_store {
    const struct recording_settings *settings;
    int folder;
    bool has_begun;
    uv_thread_t thread;
    uv_mutex_t mutex; /* guards all below */
    uv_cond_t changed;
    struct block *first;
    struct block **last;
    size_t waiting;  /* bytes */
    uint64_t taken;  /* bytes, of the whole run */
    bool is_full;    /* the run's bound was reached; said once */
    bool has_failed; /* a file could not be written: nothing more is */
    bool has_lost;   /* the disk was too slow */
    bool is_closing;
};

struct recording {
    struct recorder recorder; /* first: its callbacks find the recording by it */
    struct recording_store *store;
    struct text name;
    bool has_file;
    bool is_lost; /* nothing more is handed over */
};

/* -- the thread ----------------------------------------------------------------------------- */

/* Only a file that we have made ourselves is written to. */
static bool write_block(const struct recording_store *store, struct block *block)
{
    int how = block->is_first ? O_CREAT | O_EXCL : O_APPEND;
    int flags = O_WRONLY | O_CLOEXEC | O_NOFOLLOW | how;
    int fd = openat(store->folder, text_string(&block->name), flags, 0600);
    if (fd < 0)
        return false;
    bool fine = file_write_whole(fd, text_span(&block->bytes));
    return close(fd) == 0 && fine;
}

static void block_free(struct block *block)
{
    text_deinit(&block->name);
    text_deinit(&block->bytes);
    free(block);
}

/* NULL when there will be no more. */
static struct block *take_block(struct recording_store *store)
{
    uv_mutex_lock(&store->mutex);
    while (!store->first && !store->is_closing)
        uv_cond_wait(&store->changed, &store->mutex);
    struct block *block = store->first;
    if (block) {
        store->first = block->next;
        store->waiting -= block->bytes.len;
        if (!store->first)
            store->last = &store->first;
    }
    uv_mutex_unlock(&store->mutex);
    return block;
}

static void fail(struct recording_store *store, struct block *block)
{
    complain("%s/%s: the recording cannot be written: %s; nothing more is recorded",
             store->settings->folder, text_string(&block->name), strerrordesc_np(errno));
    uv_mutex_lock(&store->mutex);
    store->has_failed = true;
    uv_mutex_unlock(&store->mutex);
}

static void write_blocks(void *argument)
{
    struct recording_store *store = argument;
    for (struct block *block; (block = take_block(store)); block_free(block)) {
        if (!store->has_failed && !write_block(store, block))
            fail(store, block);
    }
}

/* -- the store ------------------------------------------------------------------------------ */

static int open_folder(const char *name)
{
    if (mkdir(name, 0700) != 0 && errno != EEXIST)
        return -1;
    int folder = open(name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0 || faccessat(folder, ".", W_OK | X_OK, AT_EACCESS) == 0)
        return folder;
    int why = errno;
    close(folder);
    errno = why;
    return -1;
}

struct recording_store *recording_store_open(const struct recording_settings *settings)
{
    int folder = open_folder(settings->folder);
    if (folder < 0) {
        complain("%s: recordings cannot be written there: %s", settings->folder,
                 strerrordesc_np(errno));
        return NULL;
    }
    struct recording_store *store = calloc(1, sizeof *store);
    check(store != NULL);
    store->settings = settings;
    store->folder = folder;
    store->last = &store->first;
    check(uv_mutex_init(&store->mutex) == 0);
    check(uv_cond_init(&store->changed) == 0);
    return store;
}

void recording_store_begin(struct recording_store *store)
{
    if (!store)
        return;
    store->has_begun = true;
    check(uv_thread_create(&store->thread, write_blocks, store) == 0);
}

int recording_store_close(struct recording_store *store)
{
    if (!store)
        return 0;
    uv_mutex_lock(&store->mutex);
    store->is_closing = true;
    uv_cond_signal(&store->changed);
    uv_mutex_unlock(&store->mutex);
    if (store->has_begun)
        uv_thread_join(&store->thread);
    int status = store->has_failed || store->has_lost ? EX_IOERR : 0;
    if (store->has_lost)
        complain("%s: some recordings break off; they were written too slowly",
                 store->settings->folder);
    uv_cond_destroy(&store->changed);
    uv_mutex_destroy(&store->mutex);
    close(store->folder);
    free(store);
    return status;
}

/* With the mutex held: whether so many bytes more may wait. */
static bool has_room(struct recording_store *store, size_t bytes)
{
    if (store->has_failed || store->is_full)
        return false;
    if (store->waiting > RECORDING_BACKLOG_MAX) {
        store->has_lost = true;
        return false;
    }
    if (store->taken + bytes <= store->settings->size_max)
        return true;
    store->is_full = true;
    complain("%s: the recordings have reached --record-max; nothing more is recorded",
             store->settings->folder);
    return false;
}

/* False when the store takes no more. */
static bool store_add(struct recording_store *store, struct block *block)
{
    uv_mutex_lock(&store->mutex);
    bool fits = has_room(store, block->bytes.len);
    if (fits) {
        store->waiting += block->bytes.len;
        store->taken += block->bytes.len;
        *store->last = block;
        store->last = &block->next;
        uv_cond_signal(&store->changed);
    }
    uv_mutex_unlock(&store->mutex);
    return fits;
}

static bool takes_more(struct recording_store *store)
{
    uv_mutex_lock(&store->mutex);
    bool takes = !store->has_failed && !store->is_full;
    uv_mutex_unlock(&store->mutex);
    return takes;
}

/* -- one session ---------------------------------------------------------------------------- */

/* What follows a lost piece is lost: a recording is of use up to where it breaks off. */
static void hand_over(struct recording *recording)
{
    struct text *out = &recording->recorder.out;
    if (recording->is_lost || out->len == 0) {
        text_clear(out);
        return;
    }
    struct block *block = calloc(1, sizeof *block);
    check(block != NULL);
    block->is_first = !recording->has_file;
    recording->has_file = true;
    text_add(&block->name, text_span(&recording->name));
    block->bytes = *out;
    *out = (struct text){ .max = out->max };
    recording->is_lost = !store_add(recording->store, block);
    if (recording->is_lost)
        block_free(block);
}

static void wrote(struct recorder *recorder)
{
    if (recorder->out.len >= RECORDING_FLUSH_SIZE)
        hand_over((struct recording *)recorder);
}

struct recording *recording_new(struct recording_store *store, struct session_setup *setup,
                                instant now)
{
    if (!store || !takes_more(store))
        return NULL;
    struct recording *recording = calloc(1, sizeof *recording);
    check(recording != NULL);
    recording->store = store;
    text_add(&recording->name, setup->facts.guid);
    text_addf(&recording->name, "%s", RECORDING_SUFFIX);
    recording->recorder.wrote = wrote;
    recording->recorder.keeps_secrets = store->settings->keeps_secrets;
    recorder_begin(&recording->recorder, setup, NULL, now);
    return recording;
}

void recording_free(struct recording *recording)
{
    if (!recording)
        return;
    hand_over(recording);
    recorder_deinit(&recording->recorder);
    text_deinit(&recording->name);
    free(recording);
}
