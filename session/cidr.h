/* cidr: IP addresses and networks of the filter client=. IPv4 is read as its mapped form in IPv6
 * (::ffff:0:0/96, RFC 4291 section 2.5.5.2), so that a client is found however its address came. */
#ifndef SMTPCHAOS_SESSION_CIDR_H
#define SMTPCHAOS_SESSION_CIDR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"

/* Reads `192.0.2.0/24`, `2001:db8::/32` or a lone address, which is a network of one. `prefix` is
 * of the mapped address: 0 to 128. False when it is neither. */
bool cidr_parse(struct span text, uint8_t address[16], unsigned *prefix);
/* True when the text is an address within the network; an interface behind % is ignored. */
bool cidr_holds(const uint8_t network[16], unsigned prefix, struct span text);

#endif
