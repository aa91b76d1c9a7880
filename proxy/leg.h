/* leg: one side's connection: a stream socket, what it waits for, and the four things that can be
 * done to it: read, write, end, tear. It decides nothing; link.h does. TLS will slide in here.
 *
 * It stands on readiness (uv_poll), not on libuv's streams, for two reasons: bytes are written
 * straight from the session's memory, which may change between "queued" and "sent"; and a peer's
 * RST is noticed even while nothing is read from it. */
#ifndef SMTPCHAOS_PROXY_LEG_H
#define SMTPCHAOS_PROXY_LEG_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <uv.h>

#include "base/span.h"
#include "proxy/address.h"

enum leg_state {
    LEG_IDLE,       /* no socket yet */
    LEG_CONNECTING, /* waits for the connection to be made */
    LEG_OPEN,
    LEG_CLOSED
};

struct leg {
    uv_poll_t poll;
    enum leg_state state;
    int fd;           /* -1 when there is none */
    int watched;      /* what poll waits for: bits of enum uv_poll_event; 0 is nothing */
    bool wants_write; /* the kernel took less than there was */
    bool peer_ended;  /* a FIN is waiting behind the bytes to be read */
    bool is_silent;   /* both directions have ended: there is nothing left to notice */
    bool is_torn;     /* writing or waiting has failed; what was received can still be read */
};

void leg_init(struct leg *leg);
/* Takes a connected socket over. `ready` is called with the poll handle, whose data is `owner`.
 * Answers 0 or a negative libuv error; the socket is the caller's then. */
int leg_open(struct leg *leg, uv_loop_t *loop, int fd, uv_poll_cb ready, void *owner);
/* Begins to connect, to LEG_CONNECTING. Answers 0 or a negative libuv error, to LEG_IDLE. */
int leg_connect(struct leg *leg, uv_loop_t *loop, const struct socket_address *to, uv_poll_cb ready,
                void *owner);
/* While connecting, after `ready`: 0 and LEG_OPEN, or why it failed, a negative libuv error. */
int leg_connected(struct leg *leg);

/* Bytes read, 0 at the peer's FIN, or a negative libuv error (UV_EAGAIN: nothing there). What came
 * before a torn connection's end is read first. */
ssize_t leg_read(struct leg *leg, uint8_t *to, size_t room);
/* True when bytes wait to be read. */
bool leg_has_unread(const struct leg *leg);
/* Bytes written, possibly fewer than there are, or a negative libuv error. */
ssize_t leg_write(struct leg *leg, const struct span *spans, size_t count);
/* Ends the writing direction. */
void leg_finish(struct leg *leg);
/* Waits for bytes (when `reads`), for room (when wants_write), and always for the peer's RST; for
 * nothing once it is torn. */
void leg_watch(struct leg *leg, bool reads, uv_poll_cb ready);
/* Notes what poll has said; call it first in `ready`. */
void leg_note(struct leg *leg, int status, int events);

/* Closes the socket, tearing the connection (RST) when `torn`; `closed` is called when the handle
 * is free. A leg without a socket is only marked as closed. */
void leg_close(struct leg *leg, bool torn, uv_close_cb closed);

#endif
