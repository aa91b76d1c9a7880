/* differential_talk: see differential_talk.h. */
#include "proxy/differential_talk.h"

#include <errno.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/text.h"

struct talk {
    int fd;
    uint8_t buffer[4096];
    size_t at;
    size_t len;
};

/* -- the socket ----------------------------------------------------------------------------- */

/* For so long each call may take from now on. */
static void talk_wait(const struct talk *talk, duration at_most)
{
    struct timeval wait = { .tv_sec = (time_t)(at_most / SECONDS(1)),
                            .tv_usec = (suseconds_t)(at_most % SECONDS(1) / US(1)) };
    setsockopt(talk->fd, SOL_SOCKET, SO_RCVTIMEO, &wait, sizeof wait);
    setsockopt(talk->fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
}

static bool talk_open(struct talk *talk, const struct socket_address *to, duration timeout)
{
    talk->fd = socket(to->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (talk->fd < 0)
        return false;
    talk_wait(talk, timeout);
    return connect(talk->fd, (const struct sockaddr *)&to->storage, to->size) == 0;
}

static bool say(const struct talk *talk, struct span bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(talk->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        bytes = span_drop(bytes, (size_t)sent);
    }
    return true;
}

/* False at the end, after a reset, and when nothing comes in time; *silent tells the last. */
static bool hear_byte(struct talk *talk, uint8_t *byte, bool *silent)
{
    if (talk->at == talk->len) {
        ssize_t got;
        /* A call with a timeout is broken off by a stop, too, and not begun again. */
        do {
            got = recv(talk->fd, talk->buffer, sizeof talk->buffer, 0);
        } while (got < 0 && errno == EINTR);
        *silent = got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
        if (got <= 0)
            return false;
        talk->at = 0;
        talk->len = (size_t)got;
    }
    *byte = talk->buffer[talk->at++];
    return true;
}

/* -- replies -------------------------------------------------------------------------------- */

/* The code of the next whole reply; 0 when there is none. */
static unsigned hear_reply(struct talk *talk, bool *silent)
{
    char line[4] = "";
    size_t len = 0;
    uint8_t byte;
    while (hear_byte(talk, &byte, silent)) {
        if (len < sizeof line)
            line[len] = (char)byte;
        len++;
        if (byte != '\n')
            continue;
        uint64_t code;
        if (len >= 4 && line[3] != '-' && span_number(span_make(line, 3), &code))
            return (unsigned)code;
        len = 0;
    }
    return 0;
}

/* A step of the envelope; true when it was answered as it should be. */
static bool step(struct talk *talk, const char *verb, struct span path, const char *end,
                 unsigned wanted, struct talk_outcome *outcome)
{
    struct text line = { 0 };
    text_addf(&line, "%s", verb);
    text_add(&line, path);
    text_addf(&line, "%s\r\n", end);
    bool said = say(talk, text_span(&line));
    text_deinit(&line);
    outcome->refusal = said ? hear_reply(talk, &outcome->is_silent) : 0;
    return outcome->refusal / 100 == wanted / 100;
}

static bool greets(struct talk *talk, struct talk_outcome *outcome)
{
    outcome->refusal = hear_reply(talk, &outcome->is_silent);
    return outcome->refusal == 220;
}

/* The first answer is to the first end of mail, as is the one behind each later 354. */
static void count(struct talk_outcome *outcome)
{
    bool ends_mail = true;
    for (size_t i = 0; i < outcome->code_count; i++) {
        unsigned code = outcome->codes[i];
        if (ends_mail)
            outcome->messages += code / 100 == 2;
        else
            outcome->commands++;
        ends_mail = code == 354;
    }
}

/* Hears one reply; false when there is none, or no room to note it. */
static bool note_reply(struct talk *talk, struct talk_outcome *outcome)
{
    if (outcome->code_count == TALK_CODES_MAX)
        return false;
    unsigned code = hear_reply(talk, &outcome->is_silent);
    if (code != 0)
        outcome->codes[outcome->code_count++] = code;
    return code != 0;
}

static unsigned last_code(const struct talk_outcome *outcome)
{
    return outcome->code_count > 0 ? outcome->codes[outcome->code_count - 1] : 0;
}

/* The pieces from one on, up to QUIT, as one. */
static struct span rest_of(const struct talk_lines *lines, size_t from)
{
    const struct span *last = &lines->pieces[TALK_PIECES - 2];
    const uint8_t *begin = lines->pieces[from].ptr;
    return span_make(begin, (size_t)(last->ptr + last->len - begin));
}

/* Says pieces from one on in one go, and QUIT when that was answered: some take no command that
 * has come before their answer. */
static void say_rest(struct talk *talk, const struct talk_lines *lines, size_t from,
                     struct talk_outcome *outcome)
{
    if (say(talk, rest_of(lines, from)) && note_reply(talk, outcome))
        say(talk, lines->pieces[TALK_PIECES - 1]);
}

/* Piece by piece while it answers. A sequence without a line end is only complete with the line of
 * MAIL behind it. */
static void say_stepwise(struct talk *talk, const struct talk_lines *lines,
                         const struct talk_times *times, struct talk_outcome *outcome)
{
    size_t next = 0;
    talk_wait(talk, times->doubt);
    while (next < 2 && !outcome->is_stepwise && say(talk, lines->pieces[next++]))
        outcome->is_stepwise = note_reply(talk, outcome);
    talk_wait(talk, times->answer);
    bool answers = outcome->is_stepwise;
    while (next < TALK_PIECES && answers)
        answers = say(talk, lines->pieces[next++]) && note_reply(talk, outcome);
    if (!outcome->is_stepwise)
        say_rest(talk, lines, next, outcome);
}

static bool begins_mail(struct talk *talk, const struct talk_lines *lines,
                        struct talk_outcome *outcome)
{
    return greets(talk, outcome) &&
           step(talk, "EHLO ", SPAN("differential.test"), "", 250, outcome) &&
           step(talk, "MAIL FROM:<", lines->sender, ">", 250, outcome) &&
           step(talk, "RCPT TO:<", lines->recipient, ">", 250, outcome) &&
           step(talk, "DATA", SPAN(""), "", 354, outcome);
}

static void converse(const struct socket_address *to, const struct talk_lines *lines,
                     const struct talk_times *times, bool stepwise, struct talk_outcome *outcome)
{
    struct talk talk = { .fd = -1 };
    *outcome = (struct talk_outcome){ 0 };
    outcome->is_reached = talk_open(&talk, to, times->answer) && begins_mail(&talk, lines, outcome);
    if (outcome->is_reached) {
        if (stepwise)
            say_stepwise(&talk, lines, times, outcome);
        else
            say_rest(&talk, lines, 0, outcome);
        /* Who ends in the midst of it may still have answered. Behind 221 nothing comes, and some
         * wait there for us to close. */
        while (last_code(outcome) != 221 && note_reply(&talk, outcome))
            continue;
        count(outcome);
    }
    if (talk.fd >= 0)
        close(talk.fd);
}

/* One answer to the mail, whatever it says, and one to QUIT. */
static bool is_plain(const struct talk_outcome *outcome)
{
    return outcome->code_count == 2 && last_code(outcome) == 221;
}

void differential_talk(const struct socket_address *to, const struct talk_lines *lines,
                       const struct talk_times *times, struct talk_outcome *outcome)
{
    converse(to, lines, times, false, outcome);
    if (outcome->is_reached && !is_plain(outcome))
        converse(to, lines, times, true, outcome);
}
