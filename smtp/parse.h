/* parse: the grammar of one command line and of one reply. Nothing is refused: what does not follow
 * RFC 5321 gets VERB_UNKNOWN, a code of 0, or empty parts. */
#ifndef SMTPCHAOS_SMTP_PARSE_H
#define SMTPCHAOS_SMTP_PARSE_H

#include <stdbool.h>
#include <stdint.h>

#include "smtp/event.h"

/* Reads a command line, with or without its line ending, into a zeroed command. Views point into
 * `line`. */
void smtp_command_read(struct span line, struct smtp_command *command);
struct smtp_command smtp_command_parse(struct span line);
/* The value of an ESMTP parameter (RFC 5321 section 4.1.2 esmtp-param), name folded; false when it
 * is not there. A parameter without `=` has an empty value. */
bool smtp_parameter(struct span parameters, struct span name, struct span *value);
/* BDAT's size and LAST (RFC 3030 section 2); false when the argument is not one. */
bool smtp_bdat_parse(struct span argument, uint64_t *size, bool *last);

/* True for `DDD` followed by a blank, a hyphen or the end (RFC 5321 section 4.2). Inline, as each
 * reply goes through it. */
static inline bool smtp_is_reply_line(struct span line)
{
    if (line.len < 3 || !byte_is_digit(line.ptr[0]) || !byte_is_digit(line.ptr[1]) ||
        !byte_is_digit(line.ptr[2]))
        return false;
    if (line.len == 3 || (line.len == 4 && line.ptr[3] == '\n'))
        return true;
    return line.ptr[3] == ' ' || line.ptr[3] == '-' || line.ptr[3] == '\r';
}

/* True for a reply line whose fourth character is a hyphen. */
static inline bool smtp_is_reply_continued(struct span line)
{
    return line.len > 3 && line.ptr[3] == '-' && smtp_is_reply_line(line);
}

/* Bytes of the first whole reply (RFC 5321 section 4.2.1); 0 when it has not ended. */
size_t smtp_reply_size(struct span bytes);
/* True when a reply to EHLO offers this keyword (RFC 5321 section 4.1.1.1), letters folded; `words`
 * are those behind it. */
bool smtp_offer_find(struct span reply, struct span keyword, struct span *words);
/* Reads a whole reply; `after` and what belongs to it are left to the dialogue. */
struct smtp_reply smtp_reply_parse(struct span raw);
/* Reads a whole reply of one line, which is known to be a reply line, into a zeroed reply. */
void smtp_reply_line_read(struct span line, struct smtp_reply *reply);

#endif
