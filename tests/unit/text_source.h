/* text_source: a sender's source that hands out a text in small pieces. */
#ifndef SMTPCHAOS_TESTS_UNIT_TEXT_SOURCE_H
#define SMTPCHAOS_TESTS_UNIT_TEXT_SOURCE_H

#include "peers/sender.h"

struct text_source {
    struct sender_source source;
    struct span rest;
    size_t cut;  /* bytes of a piece at most; 0 is no bound */
    bool breaks; /* cannot be read when all has been handed out */
};

struct text_source text_source(struct span text, size_t cut);

#endif
