/* apart: marks functions that their callers seldom need. A compiler that joins the two makes every
 * call pay for what few of them want. */
#ifndef SMTPCHAOS_BASE_APART_H
#define SMTPCHAOS_BASE_APART_H

#define APART __attribute__((noinline))
/* Hardly ever needed at all: kept out of the way of what is. */
#define RARE __attribute__((noinline, cold))

#endif
