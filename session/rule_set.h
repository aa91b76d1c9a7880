/* rule_set: the rules of a run in the order they were given, read from lines and profiles. Built
 * once, then never changed; a reload builds another. */
#ifndef SMTPCHAOS_SESSION_RULE_SET_H
#define SMTPCHAOS_SESSION_RULE_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "session/rule.h"

struct rule_set {
    struct rule **rules; /* owned */
    size_t count;
    char **names; /* owned: profile names that rules borrow */
    size_t name_count;
    unsigned wants[2];    /* by enum direction: kinds of event that any rule could act on */
    unsigned changes[2];  /* ... and whose content it could change */
    bool body_lines[2];   /* some rule needs BODY line by line */
    bool minds_cuts;      /* some rule asks where TCP cut the bytes */
    bool minds_silence;   /* ... or for how long nobody had said anything */
    bool remembers;       /* some filter is about lines of mail that have gone by */
    bool counts_sessions; /* some rule asks how many sessions are open */
    size_t state_size;    /* bytes of mutators' state for one session, all rules together */
    size_t references;    /* sessions and owners that hold it; for its owner in proxy/ */
};

/* The shortest silence above `told` that a rule waits for; NEVER when there is none. */
duration rule_set_next_silence(const struct rule_set *set, duration told);

struct rule_set *rule_set_new(void);
void rule_set_free(struct rule_set *set);

/* Adds one rule line. False with one line in `error`; the set is then as before. */
bool rule_set_add_line(struct rule_set *set, struct span line, struct place place,
                       struct text *error);
/* Likewise, of the profile whose name rule_set_keep_name has kept; NULL: of none. For those who
 * have the rules of a set one by one. */
bool rule_set_add_line_of(struct rule_set *set, const char *profile, struct span line,
                          struct place place, struct text *error);
/* A copy of a profile's name, which lives as long as the set. */
const char *rule_set_keep_name(struct rule_set *set, const char *name);
/* Adds all rules of a profile's text (profile.h), of the variant named, or its first when `variant`
 * is empty. All or nothing. `name` is what the journal calls it. */
bool rule_set_add_profile(struct rule_set *set, const char *name, struct span text,
                          struct span variant, const char *file, struct text *error);

#endif
