/* mailbox: a store for the built-in receiver that keeps what it was given in one text, so that
 * harnesses can compare it. Store and receiver keep their contract: one message at a time. */
#ifndef SMTPCHAOS_HARNESS_MAILBOX_H
#define SMTPCHAOS_HARNESS_MAILBOX_H

#include "base/text.h"
#include "peers/receiver.h"

struct mailbox {
    struct receiver_store store;
    struct text mail; /* of all messages that were finished, joined */
    struct text under_way;
    bool begun;
    unsigned finished;
    unsigned abandoned;
};

/* Begins empty; what the texts have grown to is kept. */
void mailbox_begin(struct mailbox *mailbox);
void mailbox_deinit(struct mailbox *mailbox);

#endif
