/* rule_event: what a rule speaks of: direction, event, verbs, reply codes. */
#include "session/rule_reader.h"

_Static_assert(VERB_UNKNOWN < 32, "struct rule has 32 bits for verbs");

static const struct event_word {
    const char *word;
    enum smtp_event_kind kind;
    unsigned directions; /* in which it happens */
} events[] = {
    { "connect", SMTP_CONNECT, BOTH_WAYS },
    { "greeting", SMTP_GREETING, ONLY_TO_CLIENT },
    { "command", SMTP_COMMAND, ONLY_TO_SERVER },
    { "reply", SMTP_REPLY, ONLY_TO_CLIENT },
    { "body", SMTP_BODY, ONLY_TO_SERVER },
    { "body-end", SMTP_BODY_END, ONLY_TO_SERVER },
    { "tls", SMTP_TLS, BOTH_WAYS },
    { "close", SMTP_CLOSE, BOTH_WAYS },
    { "idle", SMTP_IDLE, BOTH_WAYS },
};

static const char *const event_words[] = { "connect",  "greeting", "command", "reply", "body",
                                           "body-end", "tls",      "close",   "idle",  NULL };

/* -- direction ------------------------------------------------------------------------------ */

static const char *const first_words[] = { "to", "both", NULL };
static const char *const to_words[] = { "server", "client", NULL };
static const char *const both_words[] = { "ways", NULL };

static bool unknown_direction(struct rule_reader *reader)
{
    struct span word = reader->word.raw;
    if (nearest_word(word, first_words))
        return reader_unknown(reader, reader->word.at, "direction", word, first_words);
    struct text *error = reader_error(reader, reader->word.at);
    text_add(error,
             SPAN("a rule begins with \"to server\", \"to client\" or \"both ways\", not with "));
    text_add_quoted(error, word);
    return false;
}

bool read_direction(struct rule_reader *reader)
{
    static const unsigned directions[] = { ONLY_TO_SERVER, ONLY_TO_CLIENT };
    if (!reader->has_word) {
        text_add(reader_error(reader, 0), SPAN("the rule is empty"));
        return false;
    }
    bool both = reader_is_at(reader, "both");
    if (!both && !reader_is_at(reader, "to"))
        return unknown_direction(reader);
    reader_advance(reader);
    if (!reader->has_word)
        return reader_ended(reader, both ? "\"ways\"" : "\"server\" or \"client\"");
    const char *const *words = both ? both_words : to_words;
    size_t index = word_index(reader->word.raw, words);
    if (!words[index])
        return reader_unknown(reader, reader->word.at, "direction", reader->word.raw, words);
    reader->rule->directions = both ? BOTH_WAYS : directions[index];
    reader_advance(reader);
    return true;
}

/* -- verbs ---------------------------------------------------------------------------------- */

bool verb_read(struct span word, enum verb *verb)
{
    *verb = verb_parse(word);
    return *verb != VERB_UNKNOWN || span_equal_nocase(word, SPAN("UNKNOWN"));
}

static struct nearest nearest_verb(struct span word)
{
    struct nearest nearest = nearest_begin(word);
    for (unsigned i = 0; i <= VERB_UNKNOWN; i++)
        nearest_try(&nearest, span_of(verb_name((enum verb)i)));
    return nearest;
}

bool unknown_verb(struct rule_reader *reader, size_t at, struct span word)
{
    struct text *error = reader_error(reader, at);
    struct nearest nearest = nearest_verb(word);
    text_add(error, SPAN("unknown verb "));
    text_add_quoted(error, word);
    nearest_suggest(&nearest, error);
    if (nearest.best.len == 0)
        text_add(error, SPAN("; UNKNOWN stands for every verb that is not known"));
    return false;
}

static bool near_to_other_words(struct span word)
{
    struct nearest nearest = nearest_begin(word);
    for (size_t i = 0; i < mutator_count; i++)
        nearest_try(&nearest, span_of(mutators[i]->name));
    return nearest.best.len > 0 || nearest_word(word, when_words);
}

/* Behind `command` a word may be verbs, how often, a filter or the mutator. What is none of these
 * is taken for the one it resembles. */
static bool looks_like_verbs(const struct rule_word *word)
{
    enum verb verb;
    if (word->sign)
        return false;
    if (verb_read(span_cut(word->raw, ',').before, &verb))
        return true;
    for (size_t i = 0; i < word->raw.len; i++)
        if (byte_lower(word->raw.ptr[i]) != word->raw.ptr[i] || word->raw.ptr[i] == ',')
            return true;
    return nearest_verb(word->raw).best.len > 0 && !near_to_other_words(word->raw);
}

