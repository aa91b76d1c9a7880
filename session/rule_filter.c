/* rule_filter: what must hold of session, message and event before a rule counts the event. */
#include <stdlib.h>

#include "base/size.h"
#include "mutators/pattern.h"
#include "session/cidr.h"
#include "session/rule_reader.h"

const char *const filter_words[] = {
    "client", "helo",   "sender",   "recipient", "tls",    "size",   "matches", "length",
    "offset", "part",   "said",     "unsaid",    "early",  "parted", "quiet",   "split",
    "joined", "listed", "contains", "last-line", "domain", NULL,
};

const char *rule_filter_name(enum rule_filter_kind kind)
{
    return filter_words[kind];
}

/* Begins an error about the filter's value. */
static struct text *value_error(struct rule_reader *reader)
{
    struct text *error = reader_error(reader, reader->word.value_at);
    const struct span name = reader->word.name;
    text_addf(error, "%.*s: ", (int)name.len, (const char *)name.ptr);
    return error;
}

static bool value_is_no(struct rule_reader *reader, struct span value, const char *what)
{
    struct text *error = value_error(reader);
    text_add_quoted(error, value);
    text_addf(error, " is no %s", what);
    return false;
}

static struct span owned_copy(struct span bytes)
{
    struct text copy = { 0 };
    text_add(&copy, bytes);
    text_string(&copy);
    return text_span(&copy);
}

/* -- one kind after the other --------------------------------------------------------------- */

static bool read_client(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    return cidr_parse(value, filter->address, &filter->prefix) ||
           value_is_no(reader, value, "network; write 192.0.2.0/24 or 2001:db8::/32");
}

/* A word for true, one for false. */
static bool read_choice(struct rule_reader *reader, struct rule_filter *filter, struct span value,
                        const char *yes, const char *no)
{
    const struct span name = reader->word.name;
    filter->yes = span_equal(value, span_of(yes));
    if (filter->yes || span_equal(value, span_of(no)))
        return true;
    struct text *error = value_error(reader);
    text_add_quoted(error, value);
    text_addf(error, " is no answer; write %.*s=%s or %.*s=%s", (int)name.len,
              (const char *)name.ptr, yes, (int)name.len, (const char *)name.ptr, no);
    return false;
}

static bool read_yes(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    return read_choice(reader, filter, value, "yes", "no");
}

static bool read_split(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    filter->whole_end = span_equal(value, SPAN("end"));
    if (!filter->whole_end)
        return read_yes(reader, filter, value);
    filter->yes = true;
    return reader->rule->event == SMTP_BODY_END ||
           value_is_no(reader, value, "answer here; split=end is about body-end");
}

static bool read_verb(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    return verb_read(value, &filter->verb) || unknown_verb(reader, reader->word.value_at, value);
}

static bool read_quiet(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    return duration_parse(value, &filter->number) ||
           value_is_no(reader, value, "time; write 5s, 400ms or 5m");
}

static bool read_size(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    return size_parse(value, &filter->number) ||
           value_is_no(reader, value, "size; write 512B, 2KB or 1MiB");
}

static bool read_pattern(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    bool slashed = value.len >= 2 && value.ptr[0] == '/' && value.ptr[value.len - 1] == '/';
    if (!slashed && !reader->word.quoted)
        return value_is_no(reader, value, "pattern; write /.../, or /(?i).../ to ignore case");
    struct text why = { 0 };
    filter->pattern = pattern_new(slashed ? span_drop_last(span_drop(value, 1), 1) : value, &why);
    if (!filter->pattern)
        text_add(value_error(reader), text_span(&why));
    text_deinit(&why);
    return filter->pattern != NULL;
}

/* Addresses are compared without their angle brackets, so that `sender=<>` is the empty one. */
static bool read_glob(struct rule_filter *filter, struct span value)
{
    if (span_starts(value, SPAN("<")) && span_ends(value, SPAN(">")))
        value = span_drop_last(span_drop(value, 1), 1);
    filter->text = owned_copy(value);
    return true;
}

static bool read_by_kind(struct rule_reader *reader, struct rule_filter *filter, struct span value)
{
    switch (filter->kind) {
    case FILTER_CLIENT: return read_client(reader, filter, value);
    case FILTER_HELO:
    case FILTER_SENDER:
    case FILTER_RECIPIENT: return read_glob(filter, value);
    case FILTER_TLS:
    case FILTER_EARLY:
    case FILTER_PARTED:
    case FILTER_JOINED: return read_yes(reader, filter, value);
    case FILTER_SIZE:
    case FILTER_LENGTH:
    case FILTER_OFFSET: return read_size(reader, filter, value);
    case FILTER_PART: return read_choice(reader, filter, value, "header", "text");
    case FILTER_DOMAIN: return read_choice(reader, filter, value, "same", "other");
    case FILTER_SAID:
    case FILTER_UNSAID: return read_verb(reader, filter, value);
    case FILTER_QUIET: return read_quiet(reader, filter, value);
    case FILTER_SPLIT: return read_split(reader, filter, value);
    case FILTER_MATCHES:
    case FILTER_CONTAINS:
    case FILTER_LAST_LINE: return read_pattern(reader, filter, value);
    case FILTER_LISTED: filter->text = owned_copy(value); return true;
    }
    return false;
}

static bool is_threshold(enum rule_filter_kind kind)
{
    return kind == FILTER_SIZE || kind == FILTER_LENGTH || kind == FILTER_OFFSET ||
           kind == FILTER_QUIET;
}

static bool read_kind(struct rule_reader *reader, enum rule_filter_kind *kind)
{
    const struct rule_word *word = &reader->word;
    size_t index = word_index(word->name, filter_words);
    if (!filter_words[index])
        return reader_unknown(reader, word->at, "filter", word->name, filter_words);
    *kind = (enum rule_filter_kind)index;
    bool above = is_threshold(*kind);
    if (word->sign == (above ? '>' : '='))
        return true;
    text_addf(reader_error(reader, word->at), "write %s%sVALUE", filter_words[index],
              above ? ">" : "=");
    return false;
}

bool read_filter(struct rule_reader *reader)
{
    struct rule_filter filter = { 0 };
    struct text value = { 0 };
    if (reader->rule->filter_count == RULE_FILTERS_MAX) {
        text_addf(reader_error(reader, reader->word.at), "more than %d filters", RULE_FILTERS_MAX);
        return false;
    }
    bool good = read_kind(reader, &filter.kind) && reader_value(reader, &value) &&
                read_by_kind(reader, &filter, text_span(&value));
    text_deinit(&value);
    if (!good)
        return false;
    reader->rule->filters[reader->rule->filter_count++] = filter;
    reader_advance(reader);
    return true;
}

bool filter_remembers(const struct rule_filter *filter)
{
    return filter->kind == FILTER_CONTAINS || filter->kind == FILTER_LAST_LINE;
}

void filter_deinit(struct rule_filter *filter)
{
    free((void *)filter->text.ptr);
    pattern_free(filter->pattern);
}
