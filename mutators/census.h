/* census: how many sessions are open now, of all workers together: all of them, a client's, those
 * of a client's neighbourhood. */
#ifndef SMTPCHAOS_MUTATORS_CENSUS_H
#define SMTPCHAOS_MUTATORS_CENSUS_H

#include "base/recall.h"
#include "mutators/template.h"

enum census { CENSUS_CLIENT, CENSUS_SUBNET, CENSUS_RUN, CENSUS_KINDS };

/* A session begins, and ends. */
void census_enter(struct recall *recall, const struct facts *facts, instant now);
void census_leave(struct recall *recall, const struct facts *facts);
/* The sessions that are open now, this one included once it has entered. */
uint64_t census_count(struct recall *recall, enum census census, const struct facts *facts);

#endif
