/* rule_parse: a rule's line becomes a rule; see rule.h. The parts of the line are read in
 * rule_event.c, rule_filter.c, rule_when.c and rule_mutator.c. */
#include <string.h>

#include "session/rule_reader.h"

void reader_advance(struct rule_reader *reader)
{
    reader->has_word = rule_word_next(reader->line, &reader->next, &reader->word);
}

bool reader_is_at(const struct rule_reader *reader, const char *word)
{
    return reader->has_word && span_equal(reader->word.raw, span_of(word));
}

struct text *reader_error(struct rule_reader *reader, size_t at)
{
    struct place place = reader->place;
    place.column += at;
    place_add(&place, reader->error);
    return reader->error;
}

bool reader_ended(struct rule_reader *reader, const char *what)
{
    struct text *error = reader_error(reader, reader->line.len);
    text_addf(error, "the rule ends where %s should stand", what);
    return false;
}

bool reader_unknown(struct rule_reader *reader, size_t at, const char *what, struct span word,
                    const char *const *words)
{
    struct text *error = reader_error(reader, at);
    const char *near = nearest_word(word, words);
    text_addf(error, "unknown %s ", what);
    text_add_quoted(error, word);
    if (near) {
        text_addf(error, "; did you mean \"%s\"?", near);
        return false;
    }
    for (size_t i = 0; words[i]; i++)
        text_addf(error, "%s %s", i ? "," : "; known are", words[i]);
    return false;
}

size_t word_index(struct span word, const char *const *words)
{
    size_t i = 0;
    while (words[i] && !span_equal(word, span_of(words[i])))
        i++;
    return i;
}

static bool fault_is_none(struct rule_reader *reader)
{
    const struct rule_word *word = &reader->word;
    if (word->fault == WORD_FINE)
        return true;
    struct text *error = reader_error(reader, word->fault_at);
    text_add(error, word->fault == WORD_UNCLOSED
                        ? SPAN("the quote has no end")
                        : SPAN("a blank is missing behind the closing quote"));
    return false;
}

bool reader_value(struct rule_reader *reader, struct text *out)
{
    const struct rule_word *word = &reader->word;
    size_t bad = 0;
    if (!fault_is_none(reader))
        return false;
    if (!word->quoted && word->value.len == 0) {
        text_addf(reader_error(reader, word->value_at), "%.*s: the value is missing",
                  (int)word->name.len, (const char *)word->name.ptr);
        return false;
    }
    if (!word->quoted) {
        text_add(out, word->value);
        return true;
    }
    if (text_add_unescaped(out, word->value, &bad))
        return true;
    struct text *error = reader_error(reader, word->value_at + 1 + bad);
    text_add(error, SPAN("unknown escape \\"));
    text_add_escaped(error, span_take(span_drop(word->value, bad + 1), 1));
    text_add(error, SPAN("; known are \\r \\n \\t \\0 \\\\ \\\" \\xHH"));
    return false;
}

/* Filters and how often, in any order, up to the mutator. */
static bool read_conditions(struct rule_reader *reader)
{
    bool said = false;
    while (reader->has_word) {
        bool is_when = when_words[word_index(reader->word.raw, when_words)] != NULL;
        if (!is_when && !reader->word.sign)
            break;
        if (is_when ? !read_when(reader, &said) : !read_filter(reader))
            return false;
    }
    return true;
}

static bool read_line(struct rule_reader *reader)
{
    if (reader->line.len > RULE_LINE_MAX) {
        text_addf(reader_error(reader, RULE_LINE_MAX), "the rule is longer than %d bytes",
                  RULE_LINE_MAX);
        return false;
    }
    reader_advance(reader);
    return read_direction(reader) && read_event(reader) && read_conditions(reader) &&
           read_mutator(reader);
}

bool rule_parse(struct rule *rule, struct span line, struct place place, struct text *error)
{
    struct span inner = rule_uncommented(line);
    *rule = (struct rule){ .after = VERB_NONE };
    if (place.column == 0)
        place.column = 1;
    if (inner.len > 0)
        place.column += (size_t)(inner.ptr - line.ptr);
    struct rule_reader reader = { .rule = rule, .line = inner, .place = place, .error = error };
    if (!read_line(&reader)) {
        rule_deinit(rule);
        return false;
    }
    text_add(&rule->line, inner);
    rule->key = span_hash(inner, SPAN_HASH_BEGIN);
    return true;
}

void rule_deinit(struct rule *rule)
{
    text_deinit(&rule->line);
    for (size_t i = 0; i < rule->filter_count; i++)
        filter_deinit(&rule->filters[i]);
    for (size_t i = 0; i < PARAMS_MAX; i++)
        argument_deinit(&rule->arguments[i]);
    memset(rule, 0, sizeof *rule);
}
