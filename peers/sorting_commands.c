/* sorting_commands: what the client of a sorting says: commands that are answered here, those that
 * go to the server, and mail. */
#include "base/limits.h"
#include "peers/sorting.h"
#include "peers/sorting_parts.h"
#include "smtp/parse.h"

static void keep(struct text *text, struct span line)
{
    text_clear(text);
    text_add(text, line);
}

/* -- the envelope ----------------------------------------------------------------------------- */

/* Hello begins everything anew (RFC 5321 section 4.1.4), and is said to each server. */
static void take_hello(struct sorting *sorting, struct span line, bool extended)
{
    sorting_hang_up(sorting);
    sorting_forget_mail(sorting);
    keep(&sorting->hello, line);
    sorting_answer(sorting, extended ? SPAN("250-") : SPAN("250 "));
    sorting_answer(sorting, sorting->host);
    sorting_answer(sorting, SPAN("\r\n"));
    if (extended)
        sorting_answer(sorting, SPAN("250-PIPELINING\r\n250-SIZE\r\n250 8BITMIME\r\n"));
}

static bool is_path_of(const struct smtp_command *command, struct span word)
{
    return span_starts_nocase(command->argument, word);
}

static void take_mail(struct sorting *sorting, struct span line, const struct smtp_command *command)
{
    if (sorting->hello.len == 0) {
        sorting_answer(sorting, SPAN("503 5.5.1 Say EHLO first\r\n"));
    } else if (sorting->sender.len > 0) {
        sorting_answer(sorting, SPAN("503 5.5.1 There is a sender already\r\n"));
    } else if (!is_path_of(command, SPAN("FROM:"))) {
        sorting_answer(sorting, SPAN("501 5.5.4 Write MAIL FROM:<address>\r\n"));
    } else {
        keep(&sorting->sender, line);
        sorting_answer(sorting, SPAN("250 2.1.0 Ok\r\n"));
    }
}

/* A server that offers no SIZE would refuse the parameter, and it is only a hint; a plain one would
 * refuse them all. */
static void say_without_size(struct sorting *sorting, struct span line)
{
    struct smtp_command command = smtp_command_parse(line);
    size_t head = (size_t)(command.parameters.ptr - line.ptr);
    struct span rest = command.parameters;
    chain_append(&sorting->to_server, span_trim(span_take(line, head)));
    while (rest.len > 0) {
        struct cut word = span_cut(rest, ' ');
        if (!sorting->is_plain && !span_starts_nocase(word.before, SPAN("SIZE="))) {
            chain_append(&sorting->to_server, SPAN(" "));
            chain_append(&sorting->to_server, word.before);
        }
        rest = span_trim(word.after);
    }
    chain_append(&sorting->to_server, SPAN("\r\n"));
}

void sorting_tell_mail(struct sorting *sorting)
{
    if (sorting->takes_size)
        chain_append(&sorting->to_server, text_span(&sorting->sender));
    else
        say_without_size(sorting, text_span(&sorting->sender));
    sorting->step = SORTING_MAIL;
}

/* The recipient's server is another one than the last, or there was none. */
static void turn_to(struct sorting *sorting, size_t number)
{
    sorting_hang_up(sorting);
    sorting->number = number;
    sorting->step = SORTING_REACHES;
}

static void sort(struct sorting *sorting, struct span line, struct span address)
{
    size_t number = sorting->choose(sorting->owner, address);
    if (number == SORTING_NOBODY) {
        sorting_answer(sorting, SPAN("550 5.7.1 No server here takes mail for this recipient\r\n"));
    } else if (sorting->taken > 0 && number != sorting->number) {
        sorting_answer(sorting, SPAN("452 4.5.3 Another server takes mail for this recipient: "
                                     "send it in a mail of its own\r\n"));
    } else if (number == sorting->number && sorting->knows_mail) {
        sorting_hand_on(sorting, VERB_RCPT, line);
    } else {
        keep(&sorting->recipient, line);
        if (number == sorting->number)
            sorting_tell_mail(sorting);
        else
            turn_to(sorting, number);
    }
}

static void take_recipient(struct sorting *sorting, struct span line,
                           const struct smtp_command *command)
{
    if (sorting->sender.len == 0)
        sorting_answer(sorting, SPAN("503 5.5.1 Say MAIL first\r\n"));
    else if (!is_path_of(command, SPAN("TO:")) || command->address.len == 0)
        sorting_answer(sorting, SPAN("501 5.5.4 Write RCPT TO:<address>\r\n"));
    else
        sort(sorting, line, command->address);
}

static void take_reset(struct sorting *sorting, struct span line)
{
    bool is_known = sorting->knows_mail;
    sorting_forget_mail(sorting);
    if (is_known)
        sorting_hand_on(sorting, VERB_RSET, line);
    else
        sorting_answer(sorting, SPAN("250 2.0.0 Ok\r\n"));
}

/* -- mail ------------------------------------------------------------------------------------- */

#define NO_RECIPIENT SPAN("554 5.5.1 No recipient has been accepted\r\n")

static void take_data(struct sorting *sorting, struct span line)
{
    sorting->unstuff = (struct unstuff){ 0 };
    if (sorting->taken > 0)
        sorting_hand_on(sorting, VERB_DATA, line);
    else
        sorting_answer(sorting, NO_RECIPIENT);
}

static void end_chunk(struct sorting *sorting)
{
    if (sorting->chunk_left > 0)
        return;
    if (sorting->step == SORTING_CHUNK) {
        sorting_hand_on(sorting, VERB_BDAT, SPAN(""));
        return;
    }
    sorting->step = SORTING_COMMANDS;
    sorting_answer(sorting, NO_RECIPIENT);
}

