/* help: what `--help` says, made from a command's struct usage; manual pages are manual.h's. */
#ifndef SMTPCHAOS_PROXY_HELP_H
#define SMTPCHAOS_PROXY_HELP_H

#include "proxy/options.h"

/* What smtpchaos is, in a sentence. */
extern const char program_description[];

/* Writes the program's help to stdout: all commands. */
void help_print_program(void);
/* Writes the command's help to stdout, for a terminal of 80 columns. */
void help_print(const struct usage *usage);
/* Adds what the row says about its default and its bounds: "default 1, 1 to 64, repeatable". */
void help_add_bounds(const struct option_row *row, struct text *out);

#endif
