/* keys: what a memory across sessions is about: a client, a sender, a recipient and so on; and the
 * lists that such keys stand on for a while. */
#ifndef SMTPCHAOS_MUTATORS_KEYS_H
#define SMTPCHAOS_MUTATORS_KEYS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/recall.h"
#include "mutators/template.h"

enum key {
    KEY_CLIENT,    /* its address */
    KEY_SUBNET,    /* its IPv4 /24 or IPv6 /64 */
    KEY_SENDER,    /* letters folded */
    KEY_RECIPIENT, /* the recipient at hand, else the first */
    KEY_DOMAIN,    /* that recipient's domain */
    KEY_TRIPLET,   /* client, sender and recipient */
    KEY_SESSION,
    KEY_RUN, /* everything */
    KEY_KINDS
};

#define KEY_CHOICES "client|subnet|sender|recipient|domain|triplet|session|run"

/* The row `key=` of a parameter table; the client unless the rule says otherwise. */
#define KEY_PARAM                                                                                  \
    {                                                                                              \
        .name = "key", .kind = PARAM_WORD, .choices = KEY_CHOICES, .preset = KEY_CLIENT,           \
        .what = "what is remembered; a triplet is client, sender and recipient"                    \
    }

/* What an event is known by. All of it is there. */
struct key_source {
    const struct facts *facts;
    const struct dialogue *dialogue;
    const struct smtp_event *event;
};

/* The same number in every session that has the same key. */
uint64_t key_hash(enum key key, const struct key_source *from);

/* Puts the event's key on the list `name` until a time; a time that is over takes it off. */
void list_put(struct recall *recall, struct span name, enum key key, const struct key_source *from,
              instant now, instant until);
/* True when any of the event's keys is on the list. */
bool list_holds(struct recall *recall, struct span name, const struct key_source *from,
                instant now);

#endif
