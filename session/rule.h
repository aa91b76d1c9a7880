/* rule: one line of the rule language, read: direction, event, filters, how often, mutator,
 * parameters. The line is the same everywhere: profile, command line, journal, transcript. */
#ifndef SMTPCHAOS_SESSION_RULE_H
#define SMTPCHAOS_SESSION_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/limits.h"
#include "base/nearest.h"
#include "base/text.h"
#include "mutators/mutator.h"
#include "smtp/event.h"

enum rule_when {
    WHEN_ALWAYS,
    WHEN_FIRST,  /* hits 1..n; `once` is `first 1` */
    WHEN_AFTER,  /* hits n+1, n+2, … */
    WHEN_EVERY,  /* hits n, 2n, … */
    WHEN_CHANCE, /* n in `of` */
    WHEN_WEIGHT  /* one of the group's rules, n in `group_weight` */
};

enum rule_per {
    PER_DEFAULT, /* the session for counters, each event for `chance` */
    PER_SESSION,
    PER_MESSAGE,
    PER_CLIENT,
    PER_SENDER,
    PER_RECIPIENT,
    PER_TRIPLET, /* client, sender and recipient together, as greylists know them */
    PER_RUN
};

enum rule_filter_kind {
    FILTER_CLIENT,    /* CIDR, v4 or v6 */
    FILTER_HELO,      /* glob */
    FILTER_SENDER,    /* glob */
    FILTER_RECIPIENT, /* glob; any recipient */
    FILTER_TLS,       /* yes, no */
    FILTER_SIZE,      /* above number bytes */
    FILTER_MATCHES,   /* PCRE2 on the event's text without its line ending */
    FILTER_LENGTH,    /* the event has more than number bytes, its line ending included */
    FILTER_OFFSET,    /* it ends behind number bytes of its mail */
    FILTER_PART,      /* yes: a line of the header block, its empty line included */
    FILTER_SAID,      /* verb */
    FILTER_UNSAID,    /* verb */
    FILTER_EARLY,     /* the client spoke before its turn */
    FILTER_PARTED,    /* the server's leg was given up */
    FILTER_QUIET,     /* it broke a silence of more than number nanoseconds */
    FILTER_SPLIT,     /* it came in several segments */
    FILTER_JOINED,    /* it came in one segment with bytes before it */
    FILTER_LISTED,    /* the name of a list that the client, sender, ... stands on */
    FILTER_CONTAINS,  /* PCRE2; any line of the mail so far */
    FILTER_LAST_LINE, /* PCRE2; the latest line of the mail so far */
    FILTER_DOMAIN     /* yes: the recipient's domain is that of the mail's first one */
};

struct rule_filter {
    enum rule_filter_kind kind;
    struct span text;        /* globs, LISTED: owned */
    uint8_t address[16];     /* CLIENT: IPv4 is mapped (::ffff:0:0/96) */
    unsigned prefix;         /* CLIENT: 0..128 of the mapped address */
    bool yes;                /* TLS, PART, EARLY, PARTED, SPLIT, JOINED, DOMAIN */
    bool whole_end;          /* SPLIT: of the end of mail all five bytes count */
    enum verb verb;          /* SAID, UNSAID */
    uint64_t number;         /* SIZE, LENGTH, OFFSET: bytes; QUIET: nanoseconds */
    struct pattern *pattern; /* MATCHES, CONTAINS, LAST_LINE: owned */
};

/* True when the filter is about lines of mail that may have gone by already. */
bool filter_remembers(const struct rule_filter *filter);

#define RULE_FILTERS_MAX 8

struct rule {
    struct text line;    /* as it was written, without comment and outer blanks */
    const char *profile; /* the profile's name, NULL for --rule; borrowed from the rule set */
    size_t index;        /* in its rule set, from 1 */
    uint64_t key;        /* a hash of the line and index: its address in the memory */
    unsigned directions; /* ONLY_TO_SERVER, ONLY_TO_CLIENT or BOTH_WAYS */
    enum smtp_event_kind event;
    uint32_t verbs; /* COMMAND: a bit for each enum verb; 0 is any */
    unsigned code;  /* REPLY: 250, or 400 for `4xx`, 0 for any */
    bool code_is_class;
    enum verb after;  /* REPLY: `after VERB`; VERB_NONE is any */
    duration silence; /* IDLE: how long */
    struct rule_filter filters[RULE_FILTERS_MAX];
    size_t filter_count;
    enum rule_when when;
    uint64_t n;
    uint64_t of;
    uint64_t group_key;     /* WEIGHT: neighbouring rules on one event, by the rule set */
    uint64_t group_weight;  /* ... all their weights */
    uint64_t weight_before; /* ... those of the rules before this one */
    enum rule_per per;
    const struct mutator *mutator;
    size_t state_offset; /* of the mutator's state among that of all rules; by the rule set */
    struct argument arguments[PARAMS_MAX];
};

/* Where in a person's input something is wrong: `file:line:column: message`. */
struct place {
    const char *file; /* borrowed; NULL for a rule that stands alone */
    size_t line;      /* from 1; 0 when there is none */
    size_t column;    /* from 1, in bytes; 0 when there is none */
};

/* Reads one line. On failure false; `error` holds one line that begins with the place (as far as
 * known) and ends without a newline, with the nearest known word where one is near, and the rule
 * needs no deinit. `place` gives file and line; its column is where the text begins. */
bool rule_parse(struct rule *rule, struct span line, struct place place, struct text *error);
void rule_deinit(struct rule *rule);

/* True when the rule speaks of this event: direction, kind, verb, code. */
bool rule_names_event(const struct rule *rule, const struct smtp_event *event);

/* True when a rule on `body` is shown the end of a mail whose lines it was shown. */
bool rule_sees_end(const struct rule *rule);

/* The directions, as bits of enum mutator_directions, in which the rule's event happens: commands,
 * for one, only go to the server, even where the rule says `both ways`. */
unsigned rule_reaches(const struct rule *rule);

/* "size", "part": how rules write a filter. */
const char *rule_filter_name(enum rule_filter_kind kind);

/* Adds "file:line:column: " or as much of it as is known; a rule that stands alone is "rule". */
void place_add(const struct place *place, struct text *out);

#endif
