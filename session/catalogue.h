/* catalogue: what there is, for people: every mutator, profile and event, listed in a line or
 * explained in full. All of it is made from the structs of the mutators and the files of the
 * profiles; the manual pages docs/mutators.md and docs/profiles.md are the same words. */
#ifndef SMTPCHAOS_SESSION_CATALOGUE_H
#define SMTPCHAOS_SESSION_CATALOGUE_H

#include <stdbool.h>

#include "base/span.h"
#include "base/text.h"

enum catalogue_part { CATALOGUE_MUTATORS, CATALOGUE_PROFILES, CATALOGUE_EVENTS };

/* "mutators", "profiles", "events": what `list` takes. */
const char *catalogue_part_name(enum catalogue_part part);
/* Appends one line an entry: its name, blanks, one sentence. The first word is the name. */
void catalogue_list(enum catalogue_part part, struct text *out);
/* The profiles by their groups, each in a line with its variants in brackets; for people under
 * headings. Without headings it is what catalogue_list appends. */
void catalogue_list_profiles(bool headings, struct text *out);
/* Appends all that is known about a mutator, a profile (`slug` or `slug:variant`) or an event;
 * about each when the name is shared. False, and nothing appended, when the name is unknown. */
bool catalogue_explain(struct span name, struct text *out);
/* The name that is nearest to a misspelt one, or NULL when none is near. */
const char *catalogue_nearest(struct span name);
/* Appends the manual page of a part, in Markdown. */
void catalogue_markdown(enum catalogue_part part, struct text *out);

#endif
