/* manual: see manual.h. */
#include "proxy/manual.h"

#include <stdio.h>

#include "base/version.h"
#include "proxy/commands.h"
#include "proxy/help.h"

/* Text for roff: backslashes and hyphens mean themselves, and a dot or quote that begins a line is
 * no request. */
static void put_text(struct span text)
{
    bool line_start = true;
    for (size_t i = 0; i < text.len; i++) {
        uint8_t byte = text.ptr[i];
        if (line_start && (byte == '.' || byte == '\''))
            fputs("\\&", stdout);
        if (byte == '\\')
            fputs("\\e", stdout);
        else if (byte == '-')
            fputs("\\-", stdout);
        else
            putchar(byte);
        line_start = byte == '\n';
    }
}

static void put_paragraphs(const char *paragraphs)
{
    struct span rest = span_of(paragraphs);
    while (rest.len) {
        size_t end = span_search(rest, SPAN("\n\n"));
        fputs(".PP\n", stdout);
        put_text(span_take(rest, end));
        putchar('\n');
        rest = span_drop(rest, end + 2);
    }
}

static void put_row(const struct option_row *row)
{
    struct text bounds = { 0 };
    fputs(".TP\n\\fB\\-\\-", stdout);
    put_text(span_of(row->name));
    fputs("\\fR", stdout);
    if (row->value)
        printf(" \\fI%s\\fR", row->value);
    putchar('\n');
    put_text(span_of(row->help));
    help_add_bounds(row, &bounds);
    if (bounds.len) {
        fputs(" (", stdout);
        put_text(text_span(&bounds));
        putchar(')');
    }
    putchar('\n');
    text_deinit(&bounds);
}

static void put_examples(const char *examples)
{
    fputs(".SH EXAMPLES\n.nf\n", stdout);
    put_text(span_of(examples));
    fputs(".fi\n", stdout);
}

static void put_exit_status(void)
{
    fputs(
        ".SH EXIT STATUS\n0 fine; 1 the verdict or check is negative; 64 a bad option or rule; "
        "65 a bad data file; 66 a missing file; 69 a port in use, a peer out of reach; 74 reading "
        "or writing failed; 78 a bad configuration file.\n",
        stdout);
}

void manual_print_command(const struct usage *usage)
{
    printf(".TH SMTPCHAOS\\-%s 1 \"\" \"smtpchaos %s\" \"User Commands\"\n", usage->name,
           SMTPCHAOS_VERSION);
    printf(".SH NAME\nsmtpchaos\\-%s \\- %s\n", usage->name, usage->summary);
    printf(".SH SYNOPSIS\n\\fBsmtpchaos %s\\fR%s", usage->name,
           usage->row_count ? " [\\fIOPTION\\fR]…" : "");
    printf("%s%s\n", usage->operands ? " " : "", usage->operands ? usage->operands : "");
    fputs(".SH DESCRIPTION\n", stdout);
    if (usage->detail)
        put_paragraphs(usage->detail);
    fputs(".SH OPTIONS\n", stdout);
    for (size_t i = 0; i < usage->row_count; i++)
        put_row(&usage->rows[i]);
    put_row(&(struct option_row){ .name = "help", .help = "shows a summary of this page" });
    if (usage->examples)
        put_examples(usage->examples);
    put_exit_status();
    fputs(".SH SEE ALSO\n.BR smtpchaos (1)\n", stdout);
}

static void put_commands(void)
{
    fputs(".SH COMMANDS\n", stdout);
    for (size_t i = 0; i < command_count; i++) {
        printf(".TP\n\\fB%s\\fR\n", commands[i].word);
        put_text(span_of(commands[i].what));
        printf("; see \\fBsmtpchaos\\-%s\\fR(1)\n", commands[i].word);
    }
}

void manual_print_program(void)
{
    printf(".TH SMTPCHAOS 1 \"\" \"smtpchaos %s\" \"User Commands\"\n", SMTPCHAOS_VERSION);
    fputs(".SH NAME\nsmtpchaos \\- an SMTP proxy that does harm on purpose and repeatably\n"
          ".SH SYNOPSIS\n\\fBsmtpchaos\\fR \\fICOMMAND\\fR [\\fIOPTION\\fR]…\n"
          ".SH DESCRIPTION\n",
          stdout);
    put_text(span_of(program_description));
    putchar('\n');
    put_commands();
    put_exit_status();
}
