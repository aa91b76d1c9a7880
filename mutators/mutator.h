/* mutator: one kind of harm. A mutator is one file that defines `const struct mutator mutator_NAME`
 * and one row `MUTATOR(NAME)` in list.h; everything else is made from the struct. */
#ifndef SMTPCHAOS_MUTATORS_MUTATOR_H
#define SMTPCHAOS_MUTATORS_MUTATOR_H

#include <stdbool.h>
#include <stddef.h>

#include "mutators/mutation.h"
#include "mutators/param.h"
#include "smtp/event.h"

enum mutator_directions { ONLY_TO_SERVER = 1, ONLY_TO_CLIENT = 2, BOTH_WAYS = 3 };

struct mutator {
    const char *name;    /* "strip-cr" */
    const char *family;  /* "line endings and terminator": the headings of the catalogue */
    const char *summary; /* one sentence for `list` */
    const char *detail;  /* paragraphs for `explain`: what it does, what to expect */
    const char *clause;  /* the RFC clause that it bends */
    const char *example; /* one rule line that works when pasted */
    unsigned wants;      /* the kinds of event it can act on: bits of smtp_event_kind */
    enum mutator_directions directions;
    bool timing_only;   /* asks for timing, fate and TLS, never for content: it joins in when an
                         * earlier rule has taken the content, and a body keeps its size */
    bool on_bulk;       /* does the same to a body in stretches: it need not be cut into lines */
    bool takes_always;  /* nothing is left of an event for the rules behind it */
    bool whole_message; /* what a rule decides at the first line of a body holds for all its lines,
                         * and counts once */
    bool minds_cuts;    /* looks at where TCP cut the event's bytes */
    bool counts_sessions; /* asks the census, so that sessions have to be entered there */
    const struct param *params;
    size_t param_count; /* at most PARAMS_MAX */
    size_t state_size;  /* bytes of zeroed state for each session and rule */
    /* Optional: what params alone cannot say ("line= or match="); one clause in `error`. */
    bool (*accepts)(const struct argument *arguments, struct text *error);
    /* Optional, of a whole message: whether a rule on `body` is shown the end of its mail, too. */
    bool (*sees_end)(const struct argument *arguments);
    enum verdict (*apply)(struct mutation *mutation, const struct smtp_event *event);
};

#define PARAM_TABLE(table) .params = (table), .param_count = sizeof(table) / sizeof((table)[0])

#define MUTATOR(name) extern const struct mutator mutator_##name;
#include "mutators/list.h"
#undef MUTATOR

/* All mutators in the order of list.h. */
extern const struct mutator *const mutators[];
extern const size_t mutator_count;

const struct mutator *mutator_find(struct span name);

#endif
