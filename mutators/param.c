/* param: see param.h. Numbers and words are read here, patterns and templates where they live. */
#include "mutators/param.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/instant.h"
#include "base/nearest.h"
#include "base/size.h"
#include "mutators/pattern.h"
#include "mutators/template.h"

static struct span owned_copy(struct span bytes)
{
    uint8_t *copy = malloc(bytes.len + 1);
    check(copy != NULL);
    if (bytes.len)
        memcpy(copy, bytes.ptr, bytes.len);
    copy[bytes.len] = 0;
    return span_make(copy, bytes.len);
}

/* -- numbers -------------------------------------------------------------------------------- */

/* `1.05` is 1050. */
static bool decimal_parse(struct span text, uint64_t *thousandths)
{
    struct cut parts = span_cut(text, '.');
    uint64_t whole, part = 0;
    if (!span_number(parts.before, &whole) || whole > UINT32_MAX || parts.after.len > 3)
        return false;
    if (parts.found && !span_number(parts.after, &part))
        return false;
    for (size_t i = parts.after.len; i < 3; i++)
        part *= 10;
    *thousandths = whole * 1000 + part;
    return true;
}

static bool number_parse(enum param_kind kind, struct span text, uint64_t *number)
{
    if (kind == PARAM_TIME)
        return duration_parse(text, number);
    if (kind == PARAM_DECIMAL)
        return decimal_parse(text, number);
    return kind == PARAM_COUNT ? span_number(text, number) : size_parse(text, number);
}

static struct span unit_of(struct span text)
{
    while (text.len && text.ptr[0] >= '0' && text.ptr[0] <= '9')
        text = span_drop(text, 1);
    return text;
}

/* In `200..900ms` the unit stands behind both. */
static bool low_parse(enum param_kind kind, struct span low, struct span high, uint64_t *number)
{
    if (low.len == 0 || unit_of(low).len > 0 || kind == PARAM_DECIMAL)
        return number_parse(kind, low, number);
    struct text both = { .max = 64 };
    text_add(&both, low);
    text_add(&both, unit_of(high));
    bool good = !both.cut && number_parse(kind, text_span(&both), number);
    text_deinit(&both);
    return good;
}

static bool range_parse(enum param_kind kind, struct span value, struct argument *argument)
{
    size_t dots = span_search(value, SPAN(".."));
    struct span low = span_take(value, dots);
    struct span high = dots < value.len ? span_drop(value, dots + 2) : low;
    if (kind == PARAM_RATE && !span_ends(high, SPAN("/s")))
        return false;
    if (kind == PARAM_RATE && span_ends(low, SPAN("/s")))
        low = span_drop_last(low, 2);
    if (kind == PARAM_RATE)
        high = span_drop_last(high, 2);
    return number_parse(kind, high, &argument->high) && low_parse(kind, low, high, &argument->low);
}

static const char *number_hint(enum param_kind kind, struct span value)
{
    bool bare = value.len > 0 && unit_of(span_take(value, 1)).len == 0 &&
                unit_of(span_drop(value, value.len - 1)).len == 0;
    if (kind == PARAM_TIME)
        return bare ? " has no unit; write 5s or 5ms"
                    : " is not a time; write 5s, 400ms or 200ms..900ms";
    if (kind == PARAM_SIZE)
        return " is not a size; write 512B, 2KB or 1MiB";
    if (kind == PARAM_RATE)
        return " is not a rate; write 2KB/s";
    return " is not a number";
}

static uint64_t upper_bound(const struct param *param)
{
    return param->max ? param->max : UINT64_MAX;
}

