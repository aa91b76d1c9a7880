/* subnet: which neighbours of an IP address count as one client. */
#ifndef SMTPCHAOS_MUTATORS_SUBNET_H
#define SMTPCHAOS_MUTATORS_SUBNET_H

#include <stdint.h>

#include "base/span.h"

/* A hash of the /24 of an IPv4 address or the /64 of an IPv6 address, given as text. Other text is
 * hashed as a whole. */
uint64_t subnet_hash(struct span address);

#endif
