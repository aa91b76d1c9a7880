/* peer_link: the connection of one built-in peer, a receiver or a sender: it carries bytes
 * between the socket and the machine, and lets time pass. What the bytes mean is the machine's
 * to decide (peers/), what to do between them its owner's. */
#ifndef SMTPCHAOS_PROXY_PEER_LINK_H
#define SMTPCHAOS_PROXY_PEER_LINK_H

#include <openssl/ssl.h>
#include <stdbool.h>
#include <uv.h>

#include "base/chain.h"
#include "base/instant.h"
#include "proxy/due_timer.h"
#include "proxy/leg.h"
#include "proxy/tls/wire_buffer.h"

struct peer_link;

/* The machine and its owner, as the link sees them. */
struct peer_link_calls {
    /* An attempt to connect has ended: 0, or a negative libuv error; then the link does nothing
     * more until it is connected anew or closed. NULL for links that are opened. */
    void (*connected)(struct peer_link *link, int error, instant now);
    void (*feed)(struct peer_link *link, struct span bytes, instant now);
    /* The peer has ended its direction (0) or the connection is torn (a negative libuv error). */
    void (*ended)(struct peer_link *link, int error, instant now);
    /* Called after each of these and after writing: the owner's turn to act. */
    void (*turn)(struct peer_link *link, instant now);
    struct chain *(*out)(struct peer_link *link, instant now);
    void (*sent)(struct peer_link *link, size_t bytes, instant now);
    bool (*wants_bytes)(struct peer_link *link);
    bool (*is_over)(struct peer_link *link); /* close when `out` is empty */
    instant (*deadline)(struct peer_link *link);
    void (*tick)(struct peer_link *link, instant now);
    /* True while TLS is to be begun, or its handshake gone on with: no bytes are read for the
     * machine then. NULL: never. */
    bool (*wants_tls)(struct peer_link *link);
    /* An SSL for it (tls/context.h). */
    SSL *(*begin_tls)(struct peer_link *link);
    void (*secured)(struct peer_link *link, instant now);
    /* All is closed: the link's memory is its owner's again. */
    void (*gone)(struct peer_link *link);
};

/* What the links of one thread share. */
struct peer_place {
    struct poller *poller;
    struct pool pool;
    struct buffer_store buffers; /* of TLS */
    uint8_t buffer[128 * 1024];  /* read into; the machines keep nothing of it */
};

struct peer_link {
    const struct peer_link_calls *calls;
    struct peer_place *place;
    struct leg leg;
    struct due_timer timer;
    struct turn turn;  /* asked for while something is left to be done at once */
    instant over_at;   /* when what is left to say is given up; NEVER while it is not over */
    int attempt_error; /* why the last attempt to connect failed, until that has been told */
    bool is_tls_first; /* TLS comes before any byte; set it before the connection is there */
    bool is_torn;
    bool is_closing;
};

void peer_place_deinit(struct peer_place *place);

void peer_link_init(struct peer_link *link, const struct peer_link_calls *calls,
                    struct peer_place *place);
/* Takes an accepted socket over. Answers 0, or a negative libuv error; the socket is the caller's
 * then, and the link has to be closed. */
int peer_link_open(struct peer_link *link, int fd, instant now);
/* Begins to connect; `connected` is called later. Answers 0 or a negative libuv error. */
int peer_link_connect(struct peer_link *link, const struct socket_address *to);
/* Does what the machine wants now. Call it when the owner has acted outside of `turn`. */
void peer_link_pump(struct peer_link *link, instant now);
/* Ends the connection at once; `gone` is called later. */
void peer_link_close(struct peer_link *link);

#endif
