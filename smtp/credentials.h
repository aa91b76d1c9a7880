/* credentials: hides what AUTH says (RFC 4954) from those who write a conversation's bytes down as
 * they pass. Pieces may be of any size, in the order in which they pass; nothing is held back and
 * no length changes. It is no decoder: in doubt it hides too much.
 *
 * Hidden are the initial response of AUTH, all lines of the client until the exchange has ended,
 * and each line behind a 334. Mail is left alone. */
#ifndef SMTPCHAOS_SMTP_CREDENTIALS_H
#define SMTPCHAOS_SMTP_CREDENTIALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum credentials_place { IN_COMMANDS, IN_MAIL, IN_CHUNK };

/* How much of CRLF . CRLF has been seen. */
enum credentials_dot { DOT_NONE, DOT_CR, DOT_LINE, DOT_DOT, DOT_DOT_CR };

/* A zeroed struct stands at the beginning of a conversation. */
struct credentials {
    /* the client's direction */
    enum credentials_place place;
    enum credentials_dot dot;
    char verb[8];        /* of the line under way, in small letters, cut */
    size_t verb_len;     /* as if it had not been cut */
    unsigned fields;     /* begun in this line */
    bool is_in_field;    /* the last byte was no blank */
    uint64_t number;     /* the second field's digits: the size of a chunk */
    uint64_t chunk_left; /* bytes */
    bool has_said_data;
    bool is_in_auth;    /* AUTH was said, its last reply has not come */
    bool is_challenged; /* 334 was said: the next line answers it */
    /* the server's direction */
    unsigned code;
    unsigned code_len; /* bytes of the line seen, up to 4 */
    bool is_bad;       /* the line is no reply */
    bool is_continued;
};

/* Bytes of the client pass: what is secret among them becomes `*`. */
void credentials_hide(struct credentials *credentials, uint8_t *bytes, size_t len);
/* Bytes of the server pass. */
void credentials_note_replies(struct credentials *credentials, struct span bytes);

#endif
