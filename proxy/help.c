/* help: see help.h. */
#include "proxy/help.h"

#include <stdio.h>

#include "proxy/commands.h"
#include "proxy/option_value.h"

#define COLUMNS 79
#define HELP_COLUMN 26

const char program_description[] =
    "An SMTP proxy that is an invisible wire until told otherwise, and then does to the mail, on "
    "purpose and repeatably, what firewalls, scanners, tarpits, greylists and bad networks do to "
    "it "
    "by accident.";

static void add_part(struct text *out, const char *part)
{
    text_addf(out, "%s%s", out->len ? ", " : "", part);
}

static void add_limits(const struct option_row *row, struct text *out)
{
    if (!row->max && !row->min)
        return;
    add_part(out, row->max ? "" : "at least ");
    option_value_format(row, row->min, out);
    if (row->max) {
        text_add(out, SPAN(" to "));
        option_value_format(row, row->max, out);
    }
}

void help_add_bounds(const struct option_row *row, struct text *out)
{
    struct text bounds = { 0 };
    if (row->preset) {
        add_part(&bounds, "default ");
        text_add(&bounds, span_of(row->preset));
    }
    add_limits(row, &bounds);
    if (row->repeatable)
        add_part(&bounds, "repeatable");
    if (row->required)
        add_part(&bounds, "required");
    text_add(out, text_span(&bounds));
    text_deinit(&bounds);
}

/* Writes text from the current column on, words wrapped, further lines indented. */
static void print_wrapped(struct span text, int column, int indent)
{
    bool is_first = true;
    while (text.len) {
        struct cut word = span_cut(text, ' ');
        int width = (int)word.before.len;
        if (!is_first && column + 1 + width > COLUMNS) {
            printf("\n%*s", indent, "");
            column = indent;
        } else if (!is_first) {
            putchar(' ');
            column++;
        }
        printf("%.*s", width, (const char *)word.before.ptr);
        column += width;
        is_first = false;
        text = word.after;
    }
    putchar('\n');
}

/* Paragraphs are parted by empty lines; the lines within are only how the source is written. */
static void print_paragraphs(const char *paragraphs)
{
    struct span rest = span_of(paragraphs);
    while (rest.len) {
        size_t end = span_search(rest, SPAN("\n\n"));
        putchar('\n');
        print_wrapped(span_take(rest, end), 0, 0);
        rest = span_drop(rest, end + 2);
    }
}

void help_print_program(void)
{
    printf("usage: smtpchaos COMMAND [OPTION]…\n");
    print_paragraphs(program_description);
    printf("\nCommands:\n");
    for (size_t i = 0; i < command_count; i++)
        printf("  %-10s %s\n", commands[i].word, commands[i].what);
    print_paragraphs(
        "`smtpchaos COMMAND --help` tells more about each. `smtpchaos --version` tells "
        "which smtpchaos this is.");
}

static void print_row(const struct option_row *row)
{
    struct text help = { 0 };
    int column =
        printf("  --%s%s%s", row->name, row->value ? " " : "", row->value ? row->value : "");
    if (column > HELP_COLUMN - 2) {
        putchar('\n');
        column = 0;
    }
    printf("%*s", HELP_COLUMN - column, "");
    text_add(&help, span_of(row->help));
    text_add(&help, SPAN(" ("));
    size_t before = help.len;
    help_add_bounds(row, &help);
    bool has_bounds = help.len > before;
    text_add(&help, SPAN(")"));
    print_wrapped(has_bounds ? text_span(&help) : span_of(row->help), HELP_COLUMN, HELP_COLUMN);
    text_deinit(&help);
}

static void print_rows(const struct usage *usage)
{
    static const struct option_row help = { .name = "help", .help = "shows this" };
    printf("\nOptions:\n");
    for (size_t i = 0; i < usage->row_count; i++)
        print_row(&usage->rows[i]);
    print_row(&help);
}

void help_print(const struct usage *usage)
{
    printf("usage: smtpchaos %s%s%s%s\n\n", usage->name, usage->row_count ? " [OPTION]…" : "",
           usage->operands ? " " : "", usage->operands ? usage->operands : "");
    printf("%s\n", usage->summary);
    if (usage->detail)
        print_paragraphs(usage->detail);
    print_rows(usage);
    if (usage->examples)
        printf("\nExamples:\n%s", usage->examples);
}
