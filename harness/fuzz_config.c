/* fuzz_config: text that is taken for a file of options, of every kind there is. Each line is taken
 * or refused in one line that names its place; what was taken lies within its bounds; the same text
 * comes to the same; and an address that was read is written and read again. */
#include <string.h>

#include "base/check.h"
#include "harness/entry.h"
#include "proxy/config.h"

#define INPUT_MAX 16384

enum { LISTEN, COUNT, TIME, SIZE, RATE, MODE, NAME, RULE, DRY_RUN, SECRET, CONFIG, ROWS };

static const struct option_row rows[] = {
    [LISTEN] = { .name = "listen",
                 .kind = OPTION_ADDRESS,
                 .value = "ADDR",
                 .repeatable = true,
                 .choices = "systemd",
                 .may_be_tls = true },
    [COUNT] = { .name = "count", .kind = OPTION_COUNT, .value = "N", .min = 1, .max = 9000 },
    [TIME] = { .name = "time", .kind = OPTION_TIME, .value = "TIME", .max = HOURS(1000) },
    [SIZE] = { .name = "size", .kind = OPTION_SIZE, .value = "SIZE", .min = 64, .max = 1 << 30 },
    [RATE] = { .name = "rate", .kind = OPTION_RATE, .value = "RATE", .min = 1 },
    [MODE] = { .name = "mode", .kind = OPTION_WORD, .value = "one|two", .choices = "one|two" },
    [NAME] = { .name = "name", .kind = OPTION_TEXT, .value = "TEXT" },
    [RULE] = { .name = "rule",
               .kind = OPTION_TEXT,
               .value = "LINE",
               .repeatable = true,
               .is_rule = true },
    [DRY_RUN] = { .name = "dry-run", .kind = OPTION_FLAG },
    [SECRET] = { .name = "password", .kind = OPTION_TEXT, .value = "TEXT", .secret = true },
    [CONFIG] = { .name = "config", .kind = OPTION_CONFIG, .value = "FILE" },
};

static const struct usage usage = { .name = "test", OPTION_TABLE(rows) };

static size_t count_lines(struct span text)
{
    size_t lines = text.len > 0 && text.ptr[text.len - 1] != '\n';
    for (size_t i = 0; i < text.len; i++)
        lines += text.ptr[i] == '\n';
    return lines;
}

/* Each begins with its place, and none has a byte that a terminal would act on. */
static void check_errors(struct span errors, size_t lines)
{
    check(count_lines(errors) <= lines);
    while (errors.len > 0) {
        struct cut line = span_cut(errors, '\n');
        check(line.found && span_starts(line.before, SPAN("a.conf:")));
        for (size_t i = 0; i < line.before.len; i++)
            check(line.before.ptr[i] >= ' ' && line.before.ptr[i] != 0x7f);
        errors = line.after;
    }
}

static void check_address(const struct address *address)
{
    struct text written = { 0 };
    struct text error = { 0 };
    struct address again;
    if (address_is_place(address)) {
        address_format(address, &written);
        check(address_parse(&again, text_span(&written), &error));
        check(address_equal(address, &again));
    }
    text_deinit(&written);
    text_deinit(&error);
}

static void check_value(const struct option_value *value, size_t lines)
{
    const struct option_row *row = &rows[value->row];
    check(value->row < ROWS && row->kind != OPTION_CONFIG && !value->is_preset);
    check(value->place.line >= 1 && value->place.line <= lines);
    check(value->text == NULL || strchr(value->text, '\n') == NULL);
    check(value->number >= row->min || value->number == 0 || row->kind == OPTION_FLAG);
    check(row->max == 0 || value->number <= row->max || value->number == NEVER);
    if (row->kind == OPTION_ADDRESS)
        check_address(&value->address);
}

static void take(struct span text, struct text *said, struct text *described)
{
    struct options options = { .usage = &usage };
    bool fine = config_take(&options, "a.conf", text, said);
    size_t lines = count_lines(text);
    check(fine == (said->len == 0));
    check(options.count <= lines);
    check_errors(text_span(said), lines);
    for (size_t i = 0; i < options.count; i++)
        check_value(&options.values[i], lines);
    options_describe(&options, described);
    options_deinit(&options);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct text said[2] = { { 0 }, { 0 } };
    struct text described[2] = { { 0 }, { 0 } };
    for (int i = 0; i < 2; i++)
        take(span_make(data, size < INPUT_MAX ? size : INPUT_MAX), &said[i], &described[i]);
    check(span_equal(text_span(&said[0]), text_span(&said[1])));
    check(span_equal(text_span(&described[0]), text_span(&described[1])));
    for (int i = 0; i < 2; i++) {
        text_deinit(&said[i]);
        text_deinit(&described[i]);
    }
    return 0;
}
