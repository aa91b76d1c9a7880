/* capture: what a session's two connections show in the capture of --pcap: each is a conversation
 * with the plain text that passed, whatever TLS there was around it, and without what AUTH said.
 *
 * Addresses and the clients' ports are the real ones. The servers' ports are always 25 for what the
 * client and the proxy said to each other, and 587 for the proxy and the server, so that programs
 * know them for SMTP and tell the two apart. A connection that turns to TLS is shown as two, one
 * behind the other. Unix sockets are shown as 192.0.2.0/24 (RFC 5737). */
#ifndef SMTPCHAOS_PROXY_CAPTURE_H
#define SMTPCHAOS_PROXY_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/instant.h"
#include "base/span.h"
#include "proxy/address.h"
#include "proxy/pcap_file.h"
#include "smtp/event.h"

struct capture;

struct capture_ends {
    struct socket_address peer;
    struct socket_address own;
};

/* Who speaks on one of the two connections. */
enum speaker { BY_PEER, BY_US };

/* For a session of this number in this run; NULL when the writer has no file. All else here does
 * nothing for NULL, nor for a side that was not opened. */
struct capture *capture_new(struct pcap_writer *writer, uint64_t number);
void capture_free(struct capture *capture);
/* The side's connection stands; `fd` is its socket. The server's may be opened again, for another
 * server. Where they have a size, the peer's address and ours are these in place of the socket's:
 * what a PROXY header said. */
void capture_open(struct capture *capture, enum side side, int fd, const struct capture_ends *ends,
                  instant now);
/* What follows on this side was protected by TLS. It becomes a conversation of its own, unless
 * nothing was said before: behind STARTTLS programs would take plain text for damaged records. */
void capture_secured(struct capture *capture, enum side side, instant now);
/* Bytes of the peer's have come. */
void capture_received(struct capture *capture, enum side side, struct span bytes, instant now);
/* The first `len` bytes of several spans have left. */
void capture_sent(struct capture *capture, enum side side, const struct span *spans, size_t len,
                  instant now);
/* One end has said all (FIN), or torn the connection (RST). */
void capture_end(struct capture *capture, enum side side, enum speaker by, bool torn, instant now);

#endif
