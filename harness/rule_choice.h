/* rule_choice: the rules that a script runs under: one of a few sets, a built-in profile, or rules
 * that stand in the script itself. */
#ifndef SMTPCHAOS_HARNESS_RULE_CHOICE_H
#define SMTPCHAOS_HARNESS_RULE_CHOICE_H

#include <stdbool.h>

#include "base/span.h"
#include "session/rule_set.h"

/* Takes the byte off the script that chooses (and, where it says so, the lines of rules behind it
 * up to an empty one; lines that are no rules are left out). */
struct rule_set *rule_choice_take(struct span *script);
/* No rule is loaded: the session must be a wire. */
bool rule_choice_is_wire(const struct rule_set *rules);

#endif
