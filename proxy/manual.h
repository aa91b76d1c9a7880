/* manual: the manual pages, in the macros of man(7), from the same tables as --help. The build
 * writes them with the hidden option --manual (cmake/manual.cmake). */
#ifndef SMTPCHAOS_PROXY_MANUAL_H
#define SMTPCHAOS_PROXY_MANUAL_H

#include "proxy/options.h"

/* Writes the page of one command, smtpchaos-NAME(1), to stdout. */
void manual_print_command(const struct usage *usage);
/* Writes the page of the program, smtpchaos(1), to stdout. */
void manual_print_program(void);

#endif
