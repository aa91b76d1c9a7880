/* fuzz_command: one line that is taken for a command. Its parts stand within it and in order;
 * parse, write, parse is a fixed point; parameters and BDAT's argument are what a plain model
 * finds; and what hides credentials changes no length, whatever the cut. */
#include <string.h>

#include "base/check.h"
#include "base/text.h"
#include "harness/entry.h"
#include "smtp/credentials.h"
#include "smtp/parse.h"

#define INPUT_MAX 4096

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t word_length(struct span text)
{
    size_t len = 0;
    while (len < text.len && !is_blank(text.ptr[len]))
        len++;
    return len;
}

static void check_within(struct span part, struct span whole)
{
    check(part.len == 0 || (part.ptr >= whole.ptr && part.ptr + part.len <= whole.ptr + whole.len));
}

static void check_trimmed(struct span part)
{
    check(part.len == 0 || (!is_blank(part.ptr[0]) && !is_blank(part.ptr[part.len - 1])));
}

static void check_parts(const struct smtp_command *command, struct span line)
{
    check_within(command->word, line);
    check_within(command->argument, line);
    check_within(command->address, command->argument);
    check_within(command->parameters, command->argument);
    check_trimmed(command->word);
    check_trimmed(command->argument);
    check_trimmed(command->parameters);
    check(word_length(command->word) == command->word.len);
    check(command->word.len + command->argument.len <= line.len);
    if (command->address.len > 0 && command->parameters.len > 0)
        check(command->address.ptr + command->address.len <= command->parameters.ptr);
}

static void check_verb(const struct smtp_command *command)
{
    check(command->verb != VERB_NONE);
    if (command->verb != VERB_UNKNOWN)
        check(span_equal_nocase(command->word, span_of(verb_name(command->verb))));
    if (command->verb != VERB_MAIL && command->verb != VERB_RCPT)
        check(command->address.len == 0 && command->parameters.len == 0);
}

static void check_again(const struct smtp_command *command)
{
    struct text written = { 0 };
    text_add(&written, command->word);
    text_add_byte(&written, ' ');
    text_add(&written, command->argument);
    text_add(&written, SPAN("\r\n"));
    struct smtp_command again = smtp_command_parse(text_span(&written));
    check(again.verb == command->verb && span_equal(again.word, command->word));
    check(span_equal(again.argument, command->argument));
    check(span_equal(again.address, command->address));
    check(span_equal(again.parameters, command->parameters));
    text_deinit(&written);
}

/* The first parameter of this name, word by word. */
static bool find_parameter(struct span parameters, struct span name, struct span *value)
{
    for (size_t at = 0; at < parameters.len; at++) {
        struct span word = span_drop(parameters, at);
        word = span_take(word, word_length(word));
        bool fits =
            span_starts_nocase(word, name) && (word.len == name.len || word.ptr[name.len] == '=');
        *value = span_drop(word, name.len + 1);
        if (fits)
            return true;
        at += word.len;
    }
    return false;
}

static void check_parameter(struct span parameters, struct span name)
{
    struct span expected;
    struct span value;
    bool there = find_parameter(parameters, name, &expected);
    check(smtp_parameter(parameters, name, &value) == there);
    check(!there || span_equal(value, expected));
}

static void check_bdat(struct span argument)
{
    uint64_t size;
    uint64_t expected;
    bool last;
    struct span number = span_take(argument, word_length(argument));
    struct span behind = span_trim(span_drop(argument, number.len));
    bool is_last = behind.len == 4 && span_equal_nocase(behind, SPAN("last"));
    bool fits = span_number(number, &expected) && (is_last || behind.len == 0);
    check(smtp_bdat_parse(argument, &size, &last) == fits);
    check(!fits || (size == expected && last == is_last));
}

static void hide(struct span line, size_t cut, uint8_t *bytes)
{
    struct credentials credentials = { 0 };
    memcpy(bytes, line.ptr, line.len);
    for (size_t at = 0; at < line.len; at += cut)
        credentials_hide(&credentials, bytes + at, line.len - at < cut ? line.len - at : cut);
}

/* Whatever hides does not depend on cuts; only stars come in. */
static void check_hidden(struct span line)
{
    static uint8_t whole[INPUT_MAX];
    static uint8_t pieces[INPUT_MAX];
    if (line.len == 0)
        return;
    hide(line, line.len, whole);
    hide(line, 1, pieces);
    check(memcmp(whole, pieces, line.len) == 0);
    for (size_t i = 0; i < line.len; i++)
        check(whole[i] == line.ptr[i] || whole[i] == '*');
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct span line = span_make(data, size < INPUT_MAX ? size : INPUT_MAX);
    struct smtp_command command = smtp_command_parse(line);
    check_parts(&command, line);
    check_verb(&command);
    check_again(&command);
    check_parameter(command.parameters, SPAN("SIZE"));
    check_parameter(command.parameters, SPAN("BODY"));
    check_parameter(command.argument, SPAN("ORCPT"));
    check_bdat(command.argument);
    check_hidden(line);
    return 0;
}
