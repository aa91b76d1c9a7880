/* profile_check: everything that is wrong with a profile, for its author; see profile.h. */
#include "base/limits.h"
#include "base/nearest.h"
#include "session/profile.h"
#include "session/rule.h"

/* What is known while the lines go by. */
struct inspection {
    const char *file;
    struct span text; /* the whole profile */
    struct text *errors;
    bool wrong;
    size_t rules;
};

static void begin_line(struct inspection *inspection)
{
    if (inspection->wrong)
        text_add_byte(inspection->errors, '\n');
    inspection->wrong = true;
}

/* Begins an error; what is wrong is to be added to the answer. */
static struct text *wrong(struct inspection *inspection, size_t line, size_t column)
{
    const struct place place = { inspection->file, line, column };
    begin_line(inspection);
    place_add(&place, inspection->errors);
    return inspection->errors;
}

static void inspect_rule(struct inspection *inspection, const struct profile_line *line)
{
    const struct place place = { inspection->file, line->number, line->column };
    struct text why = { 0 };
    struct rule rule;
    if (++inspection->rules == RULES_MAX + 1)
        text_addf(wrong(inspection, line->number, line->column), "more than %d rules", RULES_MAX);
    if (rule_parse(&rule, line->text, place, &why)) {
        rule_deinit(&rule);
    } else {
        begin_line(inspection);
        text_add(inspection->errors, text_span(&why));
    }
    text_deinit(&why);
}

/* Lower-case letters, digits, dots and hyphens, as variants are named behind `slug:`. */
static bool is_name(struct span name)
{
    for (size_t i = 0; i < name.len; i++) {
        uint8_t byte = name.ptr[i];
        if (!(byte >= 'a' && byte <= 'z') && !(byte >= '0' && byte <= '9') && byte != '-' &&
            byte != '.')
            return false;
    }
    return name.len > 0;
}

/* The line on which a variant of this name begins first. */
static size_t variant_line(struct span text, struct span name)
{
    struct profile_line line = { 0 };
    size_t number = 0;
    while (profile_next(&text, &number, &line))
        if (line.kind == PROFILE_VARIANT && span_equal(line.key, name))
            break;
    return line.number;
}

static void inspect_variant(struct inspection *inspection, const struct profile_line *line)
{
    if (!is_name(line->key)) {
        struct text *error = wrong(inspection, line->number, 1);
        text_add_quoted(error, line->key);
        text_add(error, SPAN(" is no name of a variant; write small letters, digits, - and ."));
    } else if (variant_line(inspection->text, line->key) != line->number) {
        struct text *error = wrong(inspection, line->number, 1);
        text_add(error, SPAN("there is a variant "));
        text_add_quoted(error, line->key);
        text_add(error, SPAN(" already"));
    }
}

/* A comment that nearly begins like a header line was meant to be one. */
static void inspect_comment(struct inspection *inspection, const struct profile_line *line)
{
    struct nearest nearest = nearest_begin(line->key);
    for (size_t i = 0; profile_headers[i]; i++)
        nearest_try(&nearest, span_of(profile_headers[i]));
    nearest_try(&nearest, SPAN("variant"));
    if (nearest.best.len == 0 || !is_name(line->key))
        return;
    struct text *error = wrong(inspection, line->number, line->column);
    text_add(error, SPAN("unknown header "));
    text_add_quoted(error, line->key);
    nearest_suggest(&nearest, error);
}

static void inspect_group(struct inspection *inspection, const struct profile_line *line)
{
    if (profile_group_named(line->text))
        return;
    struct text *error = wrong(inspection, line->number, line->column);
    struct nearest nearest = nearest_begin(line->text);
    text_add(error, SPAN("unknown group "));
    text_add_quoted(error, line->text);
    for (size_t i = 0; profile_groups[i].word; i++)
        nearest_try(&nearest, span_of(profile_groups[i].word));
    nearest_suggest(&nearest, error);
    for (size_t i = 0; nearest.best.len == 0 && profile_groups[i].word; i++)
        text_addf(error, "%s %s", i ? "," : "; known are", profile_groups[i].word);
}

static void inspect_header(struct inspection *inspection, const struct profile_line *line)
{
    if (line->text.len == 0)
        text_addf(wrong(inspection, line->number, line->column), "the text of %.*s is missing",
                  (int)line->key.len, (const char *)line->key.ptr);
    else if (span_equal(line->key, SPAN("group")))
        inspect_group(inspection, line);
}

static void inspect_line(struct inspection *inspection, const struct profile_line *line)
{
    switch (line->kind) {
    case PROFILE_BLANK: inspect_comment(inspection, line); break;
    case PROFILE_VARIANT: inspect_variant(inspection, line); break;
    case PROFILE_RULE: inspect_rule(inspection, line); break;
    case PROFILE_HEADER: inspect_header(inspection, line); break;
    }
}

bool profile_check(const char *file, struct span text, struct text *errors)
{
    struct inspection inspection = { .file = file, .text = text, .errors = errors };
    struct profile_line line;
    size_t number = 0;
    if (text.len > PROFILE_SIZE_MAX) {
        text_addf(wrong(&inspection, 0, 0), "larger than %d bytes", PROFILE_SIZE_MAX);
        return false;
    }
    while (profile_next(&text, &number, &line))
        inspect_line(&inspection, &line);
    if (inspection.rules == 0)
        text_add(wrong(&inspection, 0, 0), SPAN("the profile has no rules"));
    return !inspection.wrong;
}