static bool range_check(const struct param *param, struct span value,
                        const struct argument *argument, struct text *error)
{
    bool endless = param->kind == PARAM_TIME && argument->high == NEVER;
    bool backwards = argument->low > argument->high;
    if (!backwards && argument->low >= param->min && argument->high <= upper_bound(param) &&
        (!endless || argument->low == NEVER))
        return true;
    text_addf(error, "%s: ", param->name);
    text_add_quoted(error, value);
    if (backwards) {
        text_add(error, SPAN(" runs backwards; the smaller number stands first"));
    } else if (endless && argument->low != NEVER && upper_bound(param) == NEVER) {
        text_add(error, SPAN(" is no range to draw from; forever stands alone"));
    } else {
        text_add(error, SPAN(" is out of range; the least is "));
        param_format(param, param->min, error);
        if (upper_bound(param) != UINT64_MAX) {
            text_add(error, SPAN(", the most is "));
            param_format(param, upper_bound(param), error);
        }
    }
    return false;
}

/* -- words ---------------------------------------------------------------------------------- */

static bool word_read(const struct param *param, struct span value, struct argument *argument,
                      struct text *error)
{
    struct nearest nearest = nearest_begin(value);
    struct cut choice = span_cut(span_of(param->choices), '|');
    for (uint64_t i = 0;; i++, choice = span_cut(choice.after, '|')) {
        argument->low = argument->high = i;
        if (span_equal(choice.before, value))
            return true;
        nearest_try(&nearest, choice.before);
        if (!choice.found)
            break;
    }
    text_addf(error, "%s: ", param->name);
    text_add_quoted(error, value);
    text_addf(error, " is none of %s", param->choices);
    nearest_suggest(&nearest, error);
    return false;
}

static bool names_read(const struct param *param, struct span value, struct argument *argument,
                       struct text *error)
{
    struct cut name = { .after = value, .found = true };
    while (name.found) {
        name = span_cut(name.after, ',');
        if (span_trim(name.before).len == 0) {
            text_addf(error, "%s: a name is missing in ", param->name);
            text_add_quoted(error, value);
            return false;
        }
    }
    argument->text = owned_copy(value);
    return true;
}

/* -- texts ---------------------------------------------------------------------------------- */

static bool template_read(const struct param *param, struct span value, struct argument *argument,
                          struct text *error)
{
    struct span unknown;
    if (template_check(value, &unknown)) {
        argument->text = owned_copy(value);
        return true;
    }
    struct nearest nearest = nearest_begin(unknown);
    for (size_t i = 0; template_name(i, NULL); i++)
        nearest_try(&nearest, span_of(template_name(i, NULL)));
    text_addf(error, "%s: unknown name {", param->name);
    text_add_escaped(error, span_take(unknown, TEXT_QUOTED_MAX));
    text_add_byte(error, '}');
    if (nearest.best.len)
        text_addf(error, "; did you mean {%s}?", (const char *)nearest.best.ptr);
    else
        text_add(error, SPAN("; braces themselves are written {{ and }}"));
    return false;
}

/* `{match.1}`: the number is read when the rule hits. */
static bool number_is_said_later(const struct param *param, struct span value,
                                 struct argument *argument, struct text *error)
{
    argument->low = argument->high = param->preset;
    return template_read(param, value, argument, error);
}

static bool number_read(const struct param *param, struct span value, struct argument *argument,
                        struct text *error)
{
    if (span_starts(value, SPAN("{")))
        return number_is_said_later(param, value, argument, error);
    if (range_parse(param->kind, value, argument))
        return range_check(param, value, argument, error);
    text_addf(error, "%s: ", param->name);
    text_add_quoted(error, value);
    text_add(error, span_of(number_hint(param->kind, value)));
    return false;
}

/* `/` within a pattern is written `\/`, which PCRE2 itself takes for `/`. */
static bool pattern_strip(struct span value, bool quoted, struct span *source)
{
    bool slashed = value.len >= 2 && value.ptr[0] == '/' && value.ptr[value.len - 1] == '/';
    *source = slashed ? span_drop_last(span_drop(value, 1), 1) : value;
    return slashed || quoted;
}

