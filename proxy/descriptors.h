/* descriptors: how many sockets and files the program may hold open. */
#ifndef SMTPCHAOS_PROXY_DESCRIPTORS_H
#define SMTPCHAOS_PROXY_DESCRIPTORS_H

#include <stdint.h>

/* Takes all that the system allows: the usual 1,024 would be a bound that nobody chose. */
void raise_descriptor_limit(void);
/* How many of the wanted sessions fit, each with so many sockets, beside what all else needs. */
uint64_t descriptors_for_sessions(uint64_t wanted, unsigned sockets);

#endif
