/* poller: the event loop of one thread. Sockets are watched edge by edge on an epoll descriptor of
 * our own: one epoll_ctl for the life of a connection, where libuv's uv_poll takes one for each
 * change of what is waited for, twice. All that is rare (timers, names, signals, other threads'
 * calls) is libuv's, whose backend descriptor is watched like a socket. */
#ifndef SMTPCHAOS_PROXY_POLLER_H
#define SMTPCHAOS_PROXY_POLLER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/instant.h"

/* Somebody who is called when his socket's state has changed: an edge is told once, so whoever
 * leaves something unread asks for a turn. `events` are bits of enum EPOLL_EVENTS. */
struct watch {
    void (*ready)(struct watch *watch, uint32_t events);
};

/* Somebody who asks to be called once more, behind those whose sockets have changed in this round.
 * Zeroed to begin with, but for `take`. */
struct turn {
    void (*take)(struct turn *turn);
    struct turn *next;
    bool is_waiting;
};

struct poller {
    uv_loop_t loop;  /* for everything but sockets */
    uv_async_t keep; /* keeps the loop alive while sockets are watched */
    int fd;
    size_t watched;
    struct turn *first; /* those who wait for their turn, oldest first */
    struct turn *last;
    size_t waiting;
    bool loop_is_due; /* libuv has something to do */
    instant now;      /* when the last wait ended: the time of all that is told in this round */
    /* Optional: called in every round before it waits. Answers how many milliseconds that wait may
     * take at most, negative when it does not care. */
    int (*before_sleep)(void *owner);
    void *owner;
};

void poller_init(struct poller *poller);
/* Nothing may be watched, and all of libuv's handles must be closed or about to be. */
void poller_deinit(struct poller *poller);

/* Watches both directions of a socket. Closing the descriptor ends it; then say so with
 * poller_forget. An edge that was on its way may still be told in the same round: the watch has to
 * stay where it is until its next turn, or until libuv has closed a handle of its owner. Answers 0
 * or a negative libuv error. */
int poller_watch(struct poller *poller, int fd, struct watch *watch);
/* Watches for connections to accept, which are told as long as there are any. */
int poller_watch_listener(struct poller *poller, int fd, struct watch *watch);
/* Stops watching and does not close the descriptor. */
void poller_unwatch(struct poller *poller, int fd);
/* A watched descriptor was closed. */
void poller_forget(struct poller *poller);

/* The turn is taken at the end of this round, or of the next one when the turns have begun; asking
 * twice is asking once. */
void poller_ask(struct poller *poller, struct turn *turn);
/* It no longer wants its turn, if it waits for one. */
void poller_withdraw(struct poller *poller, struct turn *turn);

/* One round: waits until something happens, and lets everybody whom it concerns act. */
void poller_round(struct poller *poller);
/* True while anybody may still be called. */
bool poller_is_alive(const struct poller *poller);
/* Rounds until nobody is left to call. */
void poller_run(struct poller *poller);

#endif
