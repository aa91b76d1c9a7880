/* template: `{name}` in the texts of rules, for what the session knows. `{{` and `}}` are braces. A
 * brace that does not begin a name (lower-case letters, digits, dots, hyphens) stands for itself,
 * as in `{4C209928-2-3A6A8C0-1FFFF}`. */
#ifndef SMTPCHAOS_MUTATORS_TEMPLATE_H
#define SMTPCHAOS_MUTATORS_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/prng.h"
#include "base/text.h"
#include "mutators/pattern.h"
#include "smtp/dialogue.h"
#include "smtp/event.h"

/* What is fixed for one session. All spans are borrowed for the session's life. */
struct facts {
    struct span client;    /* "192.0.2.1:40000" */
    struct span client_ip; /* "192.0.2.1" */
    struct span server;    /* the upstream's address, likewise */
    struct span host;      /* the name the proxy itself goes by */
    struct span guid;      /* unique across restarts */
    uint64_t number;       /* of the session in this run, from 1 */
    bool are_plain;        /* none of these needs an escape wherever we write (span_plain) */
};

/* What a text is expanded from; all of it is there. */
struct template_source {
    const struct facts *facts;
    const struct dialogue *dialogue;
    const struct smtp_event *event;
    const struct captures *captures; /* for {match.N}; NULL is none */
    duration left;                   /* for {left} */
    duration put_off;                /* for {put-off} */
    instant now;
    struct prng *prng; /* for {hex.N} */
};

/* Appends the expanded text. */
void template_expand(struct span source, const struct template_source *from, struct text *out);
/* False when a name is not known; the name is then in *unknown. */
bool template_check(struct span source, struct span *unknown);
/* The nth known name and what it stands for; NULL behind the last. */
const char *template_name(size_t n, const char **what);

#endif
