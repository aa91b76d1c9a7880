/* pattern: regular expressions (PCRE2), bounded by PCRE_MATCH_LIMIT and PCRE_DEPTH_LIMIT, so that a
 * hostile line or pattern costs milliseconds. */
#ifndef SMTPCHAOS_MUTATORS_PATTERN_H
#define SMTPCHAOS_MUTATORS_PATTERN_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

struct pattern;

/* Compiles the text between the slashes. NULL on failure, with the reason and the offset within the
 * pattern in `error`. */
struct pattern *pattern_new(struct span source, struct text *error);
void pattern_free(struct pattern *pattern);
/* A subject that exceeds the match limits does not match. */
bool pattern_matches(const struct pattern *pattern, struct span subject);
/* Appends `subject` with every match replaced; $0..$9 in `with` are the groups. False, and nothing
 * appended, when it does not match. */
bool pattern_replace(const struct pattern *pattern, struct span subject, struct span with,
                     struct text *out);

#endif
