/* script: see script.h. */
#include "bench/script.h"

#include <stdlib.h>
#include <string.h>

#include "bench/outside.h"

#define EHLO "EHLO bench.test\r\n"
#define MAIL "MAIL FROM:<ann@bench.test>\r\n"
#define RCPT "RCPT TO:<bob@bench.test>\r\n"
#define DATA "DATA\r\n"
#define QUIT "QUIT\r\n"
#define STARTTLS "STARTTLS\r\n"
#define LINE_END_LEN ((size_t)2)
#define END ".\r\n"
#define ENVELOPE MAIL RCPT DATA

/* Lines as long as those of base64 (RFC 2045 section 6.8). */
static const char header[] = "From: <ann@bench.test>\r\nTo: <bob@bench.test>\r\n\r\n";
static const char line[] =
    "VGhpcyBpcyBhIGxpbmUgb2YgbWFpbCB0aGF0IG5vYm9keSB3aWxsIHJlYWQsIGJ1dCBtYW55IHdp\r\n";

static struct step step_of(const char *text, unsigned replies)
{
    return (struct step){ .bytes = text, .len = strlen(text), .replies = replies };
}

static void add(struct script *script, struct step step)
{
    script->steps[script->count++] = step;
}

/* A message of `size` bytes, or a little more where the header alone is longer; then `ending`. The
 * script owns it. */
static struct step mail_of(struct script *script, size_t size, const char *ending, unsigned replies)
{
    size_t header_len = sizeof header - 1;
    size_t ending_len = strlen(ending);
    size_t len = size > header_len ? size : header_len;
    char *mail = malloc(len + ending_len);
    if (!mail)
        fail("a message");
    memcpy(mail, header, header_len);
    for (size_t i = header_len; i < len; i++)
        mail[i] = line[(i - header_len) % (sizeof line - 1)];
    /* Wherever the size cuts, the last line is a line, with no CR but that of its end. */
    memcpy(mail + len - LINE_END_LEN - 1, "=\r\n", LINE_END_LEN + 1);
    for (size_t i = 0; i < ending_len; i++)
        mail[len + i] = ending[i];
    script->mail = mail;
    return (struct step){ .bytes = mail, .len = len + ending_len, .replies = replies };
}

static void add_greeting(struct script *script)
{
    add(script, step_of("", 1));
    add(script, step_of(EHLO, 1));
}

static void add_transaction(struct script *script, size_t size)
{
    add(script, step_of(MAIL, 1));
    add(script, step_of(RCPT, 1));
    add(script, step_of(DATA, 1));
    add(script, mail_of(script, size, END, 1));
}

static void make_lockstep(struct script *script, size_t size)
{
    add_greeting(script);
    script->loop_from = script->count;
    add_transaction(script, size);
    script->farewell = step_of(QUIT, 1);
}

static void make_pipelined(struct script *script, size_t size)
{
    add_greeting(script);
    add(script, step_of(ENVELOPE, 3));
    script->loop_from = script->count;
    add(script, mail_of(script, size, END ENVELOPE, 4));
    script->farewell = step_of(END QUIT, 2);
}

static void make_connection(struct script *script, size_t size)
{
    add_greeting(script);
    add_transaction(script, size);
    add(script, step_of(QUIT, 1));
    script->reconnects = true;
}

static void make_greeting(struct script *script, size_t size)
{
    (void)size;
    add(script, step_of("", 1));
    add(script, step_of(QUIT, 1));
    script->reconnects = true;
}

static void make_noop(struct script *script, size_t size)
{
    (void)size;
    add_greeting(script);
    script->loop_from = script->count;
    add(script, step_of("NOOP\r\n", 1));
    script->farewell = step_of(QUIT, 1);
}

/* The round is never over: a second reply does not come. */
static void make_hold(struct script *script, size_t size)
{
    (void)size;
    add(script, step_of("", 1));
    script->loop_from = script->count;
    add(script, step_of("", 1));
}

static const struct {
    const char *name;
    void (*make)(struct script *script, size_t size);
} modes[] = {
    { "lockstep", make_lockstep },
    { "pipelined", make_pipelined },
    { "connection", make_connection },
    { "greeting", make_greeting },
    { "noop", make_noop },
    { "hold", make_hold },
};

/* Behind the greeting, before all else. */
static void insert_starttls(struct script *script)
{
    struct step *steps = script->steps;
    memmove(steps + 3, steps + 1, (script->count - 1) * sizeof *steps);
    steps[1] = step_of(EHLO, 1);
    steps[2] = step_of(STARTTLS, 1);
    steps[2].secures = true;
    script->count += 2;
    script->loop_from += script->loop_from ? 2 : 0;
}

bool script_init(struct script *script, const char *mode, size_t size, bool starttls)
{
    *script = (struct script){ 0 };
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        if (strcmp(mode, modes[i].name) != 0)
            continue;
        modes[i].make(script, size);
        if (starttls)
            insert_starttls(script);
        return true;
    }
    return false;
}

void script_deinit(struct script *script)
{
    free(script->mail);
}

const char *script_modes(void)
{
    return "lockstep, pipelined, connection, greeting, noop, hold";
}
