/* config: see config.h. */
#include "proxy/config.h"

#include "base/limits.h"
#include "proxy/complain.h"
#include "proxy/exits.h"
#include "proxy/file.h"

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

static struct span without_comment(struct span line)
{
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] == '#' && (i == 0 || is_blank(line.ptr[i - 1])))
            return span_take(line, i);
    }
    return line;
}

/* Parts `name value` and `name = value`. */
static struct cut cut_line(struct span line)
{
    size_t end = 0;
    while (end < line.len && !is_blank(line.ptr[end]) && line.ptr[end] != '=')
        end++;
    struct cut cut = { .before = span_take(line, end), .after = span_trim(span_drop(line, end)) };
    if (span_starts(cut.after, SPAN("=")))
        cut.after = span_trim(span_drop(cut.after, 1));
    cut.found = cut.after.len > 0;
    return cut;
}

static bool take_line(struct options *options, struct span line, struct place place,
                      struct text *error)
{
    struct cut cut = cut_line(span_trim(without_comment(line)));
    if (!cut.before.len && !cut.found)
        return true;
    const struct option_row *row = options_find_row(options->usage, cut.before);
    if (row && row->kind == OPTION_CONFIG) {
        text_addf(error, "%s cannot stand in a configuration file", row->name);
        return false;
    }
    if (row && row->is_rule)
        cut = cut_line(span_trim(line));
    place.column = cut.found ? (size_t)(cut.after.ptr - line.ptr) + 1 : 0;
    return options_take(options, cut.before, cut.found ? &cut.after : NULL, place, error);
}

bool config_take(struct options *options, const char *file, struct span text, struct text *errors)
{
    struct place place = { .file = options_keep_file(options, file) };
    struct text error = { 0 };
    bool fine = true;
    while (text.len) {
        struct span line = span_take(text, span_find(text, '\n') + 1);
        text = span_drop(text, line.len);
        place.line++;
        text_clear(&error);
        if (take_line(options, span_chomp(line), place, &error))
            continue;
        fine = false;
        place_add(&place, errors);
        text_add(errors, text_span(&error));
        text_add_byte(errors, '\n');
    }
    text_deinit(&error);
    return fine;
}

int config_read(struct options *options, const char *file)
{
    struct text text = { .max = CONFIG_SIZE_MAX };
    struct text errors = { 0 };
    int status = file_read(file, &text);
    if (status == 0 && !config_take(options, file, text_span(&text), &errors))
        status = EX_CONFIG;
    complain_lines(text_span(&errors));
    text_deinit(&errors);
    text_deinit(&text);
    return status;
}
