/* rule_when: how often a rule hits: always, once, first N, after N, every Nth, chance N/M,
 * per X. */
#include "session/rule_reader.h"

enum {
    WORD_ALWAYS,
    WORD_ONCE,
    WORD_FIRST,
    WORD_AFTER,
    WORD_EVERY,
    WORD_CHANCE,
    WORD_WEIGHT,
    WORD_PER
};

const char *const when_words[] = { "always", "once",   "first", "after", "every",
                                   "chance", "weight", "per",   NULL };

static const char *const per_words[] = { "session",   "message", "client", "sender",
                                         "recipient", "triplet", "run",    NULL };

/* Says what must follow the keyword instead of the word at hand; false. */
static bool wants(struct rule_reader *reader, const char *keyword, const char *what)
{
    size_t at = reader->has_word ? reader->word.at : reader->line.len;
    struct text *error = reader_error(reader, at);
    text_addf(error, "\"%s\" is followed by %s", keyword, what);
    if (reader->has_word) {
        text_add(error, SPAN(", not by "));
        text_add_quoted(error, reader->word.raw);
    }
    return false;
}

/* `3`, and `3rd` where an ordinal is allowed. */
static bool count_read(struct span word, bool ordinal, uint64_t *count)
{
    static const char *const endings[] = { "st", "nd", "rd", "th", NULL };
    if (ordinal && word.len > 2 && endings[word_index(span_drop(word, word.len - 2), endings)])
        word = span_drop_last(word, 2);
    return span_number(word, count);
}

static bool read_count(struct rule_reader *reader, const char *keyword, const char *what,
                       uint64_t least)
{
    bool ordinal = reader->rule->when == WHEN_EVERY;
    if (!reader->has_word || !count_read(reader->word.raw, ordinal, &reader->rule->n))
        return wants(reader, keyword, what);
    if (reader->rule->n < least)
        return wants(reader, keyword, "a count above 0");
    reader_advance(reader);
    return true;
}

static bool read_chance(struct rule_reader *reader)
{
    struct rule *rule = reader->rule;
    struct cut ratio = { .found = false };
    if (reader->has_word)
        ratio = span_cut(reader->word.raw, '/');
    if (!ratio.found || !span_number(ratio.before, &rule->n) ||
        !span_number(ratio.after, &rule->of))
        return wants(reader, "chance", "N/M, such as 1/4");
    if (rule->of == 0 || rule->n > rule->of)
        return wants(reader, "chance", "N/M, N at most M and M at least 1");
    reader_advance(reader);
    return true;
}

static bool read_weight(struct rule_reader *reader)
{
    size_t at = reader->has_word ? reader->word.at : reader->line.len;
    if (!read_count(reader, "weight", "a number", 1))
        return false;
    if (reader->rule->n <= WEIGHT_MAX)
        return true;
    text_addf(reader_error(reader, at), "a weight is at most %d", WEIGHT_MAX);
    return false;
}

static bool read_per(struct rule_reader *reader)
{
    if (!reader->has_word)
        return reader_ended(reader, "what \"per\" is about");
    size_t index = word_index(reader->word.raw, per_words);
    if (!per_words[index])
        return reader_unknown(reader, reader->word.at, "scope", reader->word.raw, per_words);
    reader->rule->per = (enum rule_per)(PER_SESSION + index);
    reader_advance(reader);
    return true;
}

static bool read_schedule(struct rule_reader *reader, size_t keyword)
{
    static const enum rule_when whens[] = { WHEN_ALWAYS, WHEN_FIRST,  WHEN_FIRST, WHEN_AFTER,
                                            WHEN_EVERY,  WHEN_CHANCE, WHEN_WEIGHT };
    reader->rule->when = whens[keyword];
    reader->rule->n = 1;
    switch (keyword) {
    case WORD_FIRST: return read_count(reader, "first", "a count", 1);
    case WORD_AFTER: return read_count(reader, "after", "a count", 0);
    case WORD_EVERY: return read_count(reader, "every", "a count, such as 3rd", 1);
    case WORD_CHANCE: return read_chance(reader);
    case WORD_WEIGHT: return read_weight(reader);
    default: return true;
    }
}

/* `after RCPT` belongs to the event. */
static bool is_after_verb(const struct rule_reader *reader, struct rule_word *verb)
{
    size_t next = reader->next;
    return reader_is_at(reader, "after") && rule_word_next(reader->line, &next, verb) &&
           verb_parse(verb->raw) != VERB_UNKNOWN;
}

/* The reason why the keyword at hand cannot stand here; NULL when it can. */
static const char *misfit(const struct rule_reader *reader, bool said)
{
    struct rule_word verb;
    bool counts = said && reader->rule->when != WHEN_ALWAYS;
    if (is_after_verb(reader, &verb))
        return " and a verb must stand right behind the event";
    if (!reader_is_at(reader, "per"))
        return said ? ": how often has been said already" : NULL;
    if (!counts)
        return " must stand behind once, first, after, every, chance or weight";
    return reader->rule->per == PER_DEFAULT ? NULL : " is said twice";
}

bool read_when(struct rule_reader *reader, bool *said)
{
    size_t keyword = word_index(reader->word.raw, when_words);
    const char *reason = misfit(reader, *said);
    if (reason) {
        text_addf(reader_error(reader, reader->word.at), "\"%s\"%s", when_words[keyword], reason);
        return false;
    }
    *said = true;
    reader_advance(reader);
    return keyword == WORD_PER ? read_per(reader) : read_schedule(reader, keyword);
}
