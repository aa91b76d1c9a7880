/* parse: see parse.h. */
#include "smtp/parse.h"

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static size_t word_length(struct span line)
{
    size_t len = 0;
    while (len < line.len && line.ptr[len] != ' ' && line.ptr[len] != '\t')
        len++;
    return len;
}

/* Path = "<" [ A-d-l ":" ] Mailbox ">". Blanks before the path and a missing bracket are common;
 * a quoted local part may hold '>'. */
static size_t path_length(struct span text)
{
    bool quoted = false;
    if (text.len == 0 || text.ptr[0] != '<')
        return word_length(text);
    for (size_t i = 1; i < text.len; i++) {
        if (text.ptr[i] == '\\' && quoted)
            i++;
        else if (text.ptr[i] == '"')
            quoted = !quoted;
        else if (text.ptr[i] == '>' && !quoted)
            return i + 1;
    }
    return word_length(text);
}

static struct span without_brackets(struct span path)
{
    if (span_starts(path, SPAN("<")))
        path = span_drop(path, 1);
    return span_ends(path, SPAN(">")) ? span_drop_last(path, 1) : path;
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters], "RCPT TO:" likewise. */
static void parse_path(struct smtp_command *command)
{
    struct cut at_colon = span_cut(command->argument, ':');
    struct span rest = span_trim(at_colon.found ? at_colon.after : command->argument);
    size_t path = path_length(rest);
    command->address = without_brackets(span_take(rest, path));
    command->parameters = span_trim(span_drop(rest, path));
}

struct smtp_command smtp_command_parse(struct span line)
{
    line = span_trim(span_chomp(line));
    struct smtp_command command = { .word = span_take(line, word_length(line)) };
    command.verb = verb_parse(command.word);
    command.argument = span_trim(span_drop(line, command.word.len));
    if (command.verb == VERB_MAIL || command.verb == VERB_RCPT)
        parse_path(&command);
    return command;
}

bool smtp_parameter(struct span parameters, struct span name, struct span *value)
{
    while (parameters.len > 0) {
        size_t len = word_length(parameters);
        struct cut pair = span_cut(span_take(parameters, len), '=');
        if (span_equal_nocase(pair.before, name)) {
            *value = pair.after;
            return true;
        }
        parameters = span_trim(span_drop(parameters, len));
    }
    return false;
}

bool smtp_bdat_parse(struct span argument, uint64_t *size, bool *last)
{
    size_t len = word_length(argument);
    struct span rest = span_trim(span_drop(argument, len));
    *last = span_equal_nocase(rest, SPAN("LAST"));
    return span_number(span_take(argument, len), size) && (*last || rest.len == 0);
}

bool smtp_is_reply_line(struct span line)
{
    if (line.len < 3 || !is_digit(line.ptr[0]) || !is_digit(line.ptr[1]) || !is_digit(line.ptr[2]))
        return false;
    if (line.len == 3 || (line.len == 4 && line.ptr[3] == '\n'))
        return true;
    return line.ptr[3] == ' ' || line.ptr[3] == '-' || line.ptr[3] == '\r';
}

bool smtp_is_reply_continued(struct span line)
{
    return line.len > 3 && line.ptr[3] == '-' && smtp_is_reply_line(line);
}

size_t smtp_reply_size(struct span bytes)
{
    size_t at = 0;
    for (;;) {
        struct span rest = span_drop(bytes, at);
        size_t end = span_find(rest, '\n');
        if (end == rest.len)
            return 0;
        at += end + 1;
        if (end < 4 || rest.ptr[3] != '-')
            return at;
    }
}

bool smtp_offer_find(struct span reply, struct span keyword, struct span *words)
{
    /* The first line is the server's name. */
    for (reply = span_cut(reply, '\n').after; reply.len; reply = span_cut(reply, '\n').after) {
        struct span line = span_chomp(span_take(reply, span_find(reply, '\n') + 1));
        struct cut offer = span_cut(span_drop(line, 4), ' ');
        if (span_equal_nocase(offer.before, keyword)) {
            *words = offer.after;
            return true;
        }
    }
    return false;
}

static unsigned count_lines(struct span raw)
{
    unsigned lines = 0;
    for (; raw.len > 0; raw = span_drop(raw, span_find(raw, '\n') + 1))
        lines++;
    return lines;
}

static unsigned code_of(struct span line)
{
    return (line.ptr[0] - '0') * 100U + (line.ptr[1] - '0') * 10U + (line.ptr[2] - '0') * 1U;
}

struct smtp_reply smtp_reply_parse(struct span raw)
{
    struct smtp_reply reply = { .after = VERB_NONE, .lines = count_lines(raw) };
    struct span line = span_chomp(reply.lines > 1 ? span_take(raw, span_find(raw, '\n') + 1) : raw);
    if (!smtp_is_reply_line(line))
        return reply;
    reply.code = code_of(line);
    reply.text = span_drop(line, 4);
    return reply;
}
