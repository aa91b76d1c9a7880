/* maildir: see maildir.h. */
#include "proxy/maildir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "proxy/clock.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

/* -- the folder ------------------------------------------------------------------------------- */

/* Answers a descriptor of the folder, which is made when it is missing, or -1. */
static int open_folder(int parent, const char *name)
{
    if (mkdirat(parent, name, 0700) != 0 && errno != EEXIST)
        return -1;
    return openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* `/` and `:` mean something in a Maildir's names. */
static void name_host(struct text *out, const char *host)
{
    for (; *host; host++) {
        bool is_plain = *host != '/' && *host != ':' && *host > ' ' && *host < 0x7f;
        text_add_byte(out, is_plain ? (uint8_t)*host : '_');
    }
}

static bool open_parts(struct maildir *maildir, int folder)
{
    int cur = open_folder(folder, "cur");
    if (cur >= 0)
        close(cur);
    maildir->tmp = cur >= 0 ? open_folder(folder, "tmp") : -1;
    maildir->fresh = maildir->tmp >= 0 ? open_folder(folder, "new") : -1;
    return maildir->fresh >= 0;
}

int maildir_open(struct maildir *maildir, const char *path, const char *host)
{
    *maildir = (struct maildir){ .tmp = -1, .fresh = -1 };
    int folder = open_folder(AT_FDCWD, path);
    bool fine = folder >= 0 && open_parts(maildir, folder);
    int error = errno;
    if (folder >= 0)
        close(folder);
    if (fine) {
        name_host(&maildir->host, host);
        return 0;
    }
    complain("cannot keep mail in %s: %s", path, strerrordesc_np(error));
    maildir_deinit(maildir);
    return EX_IOERR;
}

void maildir_deinit(struct maildir *maildir)
{
    if (maildir->tmp >= 0)
        close(maildir->tmp);
    if (maildir->fresh >= 0)
        close(maildir->fresh);
    text_deinit(&maildir->host);
    maildir->tmp = maildir->fresh = -1;
}

/* -- one message ------------------------------------------------------------------------------ */

static bool fail(struct maildir *maildir)
{
    if (!maildir->complained)
        complain("a message could not be kept: %s", strerrordesc_np(errno));
    maildir->complained = true;
    return false;
}

/* seconds.MmicrosecondsPprocessQcount.host: unique on this machine and on others. */
static void make_name(struct maildir_message *message)
{
    struct maildir *maildir = message->maildir;
    instant now = clock_now();
    text_clear(&message->name);
    text_addf(&message->name, "%" PRIu64 ".M%06" PRIu64 "P%ldQ%" PRIu64 ".", now / SECONDS(1),
              now % SECONDS(1) / US(1), (long)getpid(), ++maildir->files);
    text_add(&message->name, text_span(&maildir->host));
}

static bool create(struct maildir_message *message)
{
    make_name(message);
    message->fd = openat(message->maildir->tmp, text_string(&message->name),
                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    return message->fd >= 0 || fail(message->maildir);
}

static bool write_waiting(struct maildir_message *message, struct span more)
{
    if (message->fd < 0 && !create(message))
        return false;
    if (!file_write_whole(message->fd, text_span(&message->waiting)) ||
        !file_write_whole(message->fd, more))
        return fail(message->maildir);
    text_clear(&message->waiting);
    return true;
}

/* RFC 5321 4.4 has brackets around the return path; the recipients' line is a custom of the
 * MTAs. */
static void add_envelope(struct text *out, const struct envelope *envelope)
{
    struct span rest = text_span(&envelope->recipients);
    text_add(out, SPAN("Return-Path: <"));
    text_add(out, text_span(&envelope->sender));
    text_add(out, SPAN(">\r\n"));
    while (rest.len > 0) {
        struct cut recipient = span_cut(rest, 0);
        text_add(out, SPAN("Delivered-To: "));
        text_add(out, recipient.before);
        text_add(out, SPAN("\r\n"));
        rest = recipient.after;
    }
}

static void begin(struct receiver_store *store, const struct envelope *envelope)
{
    struct maildir_message *message = (struct maildir_message *)store;
    add_envelope(&message->waiting, envelope);
}

/* Small mail waits to be written at once, large mail does not wait at all. */
static bool add(struct receiver_store *store, struct span bytes)
{
    struct maildir_message *message = (struct maildir_message *)store;
    if (message->waiting.len + bytes.len > MAILDIR_WAITING_MAX)
        return write_waiting(message, bytes);
    text_add(&message->waiting, bytes);
    return true;
}

static void abandon(struct receiver_store *store)
{
    struct maildir_message *message = (struct maildir_message *)store;
    text_deinit(&message->waiting);
    if (message->fd < 0)
        return;
    close(message->fd);
    message->fd = -1;
    unlinkat(message->maildir->tmp, text_string(&message->name), 0);
}

static bool finish(struct receiver_store *store)
{
    struct maildir_message *message = (struct maildir_message *)store;
    struct maildir *maildir = message->maildir;
    const char *name;
    bool written = write_waiting(message, SPAN(""));
    name = text_string(&message->name);
    if (written && renameat(maildir->tmp, name, maildir->fresh, name) != 0)
        written = fail(maildir);
    if (!written) {
        abandon(store);
        return false;
    }
    /* A session that stays open holds no memory for mail. */
    text_deinit(&message->waiting);
    bool closed = close(message->fd) == 0;
    message->fd = -1;
    return closed || fail(maildir);
}

void maildir_message_init(struct maildir_message *message, struct maildir *maildir)
{
    *message = (struct maildir_message){ .store = { begin, add, finish, abandon },
                                         .maildir = maildir,
                                         .fd = -1 };
}

void maildir_message_deinit(struct maildir_message *message)
{
    text_deinit(&message->name);
    text_deinit(&message->waiting);
}
