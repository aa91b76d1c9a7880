/* options: see options.h. */
#include "proxy/options.h"

#include <stdlib.h>
#include <string.h>

#include "base/check.h"
#include "base/nearest.h"
#include "proxy/complain.h"
#include "proxy/config.h"
#include "proxy/exits.h"
#include "proxy/help.h"
#include "proxy/manual.h"
#include "proxy/option_value.h"

static char *string_copy(struct span text)
{
    char *copy = malloc(text.len + 1);
    check(copy != NULL);
    if (text.len)
        memcpy(copy, text.ptr, text.len);
    copy[text.len] = 0;
    return copy;
}

/* Makes room for one element more; all arrays here grow by hand and stay small. */
static void *grown(void *array, size_t count, size_t size)
{
    array = realloc(array, (count + 1) * size);
    check(array != NULL);
    return array;
}

static const struct option_row *row_of(const struct options *options, size_t row)
{
    check(row < options->usage->row_count);
    return &options->usage->rows[row];
}

const struct option_row *options_find_row(const struct usage *usage, struct span name)
{
    for (size_t i = 0; i < usage->row_count; i++) {
        if (span_equal(name, span_of(usage->rows[i].name)))
            return &usage->rows[i];
    }
    return NULL;
}

const char *options_keep_file(struct options *options, const char *file)
{
    options->files = grown(options->files, options->file_count, sizeof *options->files);
    options->files[options->file_count] = string_copy(span_of(file));
    return options->files[options->file_count++];
}

static void add_value(struct options *options, struct option_value value)
{
    options->values = grown(options->values, options->count, sizeof *options->values);
    options->values[options->count++] = value;
}

static bool refuse_unknown(const struct usage *usage, struct span name, const char *dashes,
                           struct text *error)
{
    struct nearest nearest = nearest_begin(name);
    for (size_t i = 0; i < usage->row_count; i++)
        nearest_try(&nearest, span_of(usage->rows[i].name));
    nearest_try(&nearest, SPAN("help"));
    text_addf(error, "unknown option %s", dashes);
    text_add_escaped(error, name);
    if (nearest.best.len) {
        text_addf(error, "; did you mean %s", dashes);
        text_add(error, nearest.best);
        text_add_byte(error, '?');
    }
    return false;
}

bool options_take(struct options *options, struct span name, const struct span *value,
                  struct place place, struct text *error)
{
    const char *dashes = place.file ? "" : "--";
    const struct option_row *row = options_find_row(options->usage, name);
    if (!row)
        return refuse_unknown(options->usage, name, dashes, error);
    if (!value && row->kind != OPTION_FLAG) {
        text_addf(error, "%s%s needs a value: %s", dashes, row->name, row->value);
        return false;
    }
    struct span text = value ? *value : SPAN("yes");
    struct option_value taken = { .row = (size_t)(row - options->usage->rows), .place = place };
    text_add(error, span_of(dashes));
    if (!option_value_parse(row, text, &taken, error))
        return false;
    text_clear(error);
    taken.text = string_copy(text);
    add_value(options, taken);
    return true;
}

/* Takes the argument at *at, and the one behind it when that is its value. */
static int take_argument(struct options *options, int argc, char **argv, int *at)
{
    struct cut cut = span_cut(span_of(argv[*at] + 2), '=');
    const struct option_row *row = options_find_row(options->usage, cut.before);
    struct span value = cut.after;
    if (row && row->kind != OPTION_FLAG && !cut.found && *at + 1 < argc) {
        value = span_of(argv[++*at]);
        cut.found = true;
    }
    struct text error = { 0 };
    struct place place = { 0 };
    bool fine = options_take(options, cut.before, cut.found ? &value : NULL, place, &error);
    if (!fine)
        complain("%s", text_string(&error));
    text_deinit(&error);
    if (!fine)
        return EX_USAGE;
    const struct option_value *taken = &options->values[options->count - 1];
    bool is_config = row_of(options, taken->row)->kind == OPTION_CONFIG;
    return is_config ? config_read(options, taken->text) : 0;
}

static void take_operand(struct options *options, char *operand)
{
    options->operands = grown(options->operands, options->operand_count, sizeof(char *));
    options->operands[options->operand_count++] = operand;
}

static int take_arguments(struct options *options, int argc, char **argv)
{
    bool only_operands = false;
    for (int at = 1; at < argc; at++) {
        int status = 0;
        if (only_operands || argv[at][0] != '-' || argv[at][1] == 0)
            take_operand(options, argv[at]);
        else if (strcmp(argv[at], "--") == 0)
            only_operands = true;
        else if (argv[at][1] == '-')
            status = take_argument(options, argc, argv, &at);
        else {
            complain("unknown option %s; options are words, such as --help", argv[at]);
            status = EX_USAGE;
        }
        if (status)
            return status;
    }
    return 0;
}

