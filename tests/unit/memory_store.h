/* memory_store: a receiver's store that keeps mail where a test can look at it. */
#ifndef SMTPCHAOS_TESTS_UNIT_MEMORY_STORE_H
#define SMTPCHAOS_TESTS_UNIT_MEMORY_STORE_H

#include "peers/receiver.h"

struct memory_store {
    struct receiver_store store;
    struct text coming;     /* the message under way */
    struct text mail;       /* the last message that was finished */
    struct text sender;     /* its envelope */
    struct text recipients; /* likewise, each followed by a comma */
    unsigned begun;
    unsigned finished;
    unsigned abandoned;
    bool is_full; /* add fails */
    bool cannot_finish;
};

void memory_store_init(struct memory_store *store);
void memory_store_deinit(struct memory_store *store);

#endif
