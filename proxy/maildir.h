/* maildir: messages as files: one each, written in DIR/tmp and moved to DIR/new when it is whole,
 * as maildir(5) has it. Folders are made with mode 0700 and files with 0600. Nothing is flushed to
 * the disk: a machine that loses power loses mail.
 *
 * The message's own bytes are kept as they came. Above them stand the envelope's addresses:
 * `Return-Path:` and one `Delivered-To:` for each recipient, with CRLF as all mail has. */
#ifndef SMTPCHAOS_PROXY_MAILDIR_H
#define SMTPCHAOS_PROXY_MAILDIR_H

#include "base/text.h"
#include "peers/receiver.h"

struct maildir {
    int tmp; /* descriptors of the folders */
    int fresh;
    struct text host; /* as it may stand in a file's name */
    uint64_t files;   /* so far; a part of the next name */
    bool complained;  /* about a file that could not be written; not again */
};

/* Makes the folder and its parts when they are missing. Answers 0, or an exit status after one line
 * on stderr; then there is nothing to deinit. */
int maildir_open(struct maildir *maildir, const char *path, const char *host);
void maildir_deinit(struct maildir *maildir);

/* One message on its way into the Maildir: a receiver's store. */
struct maildir_message {
    struct receiver_store store;
    struct maildir *maildir;
    int fd;              /* -1 until the first bytes are written */
    struct text name;    /* of the file */
    struct text waiting; /* bytes that have not been written yet */
};

void maildir_message_init(struct maildir_message *message, struct maildir *maildir);
void maildir_message_deinit(struct maildir_message *message);

#endif
