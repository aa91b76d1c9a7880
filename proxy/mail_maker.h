/* mail_maker: the messages that `smtpchaos send` sends: made up, or a file's bytes. They are read
 * piece by piece while they are sent, so that their size does not matter. */
#ifndef SMTPCHAOS_PROXY_MAIL_MAKER_H
#define SMTPCHAOS_PROXY_MAIL_MAKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/text.h"
#include "peers/sender.h"

/* What all messages of a run have in common. Spans are borrowed. */
struct mail_maker {
    struct span from;
    const struct span *recipients;
    size_t recipient_count;
    struct span subject;
    struct span host;  /* for Message-IDs */
    uint64_t run;      /* likewise: a number that no other run has */
    uint64_t size;     /* bytes: of a made-up message wanted, of a file with CRLF line endings */
    bool eight_bit;    /* the file has bytes above 127 */
    int fd;            /* the file; -1: messages are made up */
    struct text lines; /* of made-up bodies */
};

/* Fields that the caller has filled in stay; messages are made up. */
void mail_maker_init(struct mail_maker *maker);
/* Takes a file (`-` is stdin) instead. Answers 0, or the exit status after one line on stderr. */
int mail_maker_open(struct mail_maker *maker, const char *file);
void mail_maker_deinit(struct mail_maker *maker);

/* One message on its way. A zeroed struct may be begun and deinitialized. */
struct mail_source {
    struct sender_source source;
    struct mail_maker *maker;
    struct text header; /* made up: waits to be handed out */
    uint64_t at;        /* bytes handed out of the file, or of the header and body */
    uint64_t size;      /* of header and body */
    uint8_t *buffer;    /* owned: a piece of the file */
};

/* Begins the nth message, from 1, and fills in size, eight_bit and source of `message`. */
void mail_source_begin(struct mail_source *source, struct mail_maker *maker, uint64_t number,
                       instant now, struct sender_message *message);
void mail_source_deinit(struct mail_source *source);

#endif
