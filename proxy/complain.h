/* complain: what the program has to say to a person, on stderr, as one line `smtpchaos: …`. */
#ifndef SMTPCHAOS_PROXY_COMPLAIN_H
#define SMTPCHAOS_PROXY_COMPLAIN_H

#include "base/span.h"

/* Writes one line; the format has no newline. Lines of several threads do not mix. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Writes each line of a text that ends its lines itself. */
void complain_lines(struct span lines);

#endif
