/* journal_example: entries of one made-up session, which the tests of the journal's formats change
 * to their needs. */
#ifndef SMTPCHAOS_TESTS_UNIT_JOURNAL_EXAMPLE_H
#define SMTPCHAOS_TESTS_UNIT_JOURNAL_EXAMPLE_H

#include "session/journal.h"

/* 2026-11-20T23:54:00.000001Z, session 0123456789abcdef, 192.0.2.1:40000 to 198.51.100.2:25. */
struct journal_entry example_entry(enum journal_event event);
/* A command line from the client, its third event. */
struct journal_entry example_command(enum verb verb, struct span line);
/* Rule 2 of greylist-variants, `to server command RCPT always answer reply="451 4.7.1 no"`. */
const struct rule *example_rule(void);
/* Rule 2 firing on `RCPT TO:<b@x.test>`, with the draws given. */
struct journal_entry example_firing(struct span parameters);

#endif
