/* pattern: regular expressions (PCRE2) over bytes, bounded by PCRE_MATCH_LIMIT, PCRE_DEPTH_LIMIT
 * and PCRE_STEPS_MAX, so that a hostile line or pattern costs milliseconds. CR, LF and CRLF end a
 * line for `.`, and for `^` and `$` under (?m). */
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
/* A subject that exceeds the limits does not match. Safe from several threads at once. */
bool pattern_matches(const struct pattern *pattern, struct span subject);
/* What the groups of a match took; the first is the whole match. Spans point into the subject. */
#define CAPTURES_MAX 10
struct captures {
    struct span groups[CAPTURES_MAX];
};
/* As pattern_matches; on success `captures` is filled, with empty spans where groups took no
 * part. */
bool pattern_capture(const struct pattern *pattern, struct span subject, struct captures *captures);
/* Appends `subject` with every match replaced; $0..$9 in `with` are the groups (empty when they
 * took no part), $$ is a dollar. Once the limits are exceeded the rest stays as it is. False, and
 * nothing appended, when it does not match. */
bool pattern_replace(const struct pattern *pattern, struct span subject, struct span with,
                     struct text *out);

#endif
