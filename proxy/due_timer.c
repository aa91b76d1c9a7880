/* due_timer: see due_timer.h. */
#include "proxy/due_timer.h"

#include "base/check.h"

void due_timer_init(struct due_timer *timer, uv_loop_t *loop, void *owner)
{
    timer->due = NEVER;
    check(uv_timer_init(loop, &timer->handle) == 0);
    timer->handle.data = owner;
}

void due_timer_set(struct due_timer *timer, instant due, instant now, uv_timer_cb fired)
{
    if (due >= timer->due)
        return;
    uint64_t wait_ms = due > now ? (due - now + MS(1) - 1) / MS(1) : 0;
    uv_update_time(timer->handle.loop);
    uv_timer_start(&timer->handle, fired, wait_ms, 0);
    timer->due = due;
}

void due_timer_fired(struct due_timer *timer)
{
    timer->due = NEVER;
}