static bool pattern_read(const struct param *param, struct span value, bool quoted,
                         struct argument *argument, struct text *error)
{
    struct span source;
    size_t before = error->len;
    text_addf(error, "%s: ", param->name);
    if (!pattern_strip(value, quoted, &source)) {
        text_add_quoted(error, value);
        text_add(error, SPAN(" is no pattern; write /.../, or /(?i).../ to ignore case"));
        return false;
    }
    argument->pattern = pattern_new(source, error);
    if (!argument->pattern)
        return false;
    error->len = before;
    argument->text = owned_copy(source);
    return true;
}

/* -- all of them ---------------------------------------------------------------------------- */

static bool value_read(const struct param *param, struct span value, bool quoted,
                       struct argument *argument, struct text *error)
{
    switch (param->kind) {
    case PARAM_COUNT:
    case PARAM_DECIMAL:
    case PARAM_TIME:
    case PARAM_SIZE:
    case PARAM_RATE: return number_read(param, value, argument, error);
    case PARAM_TEXT: return template_read(param, value, argument, error);
    case PARAM_LITERAL: argument->text = owned_copy(value); return true;
    case PARAM_NAMES: return names_read(param, value, argument, error);
    case PARAM_WORD: return word_read(param, value, argument, error);
    case PARAM_PATTERN: return pattern_read(param, value, quoted, argument, error);
    }
    return false;
}

bool param_parse(const struct param *param, struct span value, bool quoted,
                 struct argument *argument, struct text *error)
{
    *argument = (struct argument){ .given = true };
    return value_read(param, value, quoted, argument, error);
}

uint64_t param_value(const struct param *param, struct span value)
{
    struct argument argument = { 0 };
    if (!range_parse(param->kind, value, &argument) || argument.low != argument.high)
        return param->preset;
    if (argument.low < param->min)
        return param->min;
    return argument.low < upper_bound(param) ? argument.low : upper_bound(param);
}

void param_preset(const struct param *param, struct argument *argument)
{
    struct text error = { 0 };
    *argument = (struct argument){ .low = param->preset, .high = param->preset };
    if (param->preset_text && param->kind == PARAM_PATTERN)
        check(pattern_read(param, span_of(param->preset_text), true, argument, &error));
    else if (param->preset_text)
        argument->text = owned_copy(span_of(param->preset_text));
    text_deinit(&error);
}

void argument_deinit(struct argument *argument)
{
    free((void *)argument->text.ptr);
    pattern_free(argument->pattern);
    *argument = (struct argument){ 0 };
}

static void choice_add(const char *choices, uint64_t nth, struct text *out)
{
    struct cut choice = span_cut(span_of(choices), '|');
    while (nth-- > 0)
        choice = span_cut(choice.after, '|');
    text_add(out, choice.before);
}

void param_format(const struct param *param, uint64_t drawn, struct text *out)
{
    char text[DURATION_TEXT_SIZE > SIZE_TEXT_SIZE ? DURATION_TEXT_SIZE : SIZE_TEXT_SIZE];
    switch (param->kind) {
    case PARAM_COUNT: text_addf(out, "%" PRIu64, drawn); break;
    case PARAM_DECIMAL:
        text_addf(out, "%" PRIu64 ".%03" PRIu64, drawn / 1000, drawn % 1000);
        while (span_ends(text_span(out), SPAN("0")))
            out->len--;
        if (span_ends(text_span(out), SPAN(".")))
            out->len--;
        break;
    case PARAM_TIME:
        duration_format(drawn, text);
        text_add(out, span_of(text));
        break;
    case PARAM_SIZE:
    case PARAM_RATE:
        size_format(drawn, text);
        text_addf(out, param->kind == PARAM_RATE ? "%s/s" : "%s", text);
        break;
    case PARAM_WORD: choice_add(param->choices, drawn, out); break;
    case PARAM_TEXT:
    case PARAM_LITERAL:
    case PARAM_NAMES:
    case PARAM_PATTERN: break;
    }
}
