/* mail_maker: see mail_maker.h. */
#include "proxy/mail_maker.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "peers/stuff.h"
#include "proxy/complain.h"
#include "proxy/exits.h"

/* Bytes of one line of a made-up body with its CRLF, and lines made beforehand. */
#define LINE 74
#define LINES 800
/* Bytes read from a file at once. */
#define BUFFER 65536

/* -- what they have in common ----------------------------------------------------------------- */

/* Some lines begin with a dot, so that dot-stuffing has something to do. */
static void make_lines(struct text *lines)
{
    static const char words[] = "the quick brown fox jumps over the lazy dog ";
    for (size_t i = 0; i < LINES; i++) {
        size_t end = (i + 1) * LINE - 2;
        text_addf(lines, i % 16 == 15 ? ".%03zu " : "%04zu ", i);
        for (size_t at = i; lines->len < end; at++)
            text_add_byte(lines, (uint8_t)words[at % (sizeof words - 1)]);
        /* A blank at the end of a line might not survive a relay. */
        lines->ptr[end - 1] = '.';
        text_add(lines, SPAN("\r\n"));
    }
}

void mail_maker_init(struct mail_maker *maker)
{
    maker->fd = -1;
    make_lines(&maker->lines);
}

void mail_maker_deinit(struct mail_maker *maker)
{
    if (maker->fd >= 0)
        close(maker->fd);
    text_deinit(&maker->lines);
}

/* -- a file ----------------------------------------------------------------------------------- */

/* What cannot be read twice is copied to a file that goes away by itself. */
static int copy_stdin(void)
{
    FILE *copy = tmpfile();
    uint8_t buffer[BUFFER];
    size_t got;
    if (!copy)
        return -1;
    while ((got = fread(buffer, 1, sizeof buffer, stdin)) > 0)
        if (fwrite(buffer, 1, got, copy) != got)
            break;
    bool fine = !ferror(stdin) && got == 0 && fflush(copy) == 0;
    int fd = fine ? dup(fileno(copy)) : -1;
    int error = errno;
    fclose(copy);
    errno = error;
    return fd;
}

static ssize_t read_at(int fd, uint8_t *to, uint64_t at)
{
    ssize_t got;
    do
        got = pread(fd, to, BUFFER, (off_t)at);
    while (got < 0 && errno == EINTR);
    return got;
}

/* Reads it all once, for its size as it will be sent and for its bytes above 127. */
static bool measure(struct mail_maker *maker)
{
    uint8_t buffer[BUFFER];
    struct stuff stuff;
    uint64_t at = 0;
    ssize_t got;
    stuff_begin(&stuff, false);
    while ((got = read_at(maker->fd, buffer, at)) > 0) {
        stuff_add(&stuff, span_make(buffer, (size_t)got), NULL);
        at += (uint64_t)got;
    }
    stuff_end(&stuff, NULL);
    maker->size = stuff.bytes;
    maker->eight_bit = stuff.eight_bit;
    return got == 0;
}

int mail_maker_open(struct mail_maker *maker, const char *file)
{
    bool is_stdin = strcmp(file, "-") == 0;
    maker->fd = is_stdin ? copy_stdin() : open(file, O_RDONLY | O_CLOEXEC);
    if (maker->fd >= 0 && measure(maker))
        return 0;
    int error = errno;
    complain("%s: %s", file, strerrordesc_np(error));
    return error == ENOENT || error == EACCES ? EX_NOINPUT : EX_IOERR;
}

static bool next_of_file(struct sender_source *base, struct span *piece)
{
    struct mail_source *source = (struct mail_source *)base;
    if (!source->buffer)
        source->buffer = malloc(BUFFER);
    check(source->buffer != NULL);
    ssize_t got = read_at(source->maker->fd, source->buffer, source->at);
    if (got < 0)
        return false;
    source->at += (uint64_t)got;
    *piece = span_make(source->buffer, (size_t)got);
    return true;
}

/* -- made up ---------------------------------------------------------------------------------- */

static void add_recipients(const struct mail_maker *maker, struct text *header)
{
    for (size_t i = 0; i < maker->recipient_count; i++) {
        text_add(header, i == 0 ? SPAN("To: ") : SPAN(",\r\n "));
        text_add(header, maker->recipients[i]);
    }
    text_add(header, SPAN("\r\n"));
}

static void make_header(const struct mail_maker *maker, uint64_t number, instant now,
                        struct text *header)
{
    char date[INSTANT_TEXT_SIZE];
    instant_format_mail(now, date);
    text_clear(header);
    text_addf(header, "Message-ID: <%" PRIx64 ".%" PRIu64 "@", maker->run, number);
    text_add(header, maker->host);
    text_addf(header, ">\r\nDate: %s\r\nFrom: ", date);
    text_add(header, maker->from.len > 0 ? maker->from : SPAN("MAILER-DAEMON"));
    text_add(header, SPAN("\r\n"));
    add_recipients(maker, header);
    text_add(header, SPAN("Subject: "));
    text_add(header, maker->subject);
    text_addf(header, " %" PRIu64 "\r\n\r\n", number);
}

/* Whole lines as long as something is left behind them, then one that is as long as is left. */
static struct span body_piece(const struct mail_source *source)
{
    struct span lines = text_span(&source->maker->lines);
    uint64_t left = source->size - source->at;
    uint64_t whole = left >= 2 ? (left - 2) / LINE : 0;
    if (whole > 0)
        return span_take(lines, LINE * (size_t)(whole < LINES ? whole : LINES));
    return span_drop(lines, lines.len - (size_t)left);
}

static bool next_of_body(struct sender_source *base, struct span *piece)
{
    struct mail_source *source = (struct mail_source *)base;
    *piece = source->at == 0 ? text_span(&source->header) : body_piece(source);
    source->at += piece->len;
    return true;
}

static bool has_eight_bit(struct span text)
{
    struct stuff stuff;
    stuff_begin(&stuff, false);
    stuff_add(&stuff, text, NULL);
    return stuff.eight_bit;
}

static void begin_made_up(struct mail_source *source, uint64_t number, instant now,
                          struct sender_message *message)
{
    make_header(source->maker, number, now, &source->header);
    uint64_t least = source->header.len + 2;
    source->size = source->maker->size > least ? source->maker->size : least;
    message->size = source->size;
    message->eight_bit = has_eight_bit(text_span(&source->header));
}

void mail_source_begin(struct mail_source *source, struct mail_maker *maker, uint64_t number,
                       instant now, struct sender_message *message)
{
    source->maker = maker;
    source->at = 0;
    message->source = &source->source;
    if (maker->fd < 0) {
        source->source.next = next_of_body;
        begin_made_up(source, number, now, message);
        return;
    }
    source->source.next = next_of_file;
    message->size = maker->size;
    message->eight_bit = maker->eight_bit;
}

void mail_source_deinit(struct mail_source *source)
{
    text_deinit(&source->header);
    free(source->buffer);
}
