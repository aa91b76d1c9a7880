/* catalogue_mutator: the page of a mutator, from its struct and from the profiles that use it. */
#include "mutators/mutator.h"
#include "session/catalogue_page.h"
#include "session/profile.h"
#include "session/rule.h"

static const char *kind_words(enum param_kind kind)
{
    switch (kind) {
    case PARAM_COUNT: return "a number or a range";
    case PARAM_DECIMAL: return "a number with decimals or a range";
    case PARAM_TIME: return "a time or a range";
    case PARAM_SIZE: return "a size or a range";
    case PARAM_RATE: return "a rate or a range";
    case PARAM_TEXT: return "a text, in which {...} is expanded";
    case PARAM_LITERAL: return "a text, as it stands";
    case PARAM_NAMES: return "names, separated by commas";
    case PARAM_WORD: return "one of ";
    case PARAM_PATTERN: return "a pattern, /.../";
    }
    return "";
}

static bool is_number(enum param_kind kind)
{
    return kind == PARAM_COUNT || kind == PARAM_DECIMAL || kind == PARAM_TIME ||
           kind == PARAM_SIZE || kind == PARAM_RATE;
}

static void add_limits(const struct param *param, struct text *out)
{
    text_add(out, SPAN(", from "));
    param_format(param, param->min, out);
    if (param->max == 0)
        return;
    text_add(out, SPAN(" to "));
    param_format(param, param->max, out);
}

static void add_default(const struct param *param, struct text *out)
{
    if (param->required) {
        text_add(out, SPAN("; must be given"));
        return;
    }
    if (param->optional ||
        (!is_number(param->kind) && param->kind != PARAM_WORD && !param->preset_text))
        return;
    text_add(out, SPAN("; default "));
    if (param->preset_text)
        text_addf(out, "\"%s\"", param->preset_text);
    else
        param_format(param, param->preset, out);
}

static void add_param(struct page *page, const struct param *param)
{
    struct text term = { 0 };
    struct text words = { 0 };
    text_addf(&term, "%s=", param->name);
    text_addf(&words, "%s; %s", param->what, kind_words(param->kind));
    if (param->kind == PARAM_WORD)
        text_addf(&words, "%s", param->choices);
    if (is_number(param->kind))
        add_limits(param, &words);
    add_default(param, &words);
    page_item(page, text_string(&term), text_span(&words));
    text_deinit(&term);
    text_deinit(&words);
}

static void add_params(struct page *page, const struct mutator *mutator)
{
    page_heading(page, "Parameters");
    for (size_t i = 0; i < mutator->param_count; i++)
        add_param(page, &mutator->params[i]);
    page_gap(page);
}

static bool rule_uses(struct span line, const struct mutator *mutator)
{
    struct rule rule;
    struct text error = { 0 };
    bool uses = false;
    /* Most rules do not name it at all: they need not be read. */
    if (span_search(line, span_of(mutator->name)) == line.len)
        return false;
    if (rule_parse(&rule, line, (struct place){ 0 }, &error)) {
        uses = rule.mutator == mutator;
        rule_deinit(&rule);
    }
    text_deinit(&error);
    return uses;
}

static bool profile_uses(const char *slug, const struct mutator *mutator)
{
    struct span rest;
    struct profile_line line;
    size_t number = 0;
    profile_builtin(span_of(slug), &rest);
    while (profile_next(&rest, &number, &line))
        if (line.kind == PROFILE_RULE && rule_uses(line.text, mutator))
            return true;
    return false;
}

static void add_profiles(struct page *page, const struct mutator *mutator)
{
    struct text users = { 0 };
    const char *slug;
    for (size_t i = 0; (slug = profile_builtin_name(i)); i++)
        if (profile_uses(slug, mutator))
            text_addf(&users, "%s%s", users.len ? ", " : "", slug);
    if (users.len > 0)
        page_item(page, "profiles", text_span(&users));
    text_deinit(&users);
}

static const char *directions_words(enum mutator_directions directions)
{
    switch (directions) {
    case ONLY_TO_SERVER: return "to server";
    case ONLY_TO_CLIENT: return "to client";
    case BOTH_WAYS: return "to server, to client";
    }
    return "";
}

static void add_facts(struct page *page, const struct mutator *mutator)
{
    struct text events = { 0 };
    catalogue_add_events(mutator->wants, &events);
    page_item(page, "family", span_of(mutator->family));
    page_item(page, "events", text_span(&events));
    page_item(page, "directions", span_of(directions_words(mutator->directions)));
    page_item(page, "bends", span_of(mutator->clause));
    add_profiles(page, mutator);
    page_gap(page);
    text_deinit(&events);
}

void catalogue_mutator(struct page *page, size_t level, const struct mutator *mutator)
{
    page_title(page, level, mutator->name, "a mutator");
    page_paragraphs(page, span_of(mutator->summary));
    page_paragraphs(page, span_of(mutator->detail));
    add_facts(page, mutator);
    if (mutator->param_count > 0)
        add_params(page, mutator);
    page_heading(page, "Example");
    page_code(page, span_of(mutator->example));
}
