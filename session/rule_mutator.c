/* rule_mutator: the mutator of a rule and its parameters: known, in place, complete. */
#include "session/rule_reader.h"

/* -- the mutator ---------------------------------------------------------------------------- */

static bool unknown_mutator(struct rule_reader *reader, struct span word)
{
    struct nearest nearest = nearest_begin(word);
    struct text *error = reader_error(reader, reader->word.at);
    for (size_t i = 0; i < mutator_count; i++)
        nearest_try(&nearest, span_of(mutators[i]->name));
    for (size_t i = 0; when_words[i]; i++)
        nearest_try(&nearest, span_of(when_words[i]));
    text_add(error, SPAN("unknown mutator "));
    text_add_quoted(error, word);
    nearest_suggest(&nearest, error);
    if (nearest.best.len == 0)
        text_add(error, SPAN("; \"smtpchaos list mutators\" names all"));
    return false;
}

static bool acts_on_event(struct rule_reader *reader, const struct mutator *mutator)
{
    if (mutator->wants & reader->rule->event)
        return true;
    struct text *error = reader_error(reader, reader->word.at);
    text_addf(error, "\"%s\" does not act on %s; it acts on", mutator->name,
              event_kind_name(reader->rule->event));
    bool first = true;
    for (unsigned kind = SMTP_CONNECT; kind < SMTP_OTHER; kind *= 2) {
        if (!(mutator->wants & kind))
            continue;
        text_addf(error, "%s %s", first ? "" : ",", event_kind_name((enum smtp_event_kind)kind));
        first = false;
    }
    return false;
}

static bool acts_in_direction(struct rule_reader *reader, const struct mutator *mutator)
{
    unsigned allowed = (unsigned)mutator->directions;
    if (!(rule_reaches(reader->rule) & ~allowed))
        return true;
    text_addf(reader_error(reader, reader->word.at), "\"%s\" only acts %s", mutator->name,
              allowed == ONLY_TO_SERVER ? "to server" : "to client");
    return false;
}

/* -- its parameters ------------------------------------------------------------------------- */

static size_t param_find(const struct mutator *mutator, struct span name)
{
    size_t i = 0;
    while (i < mutator->param_count && !span_equal(name, span_of(mutator->params[i].name)))
        i++;
    return i;
}

/* What stands before the mutator in a rule is often written behind it. */
static bool is_misplaced(struct rule_reader *reader, const struct mutator *mutator)
{
    const struct rule_word *word = &reader->word;
    bool is_filter = word->sign && filter_words[word_index(word->name, filter_words)];
    bool is_when = when_words[word_index(word->raw, when_words)] != NULL;
    if (!is_filter && !is_when)
        return false;
    struct text *error = reader_error(reader, word->at);
    text_add_quoted(error, word->name);
    text_addf(error, " must stand before the mutator \"%s\"", mutator->name);
    return true;
}

static bool unknown_param(struct rule_reader *reader, const struct mutator *mutator)
{
    if (is_misplaced(reader, mutator))
        return false;
    struct nearest nearest = nearest_begin(reader->word.name);
    for (size_t i = 0; i < mutator->param_count; i++)
        nearest_try(&nearest, span_of(mutator->params[i].name));
    struct text *error = reader_error(reader, reader->word.at);
    text_add(error, SPAN("unknown parameter "));
    text_add_quoted(error, reader->word.name);
    text_addf(error, " of \"%s\"", mutator->name);
    nearest_suggest(&nearest, error);
    if (nearest.best.len > 0)
        return false;
    text_add(error, mutator->param_count ? SPAN("; it has") : SPAN("; it has none"));
    for (size_t i = 0; i < mutator->param_count; i++)
        text_addf(error, "%s %s=", i ? "," : "", mutator->params[i].name);
    return false;
}

static bool read_value(struct rule_reader *reader, const struct param *param,
                       struct argument *argument)
{
    struct text value = { 0 };
    struct text why = { 0 };
    bool good = reader_value(reader, &value);
    if (good && !param_parse(param, text_span(&value), reader->word.quoted, argument, &why)) {
        text_add(reader_error(reader, reader->word.value_at), text_span(&why));
        *argument = (struct argument){ 0 };
        good = false;
    }
    text_deinit(&value);
    text_deinit(&why);
    return good;
}

static bool read_param(struct rule_reader *reader, const struct mutator *mutator)
{
    size_t index = param_find(mutator, reader->word.name);
    if (index == mutator->param_count)
        return unknown_param(reader, mutator);
    const struct param *param = &mutator->params[index];
    struct argument *argument = &reader->rule->arguments[index];
    if (reader->word.sign != '=' || argument->given) {
        text_addf(reader_error(reader, reader->word.at),
                  argument->given ? "\"%s\" is given twice" : "write %s=VALUE", param->name);
        return false;
    }
    if (!read_value(reader, param, argument))
        return false;
    reader_advance(reader);
    return true;
}

/* Presets for what was not given; false when something must be. */
static bool complete(struct rule_reader *reader, const struct mutator *mutator, size_t at)
{
    for (size_t i = 0; i < mutator->param_count; i++) {
        const struct param *param = &mutator->params[i];
        struct argument *argument = &reader->rule->arguments[i];
        if (argument->given)
            continue;
        if (param->required) {
            text_addf(reader_error(reader, at), "\"%s\" needs %s=", mutator->name, param->name);
            return false;
        }
        param_preset(param, argument);
    }
    return true;
}

static bool accepted(struct rule_reader *reader, const struct mutator *mutator, size_t at)
{
    struct text why = { 0 };
    bool good = !mutator->accepts || mutator->accepts(reader->rule->arguments, &why);
    if (!good)
        text_addf(reader_error(reader, at), "%s: %s", mutator->name, text_string(&why));
    text_deinit(&why);
    return good;
}

bool read_mutator(struct rule_reader *reader)
{
    if (!reader->has_word)
        return reader_ended(reader, "a mutator");
    const struct mutator *mutator = mutator_find(reader->word.raw);
    size_t at = reader->word.at;
    if (!mutator)
        return unknown_mutator(reader, reader->word.raw);
    if (!acts_on_event(reader, mutator) || !acts_in_direction(reader, mutator))
        return false;
    reader->rule->mutator = mutator;
    reader_advance(reader);
    while (reader->has_word)
        if (!read_param(reader, mutator))
            return false;
    return complete(reader, mutator, at) && accepted(reader, mutator, at);
}
