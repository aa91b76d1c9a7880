/* leg: one side's connection: a stream socket, what it waits for, and the four things that can be
 * done to it: read, write, end, tear. It decides nothing; link.h does. Where there is TLS on it,
 * what is read and written is plain text, and leg_tls.h carries the records.
 *
 * It stands on readiness (poller.h), not on libuv's streams, for two reasons: bytes are written
 * straight from the session's memory, which may change between "queued" and "sent"; and a peer's
 * RST is noticed even while nothing is read from it. */
#ifndef SMTPCHAOS_PROXY_LEG_H
#define SMTPCHAOS_PROXY_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/span.h"
#include "proxy/address.h"
#include "proxy/poller.h"

enum leg_state {
    LEG_IDLE,       /* no socket yet */
    LEG_CONNECTING, /* waits for the connection to be made */
    LEG_OPEN,
    LEG_LINGERS, /* to be closed as soon as all that was written has left */
    LEG_CLOSED
};

struct layer;

struct leg {
    struct watch watch; /* first: what the poller calls is the leg itself */
    struct poller *poller;
    /* Something has changed; call leg_note first. */
    void (*ready)(struct leg *leg, uint32_t events);
    void *owner;
    enum leg_state state;
    int fd;              /* -1 when there is none */
    bool may_read;       /* there may be bytes, or an end, to be read */
    bool was_emptied;    /* the last read found less than there was room for */
    bool wants_write;    /* the kernel took less than there was */
    bool ends_next;      /* leg_finish follows at once: what is written need not leave before it */
    bool is_urgent;      /* urgent bytes have come: a short read does not mean that all is read */
    bool peer_ended;     /* a FIN is waiting behind the bytes to be read */
    bool is_read_out;    /* ... and was read */
    bool is_torn;        /* writing or waiting has failed; what was received can still be read */
    struct layer *layer; /* owned; NULL: no TLS */
};

/* `ready` is called with the leg, whose owner can be found there. */
void leg_init(struct leg *leg, struct poller *poller, void (*ready)(struct leg *, uint32_t events),
              void *owner);
/* Takes a connected socket over. Answers 0 or a negative libuv error; the socket is the caller's
 * then. */
int leg_open(struct leg *leg, int fd);
/* Begins to connect, to LEG_CONNECTING. Answers 0 or a negative libuv error, to LEG_IDLE. */
int leg_connect(struct leg *leg, const struct socket_address *to);
/* Likewise with a socket that has begun to connect (before that it would look like one that was
 * hung up), and is closed on failure. */
int leg_take_connecting(struct leg *leg, int fd);
/* While connecting, after leg_note: 0 and LEG_OPEN, or why it failed, a negative libuv error. */
int leg_connected(struct leg *leg);

/* Notes what has changed; call it first in `ready`. */
void leg_note(struct leg *leg, uint32_t events);
/* True when leg_read may have something. */
bool leg_may_read(const struct leg *leg);
/* Bytes read, 0 at the peer's end, or a negative libuv error (UV_EAGAIN: nothing there; UV_EPROTO:
 * TLS has broken). What came before a torn connection's end is read first. */
ssize_t leg_read(struct leg *leg, uint8_t *to, size_t room);
/* True when bytes wait to be read. */
bool leg_has_unread(const struct leg *leg);
/* Bytes taken, possibly fewer than there are, or a negative libuv error as leg_read has them. Sets
 * wants_write when the kernel took less. */
ssize_t leg_write(struct leg *leg, const struct span *spans, size_t count);
/* Ends the writing direction, with TLS by close_notify unless it is to be rude. False when
 * something has to leave first; try again when there is room. */
bool leg_finish(struct leg *leg, bool rude);
/* Like leg_finish, before leg_close: the end is for both directions. */
bool leg_settle(struct leg *leg, bool rude);

/* The socket itself, records or not: bytes received, as leg_read, and bytes sent, as leg_write. */
ssize_t leg_receive(struct leg *leg, uint8_t *to, size_t room);
ssize_t leg_send(struct leg *leg, const struct span *spans, size_t count);

/* Closes the socket, tearing the connection (RST) when `torn`. The leg has to stay where it is for
 * the rest of the poller's round. A leg without a socket is only marked as closed. */
void leg_close(struct leg *leg, bool torn);

/* What Nagle (RFC 896) and urgent data (RFC 6093) would do to the bytes is not ours to add. Sockets
 * that are accepted have it from the one that listens. Unix sockets know neither, which is fine. */
void leg_set_wire_options(int fd);

#endif
