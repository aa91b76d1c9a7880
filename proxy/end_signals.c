/* end_signals: see end_signals.h. */
#include "proxy/end_signals.h"

#include <signal.h>

#include "base/check.h"

static const int numbers[] = { SIGTERM, SIGINT };

void end_signals_watch(struct end_signals *signals, uv_loop_t *loop, uv_signal_cb told, void *owner)
{
    for (size_t i = 0; i < 2; i++) {
        check(uv_signal_init(loop, &signals->both[i]) == 0);
        signals->both[i].data = owner;
        check(uv_signal_start(&signals->both[i], told, numbers[i]) == 0);
        uv_unref((uv_handle_t *)&signals->both[i]);
    }
}

/* libuv gives a signal its deadly meaning back when the last who listens to it is gone. */
void end_signals_forget(struct end_signals *signals, uv_loop_t *loop)
{
    sigset_t blocked;
    sigemptyset(&blocked);
    for (size_t i = 0; i < 2; i++)
        sigaddset(&blocked, numbers[i]);
    pthread_sigmask(SIG_BLOCK, &blocked, NULL);
    for (size_t i = 0; i < 2; i++)
        uv_close((uv_handle_t *)&signals->both[i], NULL);
    uv_run(loop, UV_RUN_DEFAULT);
}
