/* rule_words: see rule_words.h. */
#include "session/rule_words.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static size_t skip_blanks(struct span line, size_t at)
{
    while (at < line.len && is_blank(line.ptr[at]))
        at++;
    return at;
}

static size_t skip_to_blank(struct span line, size_t at)
{
    while (at < line.len && !is_blank(line.ptr[at]))
        at++;
    return at;
}

/* Offset of the first `mark` at or behind `at` that has no backslash before it; the line's length
 * when there is none. */
static size_t find_unescaped(struct span line, size_t at, uint8_t mark)
{
    while (at < line.len && line.ptr[at] != mark)
        at += line.ptr[at] == '\\' ? 2 : 1;
    return at < line.len ? at : line.len;
}

static bool is_letter(uint8_t byte)
{
    return byte_lower(byte) >= 'a' && byte_lower(byte) <= 'z';
}

/* Length of a name that a sign follows; 0 when the word is not `name=value` or `name>value`. */
static size_t name_length(struct span word)
{
    size_t len = 0;
    while (len < word.len && (is_letter(word.ptr[len]) || word.ptr[len] == '-' ||
                              (len > 0 && word.ptr[len] >= '0' && word.ptr[len] <= '9')))
        len++;
    return len < word.len && (word.ptr[len] == '=' || word.ptr[len] == '>') ? len : 0;
}

/* The word's value begins at the quote `at`; returns where the word ends. */
static size_t read_quoted(struct span line, size_t at, struct rule_word *word)
{
    size_t close = find_unescaped(line, at + 1, '"');
    word->quoted = true;
    word->value = span_take(span_drop(line, at + 1), close - at - 1);
    if (close == line.len) {
        word->fault = WORD_UNCLOSED;
        word->fault_at = at;
        return line.len;
    }
    size_t end = skip_to_blank(line, close + 1);
    if (end > close + 1) {
        word->fault = WORD_GLUED;
        word->fault_at = close + 1;
    }
    return end;
}

/* A value that opens with a slash may hold blanks up to the closing one; without a closing one the
 * slash is like any other byte. */
static size_t read_plain(struct span line, size_t at, struct rule_word *word)
{
    size_t end = skip_to_blank(line, at);
    if (at < line.len && line.ptr[at] == '/') {
        size_t close = find_unescaped(line, at + 1, '/');
        if (close < line.len)
            end = skip_to_blank(line, close);
    }
    word->value = span_take(span_drop(line, at), end - at);
    return end;
}

bool rule_word_next(struct span line, size_t *at, struct rule_word *word)
{
    size_t begin = skip_blanks(line, *at);
    if (begin == line.len || line.ptr[begin] == '#')
        return false;
    size_t name = name_length(span_drop(line, begin));
    *word = (struct rule_word){ .at = begin, .value_at = begin };
    size_t end;
    if (name > 0) {
        word->sign = line.ptr[begin + name];
        word->value_at = begin + name + 1;
    }
    if (word->value_at < line.len && line.ptr[word->value_at] == '"')
        end = read_quoted(line, word->value_at, word);
    else if (name > 0)
        end = read_plain(line, word->value_at, word);
    else
        end = skip_to_blank(line, begin);
    word->raw = span_take(span_drop(line, begin), end - begin);
    word->name = name > 0 ? span_take(word->raw, name) : word->raw;
    *at = end;
    return true;
}

struct span rule_uncommented(struct span line)
{
    line = span_chomp(line);
    size_t begin = skip_blanks(line, 0);
    size_t end = begin;
    struct rule_word word;
    while (rule_word_next(line, &end, &word))
        ;
    return span_take(span_drop(line, begin), end - begin);
}
