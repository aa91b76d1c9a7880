/* mime: where the parts of a mail begin (RFC 2046 section 5.1), as far as whole lines tell. What is
 * done to a part is the mutator's. */
#ifndef SMTPCHAOS_MUTATORS_MIME_H
#define SMTPCHAOS_MUTATORS_MIME_H

#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* RFC 2046 section 5.1.1: at most 70 characters. */
#define MIME_BOUNDARY_MAX 70
/* Multiparts within multiparts; deeper ones are text. */
#define MIME_DEPTH_MAX 4

struct mime_boundary {
    uint8_t len;
    uint8_t bytes[MIME_BOUNDARY_MAX];
};

/* The multiparts that the line at hand stands in, the innermost last. Zeroed before a mail. */
struct mime {
    struct mime_boundary boundaries[MIME_DEPTH_MAX];
    size_t depth;
};

enum mime_line {
    MIME_TEXT,        /* no delimiter */
    MIME_PART_BEGINS, /* the header of a part follows */
    MIME_PARTS_END    /* no further part of this multipart */
};

/* A field of a header block, or the whole block: a multipart that it names begins. */
void mime_read_header(struct mime *mime, struct span header);
/* A line behind a header block, its line ending included. */
enum mime_line mime_read_line(struct mime *mime, struct span line);

#endif