static bool read_verbs(struct rule_reader *reader)
{
    if (!reader->has_word || !looks_like_verbs(&reader->word))
        return true;
    struct cut name = { .after = reader->word.raw, .found = true };
    while (name.found) {
        enum verb verb;
        size_t at = (size_t)(name.after.ptr - reader->line.ptr);
        name = span_cut(name.after, ',');
        if (name.before.len == 0) {
            text_add(reader_error(reader, at), SPAN("a verb is missing in "));
            text_add_quoted(reader->error, reader->word.raw);
            return false;
        }
        if (!verb_read(name.before, &verb))
            return unknown_verb(reader, at, name.before);
        reader->rule->verbs |= UINT32_C(1) << verb;
    }
    reader_advance(reader);
    return true;
}

/* -- replies -------------------------------------------------------------------------------- */

static bool code_read(struct span word, struct rule *rule)
{
    uint64_t code;
    rule->code_is_class = word.len == 3 && span_equal_nocase(span_drop(word, 1), SPAN("xx"));
    if (word.len != 3 || !span_number(rule->code_is_class ? span_take(word, 1) : word, &code))
        return false;
    rule->code = (unsigned)(rule->code_is_class ? code * 100 : code);
    return rule->code >= 100;
}

static bool read_code(struct rule_reader *reader)
{
    struct span word = reader->word.raw;
    if (!reader->has_word || word.ptr[0] < '0' || word.ptr[0] > '9')
        return true;
    if (!code_read(word, reader->rule)) {
        struct text *error = reader_error(reader, reader->word.at);
        text_add_quoted(error, word);
        text_add(error, SPAN(" is no reply code; write 250 or 4xx"));
        return false;
    }
    reader_advance(reader);
    return true;
}

/* `after 2` is how often, `after RCPT` is about the reply. */
static bool read_after(struct rule_reader *reader)
{
    struct rule_word verb;
    size_t next = reader->next;
    uint64_t number;
    if (!reader_is_at(reader, "after") || !rule_word_next(reader->line, &next, &verb) ||
        span_number(verb.raw, &number))
        return true;
    if (!verb_read(verb.raw, &reader->rule->after))
        return unknown_verb(reader, verb.at, verb.raw);
    reader_advance(reader);
    reader_advance(reader);
    return true;
}

/* -- silence -------------------------------------------------------------------------------- */

static bool read_silence(struct rule_reader *reader)
{
    if (!reader->has_word)
        return reader_ended(reader, "the length of the silence");
    duration *silence = &reader->rule->silence;
    if (!duration_parse(reader->word.raw, silence) || *silence == 0 || *silence == NEVER) {
        struct text *error = reader_error(reader, reader->word.at);
        text_add(error, SPAN("\"idle\" is followed by a time, such as 60s, not by "));
        text_add_quoted(error, reader->word.raw);
        return false;
    }
    reader_advance(reader);
    return true;
}

/* -- the event ------------------------------------------------------------------------------ */

static bool read_details(struct rule_reader *reader)
{
    if (reader->rule->event == SMTP_COMMAND)
        return read_verbs(reader);
    if (reader->rule->event == SMTP_REPLY)
        return read_code(reader) && read_after(reader);
    return reader->rule->event != SMTP_IDLE || read_silence(reader);
}

bool read_event(struct rule_reader *reader)
{
    if (!reader->has_word)
        return reader_ended(reader, "an event");
    size_t index = word_index(reader->word.raw, event_words);
    if (!event_words[index])
        return reader_unknown(reader, reader->word.at, "event", reader->word.raw, event_words);
    const struct event_word *event = &events[index];
    if (!(event->directions & reader->rule->directions)) {
        const char *way = event->directions == ONLY_TO_SERVER ? "to server" : "to client";
        text_addf(reader_error(reader, reader->word.at), "\"%s\" only goes %s", event->word, way);
        return false;
    }
    reader->rule->event = event->kind;
    reader_advance(reader);
    return read_details(reader);
}

/* -- does it speak of an event -------------------------------------------------------------- */

unsigned rule_reaches(const struct rule *rule)
{
    for (size_t i = 0; event_words[i]; i++)
        if (events[i].kind == rule->event)
            return rule->directions & events[i].directions;
    return 0;
}

bool rule_sees_end(const struct rule *rule)
{
    const struct mutator *mutator = rule->mutator;
    return rule->event == SMTP_BODY && mutator->sees_end && mutator->sees_end(rule->arguments);
}

static bool names_reply(const struct rule *rule, const struct smtp_reply *reply)
{
    unsigned code = rule->code_is_class ? reply->code / 100 * 100 : reply->code;
    return (rule->code == 0 || rule->code == code) &&
           (rule->after == VERB_NONE || rule->after == reply->after);
}

bool rule_names_event(const struct rule *rule, const struct smtp_event *event)
{
    unsigned direction = event->going == TO_SERVER ? ONLY_TO_SERVER : ONLY_TO_CLIENT;
    if (rule->event != event->kind || !(rule->directions & direction))
        return false;
    if (event->kind == SMTP_COMMAND)
        return rule->verbs == 0 || rule->verbs & UINT32_C(1) << event->command.verb;
    if (event->kind == SMTP_IDLE)
        return rule->silence == event->silence;
    return event->kind != SMTP_REPLY || names_reply(rule, &event->reply);
}