/* It is not offered, but a rule may have said that it is. */
static void take_chunk(struct sorting *sorting, struct span line,
                       const struct smtp_command *command)
{
    if (!smtp_bdat_parse(command->argument, &sorting->chunk_left, &sorting->chunk_last)) {
        sorting_answer(sorting, SPAN("501 5.5.4 Write BDAT size\r\n"));
        return;
    }
    sorting->step = sorting->taken > 0 ? SORTING_CHUNK : SORTING_SKIPS;
    if (sorting->taken > 0)
        chain_append(&sorting->to_server, line);
    end_chunk(sorting);
}

static size_t pass_chunk(struct sorting *sorting, struct span bytes)
{
    size_t left = sorting->chunk_left < bytes.len ? (size_t)sorting->chunk_left : bytes.len;
    if (sorting->step == SORTING_CHUNK)
        chain_append(&sorting->to_server, span_take(bytes, left));
    sorting->chunk_left -= left;
    end_chunk(sorting);
    return left;
}

static size_t pass_body(struct sorting *sorting, struct span bytes)
{
    struct span rest = bytes;
    struct span piece;
    enum unstuffed found;
    do
        found = unstuff_next(&sorting->unstuff, &rest, &piece);
    while (found == UNSTUFFED_PIECE);
    chain_append(&sorting->to_server, span_take(bytes, bytes.len - rest.len));
    if (found == UNSTUFFED_END)
        sorting_hand_on(sorting, VERB_NONE, SPAN(""));
    return bytes.len - rest.len;
}

/* -- commands --------------------------------------------------------------------------------- */

static void take_quit(struct sorting *sorting, struct span line)
{
    if (sorting->number != SORTING_NOBODY) {
        sorting_hand_on(sorting, VERB_QUIT, line);
        return;
    }
    sorting_answer(sorting, SPAN("221 2.0.0 Bye\r\n"));
    sorting->step = SORTING_OVER;
}

static void take_command(struct sorting *sorting, struct span line)
{
    struct smtp_command command = smtp_command_parse(line);
    switch (command.verb) {
    case VERB_EHLO:
    case VERB_HELO: take_hello(sorting, line, command.verb == VERB_EHLO); break;
    case VERB_MAIL: take_mail(sorting, line, &command); break;
    case VERB_RCPT: take_recipient(sorting, line, &command); break;
    case VERB_DATA: take_data(sorting, line); break;
    case VERB_BDAT: take_chunk(sorting, line, &command); break;
    case VERB_RSET: take_reset(sorting, line); break;
    case VERB_QUIT: take_quit(sorting, line); break;
    case VERB_NOOP: sorting_answer(sorting, SPAN("250 2.0.0 Ok\r\n")); break;
    case VERB_VRFY:
    case VERB_EXPN:
        sorting_answer(sorting, SPAN("252 2.5.1 Send some mail, I shall try\r\n"));
        break;
    case VERB_HELP: sorting_answer(sorting, SPAN("214 2.0.0 See RFC 5321\r\n")); break;
    case VERB_LHLO:
    case VERB_AUTH:
    case VERB_STARTTLS:
    case VERB_ETRN:
    case VERB_ATRN:
    case VERB_BURL:
    case VERB_TURN:
    case VERB_SEND:
    case VERB_SOML:
    case VERB_SAML:
    case VERB_XCLIENT:
    case VERB_XFORWARD:
    case VERB_XEXCH50:
    case VERB_X_ANONYMOUSTLS:
        sorting_answer(sorting, SPAN("502 5.5.1 Not before a server is chosen by recipient\r\n"));
        break;
    case VERB_UNKNOWN:
    case VERB_NONE: sorting_answer(sorting, SPAN("500 5.5.1 What is that?\r\n")); break;
    }
}

static size_t take_line(struct sorting *sorting, struct span bytes)
{
    struct span line = span_take(bytes, span_find(bytes, '\n') + 1);
    text_add(&sorting->line, line);
    if (!span_ends(line, SPAN("\n")))
        return line.len;
    if (sorting->line.cut)
        sorting_answer(sorting, SPAN("500 5.5.2 Line too long\r\n"));
    else
        take_command(sorting, text_span(&sorting->line));
    text_clear(&sorting->line);
    return line.len;
}

bool sorting_takes_client(const struct sorting *sorting)
{
    bool is_turn = sorting->step == SORTING_COMMANDS || sorting->step == SORTING_SKIPS ||
                   sorting->step == SORTING_BODY || sorting->step == SORTING_CHUNK ||
                   sorting->step == SORTING_WIRE;
    bool has_room = !sorting->hangs_up && sorting->to_client.len < SORTING_HIGH_WATER &&
                    sorting->to_server.len < SORTING_HIGH_WATER;
    return sorting->step == SORTING_OVER || (is_turn && has_room);
}

static size_t take(struct sorting *sorting, struct span bytes)
{
    switch (sorting->step) {
    case SORTING_COMMANDS: return take_line(sorting, bytes);
    case SORTING_SKIPS:
    case SORTING_CHUNK: return pass_chunk(sorting, bytes);
    case SORTING_BODY: return pass_body(sorting, bytes);
    case SORTING_WIRE: chain_append(&sorting->to_server, bytes); return bytes.len;
    /* Nobody is there any more to hear them. */
    case SORTING_OVER: return bytes.len;
    case SORTING_REACHES:
    case SORTING_GREETING:
    case SORTING_HELLO:
    case SORTING_MAIL:
    case SORTING_REPLY: break;
    }
    return 0;
}

size_t sorting_hear_client(struct sorting *sorting, struct span bytes)
{
    size_t taken = 0;
    while (taken < bytes.len && sorting_takes_client(sorting))
        taken += take(sorting, span_drop(bytes, taken));
    return taken;
}
