/* help: what `--help` and the manual pages say, made from a command's struct usage. */
#ifndef SMTPCHAOS_PROXY_HELP_H
#define SMTPCHAOS_PROXY_HELP_H

#include "proxy/options.h"

/* Writes the command's help to stdout, for a terminal of 80 columns. */
void help_print(const struct usage *usage);
/* Writes the command's manual page to stdout, as man(7) wants it. */
void help_print_manual(const struct usage *usage);
/* Adds what the row says about its default and its bounds: "default 1, 1 to 64, repeatable". */
void help_add_bounds(const struct option_row *row, struct text *out);

#endif
