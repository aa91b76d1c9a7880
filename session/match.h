/* match: does this rule hit this event now? Event, filters, the blast radius, and how often. Asking
 * counts, so it is asked once for each rule and event. */
#ifndef SMTPCHAOS_SESSION_MATCH_H
#define SMTPCHAOS_SESSION_MATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/recall.h"
#include "mutators/template.h"
#include "session/rule.h"
#include "session/session.h"
#include "smtp/cuts.h"
#include "smtp/dialogue.h"
#include "smtp/event.h"

/* What one rule has counted in one session; zeroed when the session begins. */
struct rule_count {
    uint64_t count;   /* events that passed the rule's filters */
    uint64_t message; /* `per message`: the message that `count` is about */
};

/* What one rule remembers of the mail under way: a bit for each of its filters. */
struct rule_notice {
    uint8_t contains;
    uint8_t last_line;
};

/* What is looked at. All of it is there. */
struct match_source {
    const struct session_options *options;
    const struct facts *facts;
    const struct dialogue *dialogue;
    const struct smtp_event *event;
    struct recall *recall;
    struct captures *captures; /* filled by the filter matches=; NULL: nobody asks */
    instant now;
    bool early;                /* the event came before its turn, or its client has spoken early */
    bool parted;               /* the server's leg was given up */
    duration silence;          /* which the event's first bytes broke */
    const struct cuts *cuts;   /* of the event's direction */
    uint64_t begins;           /* where the event's bytes stand in it */
    struct rule_count *counts; /* one for each rule of the set, by rule->index - 1 */
    const struct rule_notice *notices; /* likewise */
};

/* A line of mail goes by: what the rule's filters remember of the mail. */
void match_notice(const struct rule *rule, struct span line, struct rule_notice *notice);

/* Overlong events never match. With options->only_recipient a rule hits only where recipients are
 * known and all of them match: of a RCPT and its reply that one, else all of the message; where
 * more than RECIPIENTS_MAX were named, not all are known. */
bool match_rule(const struct rule *rule, const struct match_source *from);

#endif
