/* profile: a file of rules that together imitate one real thing. Header lines `# key: value` say
 * what it is; `# variant: NAME what it is` begins the rules of one variant, and rules before the
 * first variant belong to all of them. A slug alone loads the first variant, the commonest. */
#ifndef SMTPCHAOS_SESSION_PROFILE_H
#define SMTPCHAOS_SESSION_PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "base/text.h"

/* One line of a profile, looked at. */
enum profile_line_kind {
    PROFILE_BLANK,   /* empty, or a comment that is no header */
    PROFILE_HEADER,  /* `# key: value` with a known key of profile_headers */
    PROFILE_VARIANT, /* `# variant: NAME text` */
    PROFILE_RULE
};

struct profile_line {
    enum profile_line_kind kind;
    size_t number;    /* from 1 */
    size_t column;    /* where `text` begins, from 1 */
    struct span key;  /* VARIANT: its name; else the key of `# key: value`, or empty */
    struct span text; /* HEADER, VARIANT: the rest; RULE: the rule without its comment */
};

/* Takes the next line off *rest; false at the end. *number counts lines and begins at 0. */
bool profile_next(struct span *rest, size_t *number, struct profile_line *line);

/* Makes *variant the name of the variant to load: itself, or the first when it is empty (none, when
 * there are none). False with one line in `error` when the profile has no such variant. */
bool profile_variant(const char *file, struct span text, struct span *variant, struct text *error);

/* What a profile may belong to, in the order of the catalogue: the word of `# group:`, and the
 * heading that it stands under. The last has no word. */
struct profile_group {
    const char *word;
    const char *heading;
};
extern const struct profile_group profile_groups[];
/* NULL when no group has this word. */
const struct profile_group *profile_group_named(struct span word);
/* The group of a profile's text; NULL when it names none that is known. */
const struct profile_group *profile_group_of(struct span text);

/* The keys of header lines; ends with NULL. */
extern const char *const profile_headers[];

/* The text of a profile that is built in, by its slug; false when there is none. */
bool profile_builtin(struct span slug, struct span *text);
/* The nth built-in slug in alphabetical order, NULL behind the last. */
const char *profile_builtin_name(size_t n);
/* The built-in slug nearest to the word, or NULL. */
const char *profile_nearest(struct span slug);

/* Checks a profile's text: all variants' rules, header lines, templates. Appends one line for each
 * thing that is wrong to `errors`, with newlines between them; false when there was any. */
bool profile_check(const char *file, struct span text, struct text *errors);

/* What reads well and can never do anything: appends a line `file:line:1: warning: ...` for each,
 * with newlines between them. */
void profile_warn(const char *file, struct span text, struct text *warnings);

#endif
