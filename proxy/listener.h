/* listener: the sockets that clients connect to. Connections are taken in order, in one thread, so
 * that a session's number says when it came; a run of them is paused while the machine has no
 * descriptors left. */
#ifndef SMTPCHAOS_PROXY_LISTENER_H
#define SMTPCHAOS_PROXY_LISTENER_H

#include <stdbool.h>
#include <uv.h>

#include "proxy/address.h"
#include "proxy/poller.h"

struct listener;

/* A connection was accepted; the descriptor is the callee's. */
typedef void listener_accept(const struct listener *listener, int fd,
                             const struct socket_address *peer);

struct listener {
    struct watch watch; /* first: what the poller calls is the listener itself */
    struct poller *poller;
    uv_timer_t pause;
    int fd;
    struct socket_address address; /* as bound: the port is the real one */
    bool is_tls;                   /* clients begin with TLS */
    bool complained;               /* about descriptors; not again */
    bool is_paused;
    bool is_borrowed; /* the socket's file is another's to remove */
    unsigned number;  /* of the listeners_bind that made it, from 0 */
    listener_accept *accept;
    void *owner;
};

/* Sockets that wait for connections and do not accept any yet. */
struct listeners {
    struct listener *all; /* owned array */
    size_t count;
    unsigned binds;      /* calls of listeners_bind */
    bool is_transparent; /* they accept what was on its way to others (intercept.h) */
};

/* Binds an address, which is several sockets when its host's name has several numbers, or takes the
 * sockets that a service manager hands over. Answers 0,
 * or an exit status after one line on stderr. */
int listeners_bind(struct listeners *listeners, const struct address *address);
/* Takes over a socket that listens already, under its name. Answers likewise. */
int listeners_adopt(struct listeners *listeners, int fd, const struct socket_address *name);
/* Begins to accept. */
void listeners_start(struct listeners *listeners, struct poller *poller, listener_accept *accept,
                     void *owner);
/* Stops: later clients are refused by the kernel. What listeners_start began is closed with its
 * loop. */
void listeners_stop(struct listeners *listeners);
/* After the loop has ended, or before it began. */
void listeners_deinit(struct listeners *listeners);

#endif
