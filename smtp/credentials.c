/* credentials: see credentials.h. */
#include "smtp/credentials.h"

#include <string.h>

/* -- the client ------------------------------------------------------------------------------- */

static bool is_verb(const struct credentials *credentials, const char *verb)
{
    size_t len = strlen(verb);
    return credentials->verb_len == len && memcmp(credentials->verb, verb, len) == 0;
}

static void begin_line(struct credentials *credentials)
{
    credentials->verb_len = 0;
    credentials->fields = 0;
    credentials->is_in_field = false;
    credentials->number = 0;
}

static void end_line(struct credentials *credentials)
{
    bool was_secret = credentials->is_in_auth || credentials->is_challenged;
    credentials->is_challenged = false;
    if (!was_secret && is_verb(credentials, "auth")) {
        credentials->is_in_auth = credentials->fields > 1;
    } else if (!was_secret && is_verb(credentials, "data")) {
        credentials->has_said_data = true;
    } else if (!was_secret && is_verb(credentials, "bdat") && credentials->number > 0) {
        credentials->place = IN_CHUNK;
        credentials->chunk_left = credentials->number;
    }
    begin_line(credentials);
}

static void note_byte(struct credentials *credentials, uint8_t byte)
{
    bool is_blank = byte == ' ' || byte == '\t' || byte == '\r';
    if (!is_blank && !credentials->is_in_field)
        credentials->fields++;
    credentials->is_in_field = !is_blank;
    if (is_blank)
        return;
    if (credentials->fields == 1) {
        if (credentials->verb_len < sizeof credentials->verb)
            credentials->verb[credentials->verb_len] = (char)byte_lower(byte);
        credentials->verb_len++;
    } else if (credentials->fields == 2 && byte >= '0' && byte <= '9' &&
               credentials->number < UINT64_MAX / 20) {
        credentials->number = credentials->number * 10 + (byte - '0');
    }
}

static bool is_secret(const struct credentials *credentials)
{
    return credentials->is_in_auth || credentials->is_challenged ||
           (credentials->fields > 2 && is_verb(credentials, "auth"));
}

static void take_command_byte(struct credentials *credentials, uint8_t *byte)
{
    if (*byte == '\n') {
        end_line(credentials);
        return;
    }
    note_byte(credentials, *byte);
    if (*byte != '\r' && is_secret(credentials))
        *byte = '*';
}

/* RFC 5321 section 4.1.1.4. */
static void take_mail_byte(struct credentials *credentials, uint8_t byte)
{
    enum credentials_dot before = credentials->dot;
    credentials->dot = byte == '\r' ? DOT_CR : DOT_NONE;
    if (before == DOT_LINE && byte == '.')
        credentials->dot = DOT_DOT;
    else if (before == DOT_DOT && byte == '\r')
        credentials->dot = DOT_DOT_CR;
    else if (before == DOT_CR && byte == '\n')
        credentials->dot = DOT_LINE;
    else if (before == DOT_DOT_CR && byte == '\n')
        credentials->place = IN_COMMANDS;
}

static size_t take_chunk(struct credentials *credentials, size_t len)
{
    size_t taken = len < credentials->chunk_left ? len : (size_t)credentials->chunk_left;
    credentials->chunk_left -= taken;
    if (credentials->chunk_left == 0)
        credentials->place = IN_COMMANDS;
    return taken;
}

void credentials_hide(struct credentials *credentials, uint8_t *bytes, size_t len)
{
    size_t i = 0;
    while (i < len) {
        switch (credentials->place) {
        case IN_COMMANDS: take_command_byte(credentials, &bytes[i++]); break;
        case IN_MAIL: take_mail_byte(credentials, bytes[i++]); break;
        case IN_CHUNK: i += take_chunk(credentials, len - i); break;
        }
    }
}

/* -- the server ------------------------------------------------------------------------------- */

static void begin_mail(struct credentials *credentials)
{
    credentials->is_in_auth = false;
    if (!credentials->has_said_data)
        return;
    credentials->place = IN_MAIL;
    credentials->dot = DOT_LINE;
    begin_line(credentials);
}

/* A reply within mail means that the server has seen an end of it that we have not, or has had
 * enough. RFC 4954 section 6: 235 ends an exchange well, 4yz and 5yz badly. */
static void take_reply(struct credentials *credentials, unsigned code)
{
    if (code == 334) {
        credentials->is_challenged = true;
        return;
    }
    if (code == 354) {
        begin_mail(credentials);
        return;
    }
    if (credentials->place == IN_MAIL)
        credentials->place = IN_COMMANDS;
    if (code == 235 || code >= 400) {
        credentials->is_in_auth = credentials->is_challenged = false;
        credentials->has_said_data = false;
    }
}

static void take_reply_byte(struct credentials *credentials, uint8_t byte)
{
    if (byte == '\n') {
        if (!credentials->is_bad && !credentials->is_continued && credentials->code_len >= 3)
            take_reply(credentials, credentials->code);
        credentials->code = credentials->code_len = 0;
        credentials->is_bad = credentials->is_continued = false;
        return;
    }
    if (credentials->code_len > 3)
        return;
    if (credentials->code_len++ == 3)
        credentials->is_continued = byte == '-';
    else if (byte >= '0' && byte <= '9')
        credentials->code = credentials->code * 10 + (unsigned)(byte - '0');
    else
        credentials->is_bad = true;
}

void credentials_note_replies(struct credentials *credentials, struct span bytes)
{
    for (size_t i = 0; i < bytes.len; i++)
        take_reply_byte(credentials, bytes.ptr[i]);
}
