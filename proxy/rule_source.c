/* rule_source: see rule_source.h. */
#include "proxy/rule_source.h"

#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"
#include "session/profile.h"

/* What is wrong with the value itself: where it was written decides whose mistake it is. */
static int misused(const struct option_value *value)
{
    return value->place.file ? EX_CONFIG : EX_USAGE;
}

static int add_rule(struct rule_set *set, const struct option_value *value, size_t nth)
{
    struct text error = { 0 };
    struct place place = value->place;
    if (!place.file)
        place = (struct place){ .file = "--rule", .line = nth, .column = 1 };
    bool fine = rule_set_add_line(set, span_of(value->text), place, &error);
    if (!fine)
        complain("%s", text_string(&error));
    text_deinit(&error);
    return fine ? 0 : misused(value);
}

/* A profile as --profile names it. */
struct profile_source {
    struct text name; /* what the journal calls it */
    struct text file; /* what messages call it */
    struct span variant;
    struct text text;
    struct span builtin; /* its text, when it is built in */
};

static void source_deinit(struct profile_source *source)
{
    text_deinit(&source->name);
    text_deinit(&source->file);
    text_deinit(&source->text);
}

static struct cut cut_last(struct span text, uint8_t separator)
{
    size_t at = text.len;
    while (at && text.ptr[at - 1] != separator)
        at--;
    if (!at)
        return (struct cut){ .before = text };
    return (struct cut){ span_take(text, at - 1), span_drop(text, at), true };
}

static bool has_extension(struct span path)
{
    return span_ends(path, SPAN(".profile"));
}

static bool is_path(struct span given)
{
    return span_find(given, '/') < given.len || has_extension(given) ||
           has_extension(cut_last(given, ':').before);
}

/* The profile's name is the file's, without folder and extension. */
static void name_after_file(struct profile_source *source, struct span path)
{
    struct cut cut = cut_last(path, '/');
    struct span name = cut.found ? cut.after : cut.before;
    text_add(&source->file, path);
    text_add(&source->name, has_extension(name) ? span_drop_last(name, 8) : name);
}

static int source_from_file(struct profile_source *source, const char *given)
{
    struct cut cut = cut_last(span_of(given), ':');
    bool is_whole = !cut.found || access(given, F_OK) == 0;
    name_after_file(source, is_whole ? span_of(given) : cut.before);
    source->variant = is_whole ? (struct span){ 0 } : cut.after;
    source->text.max = PROFILE_SIZE_MAX;
    return file_read(text_string(&source->file), &source->text);
}

static bool source_from_builtin(struct profile_source *source, struct span given)
{
    struct cut cut = span_cut(given, ':');
    if (!profile_builtin(cut.before, &source->builtin))
        return false;
    text_add(&source->name, cut.before);
    text_add(&source->file, cut.before);
    source->variant = cut.after;
    return true;
}

static int refuse_unknown(const struct option_value *value)
{
    struct text error = { 0 };
    struct span slug = span_cut(span_of(value->text), ':').before;
    const char *nearest = profile_nearest(slug);
    if (value->place.file)
        place_add(&value->place, &error);
    text_addf(&error, "no profile is called \"%s\"", value->text);
    if (nearest)
        text_addf(&error, "; did you mean \"%s\"?", nearest);
    complain("%s", text_string(&error));
    text_deinit(&error);
    return misused(value);
}

static int source_find(struct profile_source *source, const struct option_value *value)
{
    struct span given = span_of(value->text);
    if (!is_path(given) && source_from_builtin(source, given))
        return 0;
    if (is_path(given) || access(value->text, F_OK) == 0)
        return source_from_file(source, value->text);
    return refuse_unknown(value);
}

/* Its text first, so that the mistakes of a file and of its mention can be told apart. */
static int add_source(struct rule_set *set, struct profile_source *source,
                      const struct option_value *value)
{
    struct text error = { 0 };
    struct span text = source->builtin.len ? source->builtin : text_span(&source->text);
    const char *file = text_string(&source->file);
    int status = 0;
    if (!profile_check(file, text, &error))
        status = EX_DATAERR;
    else if (!rule_set_add_profile(set, text_string(&source->name), text, source->variant, file,
                                   &error))
        status = misused(value);
    complain_lines(text_span(&error));
    text_deinit(&error);
    return status;
}

static int add_profile(struct rule_set *set, const struct option_value *value)
{
    struct profile_source source = { 0 };
    int status = source_find(&source, value);
    if (status == 0)
        status = add_source(set, &source, value);
    source_deinit(&source);
    return status;
}

int rules_add(struct rule_set *set, const struct options *options, size_t rule_row,
              size_t profile_row)
{
    size_t nth = 0;
    int status = 0;
    for (size_t i = 0; i < options->count && status == 0; i++) {
        const struct option_value *value = &options->values[i];
        if (value->row == rule_row)
            status = add_rule(set, value, ++nth);
        else if (value->row == profile_row)
            status = add_profile(set, value);
    }
    return status;
}
