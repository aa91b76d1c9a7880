/* proxy_address: IP addresses between text and bytes, without the help of the network's library. */
#ifndef SMTPCHAOS_PEERS_PROXY_ADDRESS_H
#define SMTPCHAOS_PEERS_PROXY_ADDRESS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/text.h"

/* Reads an IPv4 address (dotted, no leading zeros) or an IPv6 one (RFC 4291 section 2.2) into 4 or
 * 16 bytes; false when the text is none. */
bool proxy_address_parse(struct span text, bool is_v4, uint8_t bytes[16]);
/* Writes it; IPv6 in eight groups without abbreviation. */
void proxy_address_format(const uint8_t bytes[16], bool is_v4, struct text *out);

#endif
