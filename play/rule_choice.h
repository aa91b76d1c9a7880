/* rule_choice: the rules that a script runs under: one of a few sets, a built-in profile, or rules
 * that stand in the script itself. */
#ifndef SMTPCHAOS_PLAY_RULE_CHOICE_H
#define SMTPCHAOS_PLAY_RULE_CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "session/rule_set.h"

/* Takes the byte off the script that chooses (and, where it says so, the lines of rules behind it
 * up to an empty one; lines that are no rules are left out). */
struct rule_set *rule_choice_take(struct span *script);
/* It is no longer wanted. */
void rule_choice_give_back(struct rule_set *rules);
/* Choices from 0 on, each a byte: the sets, and behind them the built-in profiles. */
size_t rule_choice_count(void);
/* True where each reply stays in its place and comes once: a set of ours without copies. */
bool rule_choice_keeps_order(uint8_t choice);
/* True for the set whose rules are about nobody. */
bool rule_choice_is_never(uint8_t choice);
/* No rule is loaded: the session must be a wire. */
bool rule_choice_is_wire(const struct rule_set *rules);

#endif
