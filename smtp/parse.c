/* parse: see parse.h. */
#include "smtp/parse.h"

static size_t word_length(struct span line)
{
    size_t len = 0;
    while (len < line.len && !byte_is_blank(line.ptr[len]))
        len++;
    return len;
}

/* The verb that a line begins with. Four letters that are one hold no blank, so the end of the word
 * need not be looked for. */
static enum verb read_verb(struct span line, struct span *word)
{
    *word = span_take(line, 4);
    if (line.len == 4 || (line.len > 4 && byte_is_blank(line.ptr[4]))) {
        enum verb verb = verb_of_four(line.ptr);
        if (verb != VERB_UNKNOWN)
            return verb;
    }
    *word = span_take(line, word_length(line));
    return verb_parse(*word);
}

/* A quoted local part may hold '>'. */
static size_t quoted_path_length(struct span text)
{
    bool quoted = false;
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

/* Path = "<" [ A-d-l ":" ] Mailbox ">". Blanks before the path and a missing bracket are common. */
static size_t path_length(struct span text)
{
    if (text.len == 0 || text.ptr[0] != '<')
        return word_length(text);
    size_t end = span_find(text, '>');
    if (span_find(span_take(text, end), '"') < end)
        return quoted_path_length(text);
    return end < text.len ? end + 1 : word_length(text);
}

static struct span without_brackets(struct span path)
{
    if (path.len && path.ptr[0] == '<')
        path = span_drop(path, 1);
    return path.len && path.ptr[path.len - 1] == '>' ? span_drop_last(path, 1) : path;
}

/* "MAIL FROM:" Reverse-path [SP Mail-parameters], "RCPT TO:" likewise. */
static void read_path(struct smtp_command *command)
{
    size_t colon = span_find(command->argument, ':');
    struct span rest =
        span_trim_start(colon < command->argument.len ? span_drop(command->argument, colon + 1)
                                                      : command->argument);
    size_t path = path_length(rest);
    command->address = without_brackets(span_take(rest, path));
    command->parameters = span_trim_start(span_drop(rest, path));
}

/* The line is trimmed once: no part of it ends in blanks behind that. */
void smtp_command_read(struct span line, struct smtp_command *command)
{
    line = span_trim(span_chomp(line));
    command->verb = read_verb(line, &command->word);
    command->argument = span_trim_start(span_drop(line, command->word.len));
    if (command->verb == VERB_MAIL || command->verb == VERB_RCPT)
        read_path(command);
}

struct smtp_command smtp_command_parse(struct span line)
{
    struct smtp_command command = { 0 };
    smtp_command_read(line, &command);
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

void smtp_reply_line_read(struct span line, struct smtp_reply *reply)
{
    reply->code = code_of(line);
    reply->lines = 1;
    reply->after = VERB_NONE;
    reply->text = span_drop(span_chomp(line), 4);
}

struct smtp_reply smtp_reply_parse(struct span raw)
{
    struct span line = span_chomp(span_take(raw, span_find(raw, '\n') + 1));
    struct smtp_reply reply = { .after = VERB_NONE };
    if (smtp_is_reply_line(line))
        smtp_reply_line_read(line, &reply);
    reply.lines = count_lines(raw);
    return reply;
}