static void take_presets(struct options *options)
{
    for (size_t row = 0; row < options->usage->row_count; row++) {
        const struct option_row *described = row_of(options, row);
        if (!described->preset || options_value(options, row))
            continue;
        struct text error = { 0 };
        struct option_value value = { .row = row, .is_preset = true };
        check(option_value_parse(described, span_of(described->preset), &value, &error));
        text_deinit(&error);
        value.text = string_copy(span_of(described->preset));
        add_value(options, value);
    }
}

static bool is_complete(const struct options *options)
{
    const struct usage *usage = options->usage;
    for (size_t row = 0; row < usage->row_count; row++) {
        if (usage->rows[row].required && !options_value(options, row)) {
            complain("%s needs --%s %s", usage->name, usage->rows[row].name,
                     usage->rows[row].value);
            return false;
        }
    }
    if (options->operand_count > usage->operands_max)
        complain("%s: \"%s\" is one argument too many", usage->name,
                 options->operands[usage->operands_max]);
    else if (options->operand_count < usage->operands_min)
        complain("%s needs %s", usage->name, usage->operands);
    else
        return true;
    return false;
}

/* --help and --manual come before everything else, whatever is wrong with the rest. */
static bool is_answered(const struct usage *usage, int argc, char **argv)
{
    for (int at = 1; at < argc && strcmp(argv[at], "--") != 0; at++) {
        bool help = strcmp(argv[at], "--help") == 0 || strcmp(argv[at], "-h") == 0;
        if (help)
            help_print(usage);
        else if (strcmp(argv[at], "--manual") == 0)
            manual_print_command(usage);
        else
            continue;
        return true;
    }
    return false;
}

bool options_parse(struct options *options, const struct usage *usage, int argc, char **argv,
                   int *status)
{
    *options = (struct options){ .usage = usage };
    *status = 0;
    if (is_answered(usage, argc, argv))
        return false;
    *status = take_arguments(options, argc, argv);
    if (!*status && !is_complete(options))
        *status = EX_USAGE;
    if (!*status) {
        take_presets(options);
        return true;
    }
    options_deinit(options);
    return false;
}

void options_deinit(struct options *options)
{
    for (size_t i = 0; i < options->count; i++)
        free(options->values[i].text);
    for (size_t i = 0; i < options->file_count; i++)
        free(options->files[i]);
    free(options->values);
    free(options->operands);
    free(options->files);
    *options = (struct options){ 0 };
}

/* How much a value weighs against others of its row. */
static int rank_of(const struct option_value *value)
{
    if (value->is_preset)
        return 1;
    return value->place.file ? 2 : 3;
}

const struct option_value *options_value(const struct options *options, size_t row)
{
    const struct option_value *best = NULL;
    for (size_t i = 0; i < options->count; i++) {
        const struct option_value *value = &options->values[i];
        if (value->row == row && (!best || rank_of(value) >= rank_of(best)))
            best = value;
    }
    return best;
}

uint64_t options_number(const struct options *options, size_t row)
{
    const struct option_value *value = options_value(options, row);
    return value ? value->number : 0;
}

bool options_flag(const struct options *options, size_t row)
{
    return options_number(options, row) != 0;
}

const char *options_text(const struct options *options, size_t row)
{
    const struct option_value *value = options_value(options, row);
    return value ? value->text : NULL;
}

const struct address *options_address(const struct options *options, size_t row)
{
    const struct option_value *value = options_value(options, row);
    return value ? &value->address : NULL;
}

bool options_given(const struct options *options, size_t row)
{
    const struct option_value *value = options_value(options, row);
    return value && !value->is_preset;
}

const struct option_value *options_next(const struct options *options, size_t row,
                                        const struct option_value *before)
{
    size_t i = before ? (size_t)(before - options->values) + 1 : 0;
    for (; i < options->count; i++) {
        if (options->values[i].row == row)
            return &options->values[i];
    }
    return NULL;
}

/* Words that a shell would not take as they stand get quotes. */
static void add_quoted(struct text *out, struct span word)
{
    static const char plain[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789%+,-./:=@_";
    bool is_plain = word.len > 0;
    for (size_t i = 0; i < word.len; i++)
        is_plain = is_plain && memchr(plain, word.ptr[i], sizeof plain - 1);
    if (is_plain) {
        text_add(out, word);
        return;
    }
    text_add_byte(out, '\'');
    for (size_t i = 0; i < word.len; i++)
        text_add(out, word.ptr[i] == '\'' ? SPAN("'\\''") : span_make(&word.ptr[i], 1));
    text_add_byte(out, '\'');
}

static void describe(const struct option_row *row, const struct option_value *value,
                     struct text *out)
{
    text_addf(out, "%s--%s", out->len ? " " : "", row->name);
    bool is_plain_flag = row->kind == OPTION_FLAG && value->number;
    if (is_plain_flag)
        return;
    text_add_byte(out, row->kind == OPTION_FLAG ? '=' : ' ');
    if (row->secret)
        text_add(out, SPAN("***"));
    else
        add_quoted(out, span_of(value->text));
}

void options_describe(const struct options *options, struct text *out)
{
    for (size_t i = 0; i < options->count; i++) {
        const struct option_value *value = &options->values[i];
        if (!value->is_preset)
            describe(row_of(options, value->row), value, out);
    }
}
