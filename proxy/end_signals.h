/* end_signals: TERM and INT, for a command that says something before it ends. */
#ifndef SMTPCHAOS_PROXY_END_SIGNALS_H
#define SMTPCHAOS_PROXY_END_SIGNALS_H

#include <uv.h>

struct end_signals {
    uv_signal_t both[2];
};

/* Calls `told` for each signal; the handle's data is `owner`. Waiting for signals alone does not
 * keep the loop running. */
void end_signals_watch(struct end_signals *signals, uv_loop_t *loop, uv_signal_cb told,
                       void *owner);
/* After the loop has ended: further signals do not cut short what is still to be said. */
void end_signals_forget(struct end_signals *signals, uv_loop_t *loop);

#endif
