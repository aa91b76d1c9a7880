/* rule_source: the rules of a run: what --rule and --profile name, in the order given, becomes a
 * rule set. Profiles are files or are built in. */
#ifndef SMTPCHAOS_PROXY_RULE_SOURCE_H
#define SMTPCHAOS_PROXY_RULE_SOURCE_H

#include "proxy/options.h"
#include "session/rule_set.h"

/* Adds the values of the two rows to `set`. Answers 0; or the exit status after one line on stderr
 * for the first thing that is wrong: EX_USAGE or EX_CONFIG for a rule or the name of a profile,
 * EX_NOINPUT for a file that is not there, EX_DATAERR for what is wrong within it. */
int rules_add(struct rule_set *set, const struct options *options, size_t rule_row,
              size_t profile_row);

#endif
