/* due_timer: the one timer of a connection. It is moved forward when something falls due sooner,
 * and left alone when it would fire too early: that does no harm and is cheaper than setting it
 * anew each time the peers have been active. */
#ifndef SMTPCHAOS_PROXY_DUE_TIMER_H
#define SMTPCHAOS_PROXY_DUE_TIMER_H

#include <uv.h>

#include "base/instant.h"

struct due_timer {
    uv_timer_t handle;
    instant due; /* when it fires; NEVER when it does not */
};

/* The handle's data is `owner`. Close the handle as any other of libuv's. */
void due_timer_init(struct due_timer *timer, uv_loop_t *loop, void *owner);
/* Sees to it that `fired` is called at `due` or before; it has to look at the clock itself. */
void due_timer_set(struct due_timer *timer, instant due, instant now, uv_timer_cb fired);
/* It has fired: call it first in `fired`. */
void due_timer_fired(struct due_timer *timer);

#endif
